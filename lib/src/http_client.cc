#include <wskit/http_client.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <wskit/error.h>

#include "core/check.h"
#include "core/client_url.h"
#include "core/http_answer_reader.h"
#include "core/http_head.h"
#include "core/url.h"
#include "net/stream.h"
#include "net/tls.h"

namespace wskit {
namespace {

constexpr std::chrono::seconds kIdleTime{4};
constexpr std::chrono::seconds kMaxRetryAfter{24 * 3600};

ClientUrl parse_http_url(const std::string& text) {
  const auto url = parse_url(text);
  if (!url || (url->scheme != "http" && url->scheme != "https")) {
    throw Error{"the URL does not begin with http:// or https://, or is malformed"};
  }
  auto parsed = parse_client_url(text);
  if (!parsed) throw Error{"the URL has no host"};
  return std::move(*parsed);
}

std::unique_ptr<TlsClientContext> make_tls(const ClientUrl& url, const std::string& ca_file) {
  if (!url.is_tls) return nullptr;
  return std::make_unique<TlsClientContext>(TlsClientOptions{.ca_file = ca_file});
}

std::optional<std::chrono::seconds> retry_after(const std::vector<Header>& headers) {
  const auto value = find_header(headers, "retry-after");
  if (!value) return std::nullopt;
  std::uint32_t seconds = 0;
  const char* const end = value->data() + value->size();
  const auto [stop, error] = std::from_chars(value->data(), end, seconds);
  if (error == std::errc::result_out_of_range) return kMaxRetryAfter;
  if (error != std::errc{} || stop != end) return std::nullopt;
  return std::min<std::chrono::seconds>(std::chrono::seconds{seconds}, kMaxRetryAfter);
}

std::string build_request(const ClientUrl& url, const HttpClientRequest& asked) {
  WSKIT_CHECK(is_token(asked.method) && asked.target.starts_with('/') &&
              asked.target.find_first_of(" \r\n") == std::string::npos);
  std::string request =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", asked.method, asked.target, url.host_header);
  if (asked.method == "POST" || !asked.body.empty()) {
    request += fmt::format("Content-Length: {}\r\n", asked.body.size());
  }
  if (!url.authorization.empty()) {
    request += fmt::format("Authorization: {}\r\n", url.authorization);
  }
  for (const Header& header : asked.headers) {
    WSKIT_CHECK(is_token(header.name) && header.value.find_first_of("\r\n") == std::string::npos);
    request += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  request += "\r\n";
  request += asked.body;
  return request;
}

}  // namespace

struct HttpClient::Impl {
  class Connection;

  Impl(Loop& client_loop, HttpClientOptions client_options)
      : loop{client_loop},
        options{std::move(client_options)},
        url{parse_http_url(options.url)},
        tls{make_tls(url, options.ca_file)} {}

  void send(const HttpClientRequest& request, HttpResultCallback done);
  void finish(Connection& connection, HttpResult result, bool may_reuse);
  void drop_idle() { idle.reset(); }

  Loop& loop;
  const HttpClientOptions options;
  const ClientUrl url;
  const std::unique_ptr<TlsClientContext> tls;
  std::vector<std::unique_ptr<Connection>> busy;
  std::unique_ptr<Connection> idle;
};

/// A connection with the request that it carries, or idle. Ending either destroys it, or may.
class HttpClient::Impl::Connection final : private StreamEvents {
 public:
  explicit Connection(Impl& client) : client_{client}, timer_{client.loop} { make_stream(); }

  /// Begins, on a connection that is kept or still to be made.
  void send(std::string request, HttpResultCallback done) {
    request_ = std::move(request);
    done_ = std::move(done);
    reader_.emplace(client_.options.max_body_bytes);
    timer_.start(client_.options.timeout, [this] {
      fail(fmt::format("no answer from {} within {:g} s", name(),
                       std::chrono::duration<double>{client_.options.timeout}.count()));
    });
    is_kept_ = stream_->is_connected();
    if (is_kept_) {
      stream_->write(request_);
    } else {
      stream_->connect();
    }
  }

  HttpResultCallback take_done() { return std::exchange(done_, {}); }

