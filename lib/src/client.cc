#include <wskit/client.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <wskit/backoff.h>

#include "client_connection.h"
#include "client_settings_impl.h"
#include "core/check.h"
#include "core/client_url.h"
#include "crypto/random.h"

namespace wskit {
namespace {

/// A longer wait that a server asks for is not believed.
constexpr std::chrono::hours kMaxRetryAfter{24};

bool is_final_close(std::uint16_t code) {
  constexpr std::array<std::uint16_t, 9> kFinal{1002, 1003, 1007, 1009, 1010,
                                                4401, 4403, 4409, 4499};
  return std::ranges::find(kFinal, code) != kFinal.end();
}

bool is_redirect(const ConnectError& error) {
  constexpr std::array<int, 5> kRedirects{301, 302, 303, 307, 308};
  return error.failure == ConnectFailure::upgrade_refused &&
         std::ranges::find(kRedirects, error.response.status) != kRedirects.end();
}

/// RFC 9110 section 10.2.3, in its form of seconds.
std::chrono::milliseconds retry_after(const HandshakeResponse& response) {
  const auto value = find_header(response.headers, "retry-after");
  std::uint32_t seconds = 0;
  if (!value) return {};
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seconds);
  if (error == std::errc::result_out_of_range) return kMaxRetryAfter;
  return std::min<std::chrono::milliseconds>(std::chrono::seconds{seconds}, kMaxRetryAfter);
}

}  // namespace

bool ConnectError::is_final() const {
  constexpr std::array<int, 5> kFinal{400, 401, 403, 404, 410};
  if (failure == ConnectFailure::upgrade_refused) {
    return std::ranges::find(kFinal, response.status) != kFinal.end();
  }
  return failure == ConnectFailure::bad_url || failure == ConnectFailure::own_certificate ||
         failure == ConnectFailure::certificate_rejected;
}

void ClientHandler::on_connected() {}
void ClientHandler::on_open(const HandshakeResponse&) {}
void ClientHandler::on_read() {}
void ClientHandler::on_pong(std::chrono::microseconds) {}
void ClientHandler::on_drain() {}
void ClientHandler::on_close(const CloseStatus&) {}
void ClientHandler::on_connect_error(const ConnectError&) {}
void ClientHandler::on_retry(std::chrono::milliseconds) {}
void ClientHandler::on_stopped() {}

struct Client::Impl final : ClientConnectionEvents {
  Impl(Loop& client_loop, std::shared_ptr<const ClientSettings> shared_settings,
       const ClientSettings::Impl& client_settings, ClientHandler& client_handler,
       ClientTrace* client_trace)
      : loop{client_loop},
        owner{std::move(shared_settings)},
        settings{client_settings},
        handler{client_handler},
        trace{client_trace},
        backoff{settings.options.reconnect.first_delay, settings.options.reconnect.max_delay} {}

  /// What an attempt has to know until it is over.
  struct Attempt {
    ClientUrl first_url;
    ClientUrl url;  ///< redirects change it
    std::size_t redirect_count = 0;
    Loop::Clock::time_point deadline;
  };

  void start();
  void tell(ConnectFailure failure, const std::string& problem);
  ClientUrl first_url() const;
  void in_a_turn_of_its_own(std::chrono::milliseconds delay, Loop::Task task);
  void connect_to_url();
  void dial();
  bool follow(const std::string& location, std::string& problem);
  bool may_be_retried(const ConnectError& error) const;
  void close(const CloseStatus& status);
  void after_end(bool is_final, std::chrono::milliseconds min_delay);
  void connect_soon();
  void reconnect();
  void stop();

  void on_open(const HandshakeResponse& response) override;
  void on_ended(const CloseStatus& status, bool is_final) override;
  void on_failed(const ConnectError& failure) override;

  Loop& loop;
  const std::shared_ptr<const ClientSettings> owner;
  const ClientSettings::Impl& settings;
  ClientHandler& handler;
  ClientTrace* const trace;          ///< may be null
  std::string target;                ///< path and query; empty: as the settings' URL has them
  std::unique_ptr<Attempt> attempt;  ///< null: none is under way
  Backoff backoff;
  std::size_t attempt_count = 0;                       ///< since the last connection
  std::optional<Loop::Clock::time_point> alone_since;  ///< without a connection
  std::optional<Timer> timer;                          ///< before an attempt
  std::unique_ptr<ClientConnection> connection;
  Loop::Clock::time_point opened_at;
  std::optional<std::chrono::milliseconds> asked_delay;  ///< by the server
  bool is_waiting = false;                               ///< for the next attempt
  bool is_reconnecting = false;  ///< the connection is being closed for the next
  bool is_closing = false;
  bool is_stopped = false;
};

