#include <wskit/http_server.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include <libwebsockets.h>

#include <wskit/error.h>

#include "core/http_head.h"
#include "core/url.h"
#include "lws/acceptor.h"
#include "lws/context.h"
#include "lws/http_exchange.h"
#include "net/listener.h"
#include "net/socket_address.h"

namespace wskit {

struct HttpServer::Impl {
  class EventStream;

  Impl(Loop& http_loop, HttpServerOptions http_options, Log& log, Handler http_handler);
  ~Impl() { is_closing = true; }

  static int call(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t size);

  void accept(int descriptor);
  int handle(lws* wsi, lws_callback_reasons reason, const char* in, std::size_t size);
  int begin(lws* wsi);
  int receive(lws* wsi, std::string_view piece);
  int dispatch(lws* wsi);
  int answer_now(lws* wsi, HttpExchange& exchange, HttpResponse response);
  int write_answer(lws* wsi);
  void respond(std::uint64_t id, HttpResponse response);
  void begin_events(lws* wsi, HttpExchange& exchange, const HttpResponse& response);
  bool send_event(std::uint64_t id, std::string_view text);
  void end_events(std::uint64_t id);
  bool is_own_host(std::string_view host) const;

  static constexpr lws_protocols kTable[] = {{"http", call, 0, 0, 0, nullptr, 1024 * 1024},
                                             {nullptr, nullptr, 0, 0, 0, nullptr, 0}};

  Loop& loop;
  HttpServerOptions options;
  Handler handler;
  Listener listener;
  std::string host;  ///< of the address listened on
  std::uint64_t next_id = 0;
  std::unordered_map<std::uint64_t, lws*> waiting;    ///< by exchange id
  std::unordered_map<std::uint64_t, lws*> streaming;  ///< likewise
  std::unordered_map<lws*, std::unique_ptr<HttpExchange>> exchanges;
  bool is_closing = false;
  std::shared_ptr<bool> is_alive = std::make_shared<bool>(true);
  Context context;
  Acceptor acceptor;
};

/// Finds its exchange by number: the peer, or the server, may be gone.
class HttpServer::Impl::EventStream final : public HttpEventStream {
 public:
  EventStream(Impl& server, std::uint64_t id) : server_{server}, alive_{server.is_alive}, id_{id} {}
  ~EventStream() override {
    if (!alive_.expired()) server_.end_events(id_);
  }

  bool send(std::string_view event, std::string_view data) override {
    if (alive_.expired()) return false;
    std::string text;
    text.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
    return server_.send_event(id_, text);
  }

  bool is_open() const override { return !alive_.expired() && server_.streaming.contains(id_); }

 private:
  Impl& server_;
  std::weak_ptr<bool> alive_;
  std::uint64_t id_;
};

namespace {

/// Of a stream, that a peer has not read.
constexpr std::size_t kMaxWaitingEventBytes = 64 * 1024;

/// For the rest of a refused request.
constexpr int kDiscardSeconds = 2;

std::string host_of(const std::string& address) {
  return is_unix_address(address) ? std::string{} : address.substr(0, address.rfind(':'));
}

}  // namespace

HttpServer::Impl::Impl(Loop& http_loop, HttpServerOptions http_options, Log& log,
                       Handler http_handler)
    : loop{http_loop},
      options{std::move(http_options)},
      handler{std::move(http_handler)},
      listener{options.listen, {.is_owner_only = true}},
      host{host_of(listener.address())},
      context{http_loop, log, kTable, false, this},
      acceptor{http_loop, log, listener.descriptor(),
               [this](int descriptor, const std::string&) { accept(descriptor); }} {}

int HttpServer::Impl::call(lws* wsi, lws_callback_reasons reason, void*, void* in,
                           std::size_t size) {
  auto* const self = static_cast<Impl*>(lws_context_user(lws_get_context(wsi)));
  return self == nullptr ? 0 : self->handle(wsi, reason, static_cast<const char*>(in), size);
}

void HttpServer::Impl::accept(int descriptor) {
  lws_adopt_socket_vhost(context.vhost(), descriptor);
}

int HttpServer::Impl::handle(lws* wsi, lws_callback_reasons reason, const char* in,
                             std::size_t size) {
  switch (reason) {
    case LWS_CALLBACK_HTTP:
      return is_closing ? -1 : begin(wsi);
    case LWS_CALLBACK_HTTP_BODY:
      return receive(wsi, {in, size});
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
      return dispatch(wsi);
    case LWS_CALLBACK_HTTP_WRITEABLE:
      return write_answer(wsi);
    // Nothing is upgraded here. Not touching `in` keeps clear of CVE-2025-11677: for an unknown
    // protocol on a reused connection it points to freed memory.
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return -1;
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_WSI_DESTROY:
      if (const auto found = exchanges.find(wsi); found != exchanges.end()) {
        waiting.erase(found->second->id);
        streaming.erase(found->second->id);
        exchanges.erase(found);
      }
      return 0;
    default:
      return 0;
  }
}

int HttpServer::Impl::begin(lws* wsi) {
  auto& exchange = exchanges[wsi];
  if (exchange != nullptr && exchange->is_stream) return -1;
  exchange = std::make_unique<HttpExchange>(read_http_request(wsi));
  exchange->id = ++next_id;
  if (exchange->refusal) return answer_now(wsi, *exchange, *exchange->refusal);
  if (!is_own_host(exchange->host)) {
    return answer_now(wsi, *exchange, http_error(421, "unknown_host", "This host is not served."));
  }
  if (exchange->content_length > options.max_body_bytes) {
    return answer_now(wsi, *exchange, http_error(413, "too_large", "The body is too large."));
  }
  if (exchange->expects_continue) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    std::array<unsigned char, LWS_PRE + kContinue.size()> buffer;
    std::ranges::copy(kContinue, buffer.begin() + LWS_PRE);
    if (lws_write(wsi, buffer.data() + LWS_PRE, kContinue.size(), LWS_WRITE_RAW) < 0) return -1;
  }
  return exchange->content_length > 0 ? 0 : dispatch(wsi);
}