  /// Everything is answered; ends by itself after a while.
  void rest() {
    reader_.reset();
    request_ = {};
    timer_.start(kIdleTime, [this] { client_.drop_idle(); });
  }

 private:
  void make_stream() {
    StreamEvents& events = *this;
    stream_.emplace(client_.loop,
                    StreamTarget{.host = client_.url.host,
                                 .port = client_.url.port,
                                 .unix_path = client_.options.unix_path,
                                 .tls = client_.tls.get()},
                    events);
  }

  void on_connected() override { stream_->write(request_); }

  void on_data(std::span<char> bytes) override {
    if (!reader_) return client_.drop_idle();
    switch (reader_->feed({bytes.data(), bytes.size()})) {
      case HttpAnswerReader::Progress::needs_more:
        return;
      case HttpAnswerReader::Progress::complete:
        return succeed();
      case HttpAnswerReader::Progress::failed:
        return fail(fmt::format("the answer of {} is none: {}", name(), reader_->problem()));
    }
  }

  void on_closed(const StreamError& error) override {
    if (!reader_) return client_.drop_idle();
    if (reader_->has_begun()) {
      const bool is_orderly = error.failure == StreamFailure::ended;
      if (is_orderly && reader_->end() == HttpAnswerReader::Progress::complete) return succeed();
      return fail(fmt::format("{} ended the connection before the end of its answer", name()));
    }
    if (!is_kept_) return fail(error.message);
    // The server ended it while the request was on its way.
    is_kept_ = false;
    make_stream();
    stream_->connect();
  }

  void succeed() {
    const bool is_sent = stream_->is_connected() && stream_->queued_bytes() == 0;
    client_.finish(*this,
                   {.status = reader_->status(),
                    .problem = {},
                    .body = std::move(reader_->body()),
                    .retry_after = retry_after(reader_->headers())},
                   is_sent && reader_->may_reuse_connection());
  }

  void fail(std::string problem) {
    client_.finish(
        *this, {.status = 0, .problem = std::move(problem), .body = {}, .retry_after = {}}, false);
  }

  const std::string& name() const {
    return client_.options.unix_path.empty() ? client_.url.host_header : client_.options.unix_path;
  }

  Impl& client_;
  Timer timer_;
  std::optional<Stream> stream_;
  std::optional<HttpAnswerReader> reader_;  ///< while it carries a request
  std::string request_;
  HttpResultCallback done_;
  bool is_kept_ = false;  ///< from an earlier request
};

void HttpClient::Impl::send(const HttpClientRequest& request, HttpResultCallback done) {
  auto connection = idle ? std::move(idle) : std::make_unique<Connection>(*this);
  Connection& begun = *connection;
  busy.push_back(std::move(connection));
  begun.send(build_request(url, request), std::move(done));
}

void HttpClient::Impl::finish(Connection& connection, HttpResult result, bool may_reuse) {
  const auto found = std::ranges::find(busy, &connection, &std::unique_ptr<Connection>::get);
  auto finished = std::move(*found);
  busy.erase(found);
  const HttpResultCallback done = finished->take_done();
  if (may_reuse) {
    finished->rest();
    idle = std::move(finished);
  } else {
    finished.reset();
  }
  done(std::move(result));  // may destroy us
}

void check_http_client_options(const HttpClientOptions& options) {
  make_tls(parse_http_url(options.url), options.ca_file);
}

bool http_url_has_credentials(const std::string& url) {
  const auto parsed = parse_url(url);
  return parsed && (!parsed->user.empty() || !parsed->password.empty());
}

HttpClient::HttpClient(Loop& loop, HttpClientOptions options)
    : impl_{std::make_unique<Impl>(loop, std::move(options))} {}

HttpClient::~HttpClient() = default;

void HttpClient::post(std::vector<Header> headers, std::string body, HttpResultCallback done) {
  send({.method = "POST",
        .target = impl_->url.target,
        .headers = std::move(headers),
        .body = std::move(body)},
       std::move(done));
}

void HttpClient::send(const HttpClientRequest& request, HttpResultCallback done) {
  impl_->send(request, std::move(done));
}

}  // namespace wskit