void Client::Impl::start() {
  if (!settings.url) return tell(ConnectFailure::bad_url, kMalformedUrl);
  if (!settings.certificate_problem.empty()) {
    return tell(ConnectFailure::own_certificate, settings.certificate_problem);
  }
  alone_since = loop.now();
  connect_to_url();
}

void Client::Impl::tell(ConnectFailure failure, const std::string& problem) {
  in_a_turn_of_its_own(std::chrono::milliseconds{0}, [this, failure, problem] {
    on_failed({.failure = failure, .message = problem});
  });
}

ClientUrl Client::Impl::first_url() const {
  ClientUrl url = *settings.url;
  if (!target.empty()) url.target = target;
  return url;
}

void Client::Impl::in_a_turn_of_its_own(std::chrono::milliseconds delay, Loop::Task task) {
  if (!timer) timer.emplace(loop);
  timer->start(delay, std::move(task));
}

void Client::Impl::connect_to_url() {
  is_waiting = false;
  attempt = std::make_unique<Attempt>();
  attempt->first_url = attempt->url = first_url();
  attempt->deadline = loop.now() + settings.options.connect_timeout;
  ++attempt_count;
  dial();
}

void Client::Impl::dial() {
  ClientUrl& url = attempt->url;
  const ClientUrl& first = attempt->first_url;
  const bool is_first_server = url.is_tls == first.is_tls && url.host == first.host &&
                               url.port == first.port && url.unix_path == first.unix_path;
  if (is_first_server && url.authorization.empty()) url.authorization = first.authorization;
  connection = std::make_unique<ClientConnection>(loop, settings,
                                                  ClientTarget{.url = url,
                                                               .is_first_server = is_first_server,
                                                               .deadline = attempt->deadline,
                                                               .trace = trace},
                                                  handler, *this);
  connection->start();
}

bool Client::Impl::follow(const std::string& location, std::string& problem) {
  if (attempt->redirect_count == settings.options.max_redirects) {
    problem = "there were too many before";
    return false;
  }
  auto next = resolve_location(attempt->url, location);
  if (auto* const reason = std::get_if<std::string>(&next)) {
    problem = std::move(*reason);
    return false;
  }
  ++attempt->redirect_count;
  attempt->url = std::get<ClientUrl>(std::move(next));
  if (trace != nullptr) trace->on_step(ConnectStep::redirected, location);
  // The connection that has just ended calls this.
  in_a_turn_of_its_own(std::chrono::milliseconds{0}, [this] { dial(); });
  return true;
}

void Client::Impl::on_open(const HandshakeResponse& response) {
  opened_at = loop.now();
  attempt_count = 0;
  alone_since.reset();
  attempt = nullptr;
  timer.reset();
  handler.on_open(response);
}

void Client::Impl::on_ended(const CloseStatus& status, bool is_final) {
  if (loop.now() - opened_at >= settings.options.reconnect.stable_after) backoff.reset();
  alone_since = loop.now();
  handler.on_close(status);
  const bool is_retried = std::ranges::count(settings.options.reconnect.retried, status.code) > 0;
  after_end(is_final || (is_final_close(status.code) && !is_retried), {});
}

void Client::Impl::on_failed(const ConnectError& failure) {
  ConnectError error = failure;
  if (!is_closing && settings.options.max_redirects > 0 && is_redirect(error)) {
    const auto location = find_header(error.response.headers, "location");
    std::string problem = "it has no Location";
    if (location && follow(std::string(*location), problem)) return;
    error.message += ", a redirect that is not followed: " + problem;
  }
  handler.on_connect_error(error);
  after_end(error.is_final() && !may_be_retried(error), retry_after(error.response));
}

bool Client::Impl::may_be_retried(const ConnectError& error) const {
  return error.failure == ConnectFailure::upgrade_refused &&
         std::ranges::count(settings.options.reconnect.retried, error.response.status) > 0;
}

