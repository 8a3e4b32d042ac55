#include <wskit/client.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include <wskit/backoff.h>
#include <wskit/error.h>

#include "client_connection.h"
#include "core/check.h"
#include "core/client_url.h"
#include "crypto/random.h"
#include "net/tls.h"

namespace wskit {
namespace {

/// A Retry-After beyond this is not believed.
constexpr std::chrono::hours kMaxRetryAfter{24};

void check_header(const Header& header) {
  const bool is_value_clean =
      header.value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos;
  if (!is_token(header.name) || !is_value_clean) {
    throw Error{"malformed header '" + header.name + "'"};
  }
}

void check_options(const ClientOptions& options) {
  std::ranges::for_each(options.headers, check_header);
  check_header({"Origin", options.origin});
  for (const std::string& subprotocol : options.subprotocols) {
    if (!is_token(subprotocol)) throw Error{"malformed subprotocol '" + subprotocol + "'"};
  }
  if (!is_utf8(options.heartbeat_text)) throw Error{"the heartbeat text is not UTF-8"};
}

bool is_final_close(std::uint16_t code) {
  constexpr std::array<std::uint16_t, 9> kFinal{1002, 1003, 1007, 1009, 1010,
                                                4401, 4403, 4409, 4499};
  return std::ranges::find(kFinal, code) != kFinal.end();
}

/// RFC 9110 section 10.2.3, in its form of seconds.
std::chrono::milliseconds retry_after(const HandshakeResponse& response) {
  const auto value = find_header(response.headers, "retry-after");
  std::uint32_t seconds = 0;
  if (value) std::from_chars(value->data(), value->data() + value->size(), seconds);
  return std::min<std::chrono::milliseconds>(std::chrono::seconds{seconds}, kMaxRetryAfter);
}

}  // namespace

bool ConnectError::is_final() const {
  constexpr std::array<int, 5> kFinal{400, 401, 403, 404, 410};
  if (failure == ConnectFailure::upgrade_refused) {
    return std::ranges::find(kFinal, response.status) != kFinal.end();
  }
  return failure == ConnectFailure::bad_url || failure == ConnectFailure::certificate_rejected;
}

void ClientHandler::on_open(const HandshakeResponse&) {}
void ClientHandler::on_pong(std::chrono::microseconds) {}
void ClientHandler::on_drain() {}
void ClientHandler::on_close(const CloseStatus&) {}
void ClientHandler::on_connect_error(const ConnectError&) {}
void ClientHandler::on_retry(std::chrono::milliseconds) {}
void ClientHandler::on_stopped() {}

struct Client::Impl final : ClientConnectionEvents {
  Impl(Loop& client_loop, ClientOptions client_options, ClientHandler& client_handler)
      : loop{client_loop},
        options{std::move(client_options)},
        handler{client_handler},
        backoff{options.reconnect.first_delay, options.reconnect.max_delay},
        timer{client_loop} {}

  void start();
  void attempt();
  void close(const CloseStatus& status);
  void after_end(bool is_final, std::chrono::milliseconds min_delay);
  void stop();

  void on_open(const HandshakeResponse& response) override;
  void on_message(MessageView message) override { handler.on_message(message); }
  void on_pong(std::chrono::microseconds round_trip) override { handler.on_pong(round_trip); }
  void on_drain() override { handler.on_drain(); }
  void on_ended(const CloseStatus& status, bool is_final) override;
  void on_failed(const ConnectError& error) override;

  Loop& loop;
  const ClientOptions options;
  ClientHandler& handler;
  ClientUrl url;
  std::unique_ptr<TlsClientContext> tls;
  Backoff backoff;
  Timer timer;  ///< before an attempt
  std::unique_ptr<ClientConnection> connection;
  Loop::Clock::time_point opened_at;
  bool is_closing = false;
  bool is_stopped = false;
};

void Client::Impl::start() {
  check_options(options);
  auto parsed = parse_client_url(options.url);
  if (!parsed) {
    timer.start(std::chrono::milliseconds{0}, [this] {
      on_failed({ConnectFailure::bad_url, "the URL is malformed", {}});
    });
    return;
  }
  url = std::move(*parsed);
  if (url.is_tls) {
    tls = std::make_unique<TlsClientContext>(
        TlsClientOptions{options.ca_file, options.verifies_certificate});
  }
  attempt();
}

void Client::Impl::attempt() {
  connection = std::make_unique<ClientConnection>(loop, options, url, tls.get(), *this);
  connection->start();
}

void Client::Impl::on_open(const HandshakeResponse& response) {
  opened_at = loop.now();
  handler.on_open(response);
}

void Client::Impl::on_ended(const CloseStatus& status, bool is_final) {
  if (loop.now() - opened_at >= options.reconnect.stable_after) backoff.reset();
  handler.on_close(status);
  after_end(is_final || is_final_close(status.code), {});
}

void Client::Impl::on_failed(const ConnectError& error) {
  handler.on_connect_error(error);
  after_end(error.is_final(), retry_after(error.response));
}

void Client::Impl::after_end(bool is_final, std::chrono::milliseconds min_delay) {
  if (is_closing || is_final || !options.reconnect.is_enabled) return stop();
  const auto delay = std::max(backoff.next(random_unit()), min_delay);
  // The connection that has just ended calls this, so the timer's turn is the first to replace it.
  timer.start(delay, [this] { attempt(); });
  handler.on_retry(delay);
}

void Client::Impl::stop() {
  timer.stop();
  if (!std::exchange(is_stopped, true)) handler.on_stopped();
}

void Client::Impl::close(const CloseStatus& status) {
  if (std::exchange(is_closing, true)) return;
  if (connection && connection->is_established()) return connection->close(status);
  if (connection) connection->drop();
  timer.start(std::chrono::milliseconds{0}, [this] { stop(); });
}

Client::Client(Loop& loop, ClientOptions options, ClientHandler& handler)
    : impl_{std::make_unique<Impl>(loop, std::move(options), handler)} {}

Client::~Client() = default;

void Client::start() {
  impl_->start();
}

bool Client::is_open() const {
  return impl_->connection && impl_->connection->is_open();
}

SendResult Client::send(MessageView message) {
  return is_open() ? impl_->connection->send(message) : SendResult::refused;
}

std::size_t Client::queued_bytes() const {
  return impl_->connection ? impl_->connection->queued_bytes() : 0;
}

void Client::ping() {
  if (is_open()) impl_->connection->ping();
}

void Client::close(CloseStatus status) {
  impl_->close(status);
}

}  // namespace wskit