int HttpServer::Impl::receive(lws* wsi, std::string_view piece) {
  const auto found = exchanges.find(wsi);
  if (found == exchanges.end()) return -1;
  HttpExchange& exchange = *found->second;
  if (exchange.is_settled) return 0;
  if (exchange.request.body.size() + piece.size() > options.max_body_bytes) return -1;
  exchange.request.body.append(piece);
  return 0;
}

int HttpServer::Impl::dispatch(lws* wsi) {
  const auto found = exchanges.find(wsi);
  if (found == exchanges.end()) return -1;
  HttpExchange& exchange = *found->second;
  // With another request buffered behind this one, lws 4.1.6 announces the end of this one's body
  // again and again and never returns: end the connection instead.
  if (waiting.contains(exchange.id)) return -1;
  if (std::exchange(exchange.is_settled, true)) return 0;
  if (is_closing) return -1;
  const std::uint64_t id = exchange.id;
  waiting[id] = wsi;
  // The answer may come when the server is gone already.
  handler(std::move(exchange.request),
          [this, id, alive = std::weak_ptr<bool>(is_alive)](HttpResponse response) {
            if (!alive.expired()) respond(id, std::move(response));
          });
  return 0;
}

void HttpServer::Impl::respond(std::uint64_t id, HttpResponse response) {
  const auto found = waiting.find(id);
  if (found == waiting.end()) return;
  lws* const wsi = found->second;
  waiting.erase(found);
  HttpExchange& exchange = *exchanges[wsi];
  if (response.begin_events != nullptr && exchange.request.method != "HEAD") {
    return begin_events(wsi, exchange, response);
  }
  exchange.answer = build_http_response(exchange, response);
  lws_callback_on_writable(wsi);
}

void HttpServer::Impl::begin_events(lws* wsi, HttpExchange& exchange,
                                    const HttpResponse& response) {
  exchange.is_stream = true;
  exchange.answer = build_event_stream_response(response);
  streaming[exchange.id] = wsi;
  lws_callback_on_writable(wsi);
  response.begin_events(std::make_unique<EventStream>(*this, exchange.id));
}

bool HttpServer::Impl::send_event(std::uint64_t id, std::string_view text) {
  const auto found = streaming.find(id);
  if (found == streaming.end()) return false;
  lws* const wsi = found->second;
  std::string& answer = exchanges[wsi]->answer;
  if (lws_partial_buffered(wsi) != 0 || answer.size() > kMaxWaitingEventBytes) return false;
  answer += text;
  lws_callback_on_writable(wsi);
  return true;
}

void HttpServer::Impl::end_events(std::uint64_t id) {
  const auto found = streaming.find(id);
  if (found == streaming.end()) return;
  // lws notices, and closes; a peer that does not read could not stop that.
  ::shutdown(lws_get_socket_fd(found->second), SHUT_RDWR);
  streaming.erase(found);
}

int HttpServer::Impl::answer_now(lws* wsi, HttpExchange& exchange, HttpResponse response) {
  // What the peer still sends belongs to a request that was refused: do not read on after it.
  exchange.is_settled = true;
  exchange.is_last = true;
  exchange.answer = build_http_response(exchange, response);
  lws_callback_on_writable(wsi);
  return 0;
}

int HttpServer::Impl::write_answer(lws* wsi) {
  const auto found = exchanges.find(wsi);
  if (found == exchanges.end() || found->second->answer.empty()) return 0;
  std::string answer = std::exchange(found->second->answer, {});
  auto* const data = reinterpret_cast<unsigned char*>(answer.data());
  if (lws_write(wsi, data, answer.size(), LWS_WRITE_RAW) < 0) return -1;
  if (found->second->is_stream) {
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    return 0;
  }
  if (found->second->is_last) {
    // Closing over a body that still comes would reset the connection and lose the answer.
    ::shutdown(lws_get_socket_fd(wsi), SHUT_WR);
    lws_set_timeout(wsi, PENDING_TIMEOUT_CLOSE_SEND, kDiscardSeconds);
    return 0;
  }
  exchanges.erase(found);
  return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

bool HttpServer::Impl::is_own_host(std::string_view header) const {
  if (options.is_guarded || is_unix_address(options.listen)) return true;
  const auto colon =
      header.find(':', header.find(']') == std::string_view::npos ? 0 : header.find(']'));
  const std::string name = to_lower(header.substr(0, colon));
  return name == host || name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

void check_http_server_options(const HttpServerOptions& options) {
  if (is_unix_address(options.listen)) return;
  if (!is_loopback(parse_socket_address(options.listen).storage) && !options.is_guarded) {
    throw Error("address '" + options.listen +
                "' can be reached by others: use a loopback address, or keys");
  }
}

HttpServer::HttpServer(Loop& loop, HttpServerOptions options, Log& log, Handler handler) {
  check_http_server_options(options);
  impl_ = std::make_unique<Impl>(loop, std::move(options), log, std::move(handler));
}

HttpServer::~HttpServer() = default;

void HttpServer::reload(bool is_guarded, std::size_t max_body_bytes) {
  impl_->options.is_guarded = is_guarded;
  impl_->options.max_body_bytes = max_body_bytes;
}

const std::string& HttpServer::address() const {
  return impl_->listener.address();
}

}  // namespace wskit