void Client::Impl::after_end(bool is_final, std::chrono::milliseconds min_delay) {
  const ReconnectOptions& reconnect = settings.options.reconnect;
  if (!is_closing && std::exchange(is_reconnecting, false)) return connect_soon();
  if (is_closing || is_final || !reconnect.is_enabled) return stop();
  if (reconnect.max_attempts > 0 && attempt_count >= reconnect.max_attempts) return stop();
  const auto wanted = std::exchange(asked_delay, std::nullopt);
  auto delay = wanted ? *wanted : std::max(backoff.next(random_unit()), min_delay);
  if (reconnect.max_time.count() > 0) {
    const auto end = alone_since.value_or(loop.now()) + reconnect.max_time;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - loop.now());
    // The last attempt is at the end, unless the server has asked for a later one.
    if (left.count() <= 0 || wanted.value_or(min_delay) > left) return stop();
    delay = std::min(delay, left);
  }
  // The connection that has just ended calls this, so the timer's turn is the first to replace it.
  in_a_turn_of_its_own(delay, [this] { connect_to_url(); });
  is_waiting = true;
  handler.on_retry(delay);
}

void Client::Impl::connect_soon() {
  // In a turn of its own, as after a delay.
  in_a_turn_of_its_own(std::chrono::milliseconds{0}, [this] { connect_to_url(); });
}

void Client::Impl::reconnect() {
  if (is_closing || is_stopped) return;
  if (connection && connection->is_established()) {
    is_reconnecting = true;
    return connection->close({close_code::normal, {}});
  }
  if (connection) connection->drop();
  connect_soon();
}

void Client::Impl::stop() {
  if (timer) timer->stop();
  if (!std::exchange(is_stopped, true)) handler.on_stopped();
}

void Client::Impl::close(const CloseStatus& status) {
  if (std::exchange(is_closing, true)) return;
  if (connection && connection->is_established()) return connection->close(status);
  if (connection) connection->drop();
  is_waiting = false;
  in_a_turn_of_its_own(std::chrono::milliseconds{0}, [this] { stop(); });
}

Client::Client(Loop& loop, std::shared_ptr<const ClientSettings> settings, ClientHandler& handler,
               ClientTrace* trace)
    : impl_{std::make_unique<Impl>(loop, settings, *settings->impl_, handler, trace)} {}

Client::Client(Loop& loop, ClientOptions options, ClientHandler& handler, ClientTrace* trace)
    : Client{loop, std::make_shared<const ClientSettings>(std::move(options)), handler, trace} {}

Client::~Client() = default;

void Client::start() {
  impl_->start();
}

bool Client::is_open() const {
  return impl_->connection && impl_->connection->is_open();
}

SendResult Client::send(const MessageView& message) {
  return is_open() ? impl_->connection->send(message) : SendResult::refused;
}

std::size_t Client::queued_bytes() const {
  return impl_->connection ? impl_->connection->queued_bytes() : 0;
}

std::size_t Client::unfinished_bytes() const {
  return impl_->connection ? impl_->connection->unfinished_bytes() : 0;
}

void Client::ping() {
  if (is_open()) impl_->connection->ping();
}

void Client::send_raw(std::string_view bytes) {
  if (is_open()) impl_->connection->send_raw(bytes);
}

void Client::shut_down() {
  if (is_open()) impl_->connection->shut_down();
}

void Client::read(bool is_reading) {
  if (is_open()) impl_->connection->read(is_reading);
}

void Client::answer_pings(bool is_answering) {
  if (is_open()) impl_->connection->answer_pings(is_answering);
}

void Client::connect_now() {
  if (impl_->is_waiting) impl_->connect_soon();
}

void Client::reconnect_after(std::chrono::milliseconds delay) {
  impl_->asked_delay = std::min<std::chrono::milliseconds>(delay, kMaxRetryAfter);
}

void Client::reconnect() {
  impl_->reconnect();
}

bool Client::use_url(const std::string& url) {
  auto parsed = parse_client_url(url);
  const std::optional<ClientUrl>& first = impl_->settings.url;
  if (!parsed || !first) return false;
  std::string target = std::exchange(parsed->target, first->target);
  parsed->authorization = first->authorization;
  if (!(*parsed == *first)) return false;
  impl_->target = std::move(target);
  return true;
}

void Client::close(CloseStatus status) {
  impl_->close(status);
}

}  // namespace wskit
