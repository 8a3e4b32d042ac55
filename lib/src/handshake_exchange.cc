#include "handshake_exchange.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "core/origin.h"
#include "crypto/websocket_accept.h"
#include "served_session.h"
#include "worker.h"

namespace wskit {
namespace {

/// Frames that a hasty client sends before the answer.
constexpr std::size_t kMaxEarlyBytes = 64 * 1024;

constexpr std::chrono::seconds kFlushTime{5};
constexpr std::chrono::seconds kDiscardTime{1};

constexpr std::size_t kMaxFirstLine = HttpLimits{}.max_first_line_bytes;

}  // namespace

struct HandshakeExchange::Pending {
  std::atomic<bool> is_decided = false;
  HandshakeExchange* exchange = nullptr;      ///< worker's thread only
  bool is_asking = false;                     ///< worker's thread: before_handshake() runs
  std::optional<HandshakeVerdict> immediate;  ///< given while it ran
};

HandshakeExchange::HandshakeExchange(Worker& worker, Connection& connection,
                                     std::string remote_address)
    : worker_{worker}, connection_{connection}, remote_address_{std::move(remote_address)} {
  connection_.set_deadline(worker_.loop().now() + worker_.settings().handshake_timeout);
}

HandshakeExchange::~HandshakeExchange() {
  if (pending_ != nullptr) pending_->exchange = nullptr;
}

void HandshakeExchange::on_bytes(std::span<char> bytes) {
  worker_.stats().bytes_received += bytes.size();
  if (state_ != State::reading && state_ != State::deciding) return;
  buffer_.append(bytes.data(), bytes.size());
  if (state_ == State::deciding) {
    if (buffer_.size() > kMaxEarlyBytes) {
      refuse({.status = 400, .result = "early_data", .body = "Too much data before the answer.\n"});
    }
    return;
  }
  // Only the end of a line, or too much without one, can change what the bytes mean.
  const bool has_line_end = std::ranges::find(bytes, '\n') != bytes.end();
  if (has_line_end || buffer_.size() > kMaxFirstLine) parse();
}

void HandshakeExchange::parse() {
  auto parsed = parse_request_head(buffer_);
  if (auto* answer = std::get_if<HttpAnswer>(&parsed)) {
    refuse(std::move(*answer));
  } else if (auto* head = std::get_if<RequestHead>(&parsed)) {
    head_ = std::move(*head);
    head_.handshake.remote_address = remote_address_;
    head_.handshake.is_tls = worker_.settings().certificate != nullptr;
    buffer_.erase(0, head_.head_bytes);
    route();
  }
}

void HandshakeExchange::route() {
  state_ = State::deciding;
  route_ = worker_.handlers().find(head_.handshake.path);
  if (route_ == nullptr) {
    return refuse({.status = 404, .result = "not_found", .body = "There is nothing here.\n"});
  }
  if (is_event_stream()) {
    if (auto answer = check_event_stream_request(head_)) return refuse(std::move(*answer));
  } else {
    auto checked = check_upgrade(head_);
    if (auto* answer = std::get_if<HttpAnswer>(&checked)) return refuse(std::move(*answer));
    key_ = std::get<std::string>(checked);
  }

  const HandshakeRequest& request = head_.handshake;
  const std::size_t origin_count = count_headers(request.headers, "origin");
  const bool is_allowed =
      origin_count == 0 ||
      (origin_count == 1 && is_origin_allowed(*request.header("origin"), *request.header("host"),
                                              request.is_tls, route_->allowed_origins));
  if (!is_allowed) {
    return refuse({.status = 403, .result = "origin", .body = "This origin is not allowed.\n"});
  }
  ask_interceptors();
}

void HandshakeExchange::ask_interceptors() {
  while (asked_count_ < route_->interceptors.size() && verdict_.is_accepted()) {
    HandshakeInterceptor& interceptor = *route_->interceptors[asked_count_++];
    auto pending = std::make_shared<Pending>();
    pending->exchange = this;
    pending_ = pending;
    pending->is_asking = true;
    const auto decision = [pending, &loop = worker_.loop()](HandshakeVerdict verdict) {
      if (pending->is_decided.exchange(true)) return;
      if (loop.is_own_thread() && pending->is_asking) {
        pending->immediate = std::move(verdict);
        return;
      }
      loop.post([pending, verdict = std::move(verdict)]() mutable {
        HandshakeExchange* const exchange = pending->exchange;
        if (exchange == nullptr || exchange->state_ != State::deciding) return;
        exchange->take_verdict(std::move(verdict));
        exchange->ask_interceptors();
      });
    };
    try {
      interceptor.before_handshake(head_.handshake, decision);
    } catch (const std::exception& exception) {
      worker_.log_limited(LogLevel::error, "interceptor_failed", route_->path,
                          {{"error", exception.what()}});
      pending->is_decided = true;
      pending->immediate = HandshakeVerdict::refuse(500, "interceptor");
    }
    pending->is_asking = false;
    if (!pending->immediate) return;
    take_verdict(std::move(*pending->immediate));
  }
  decide();
}

void HandshakeExchange::take_verdict(HandshakeVerdict verdict) {
  if (!verdict.is_accepted()) {
    verdict_ = std::move(verdict);
    return;
  }
  if (!verdict.user.empty()) head_.handshake.user = verdict_.user = std::move(verdict.user);
  if (!verdict.subprotocol.empty()) verdict_.subprotocol = std::move(verdict.subprotocol);
  verdict_.attributes.merge(verdict.attributes);
  std::ranges::move(verdict.headers, std::back_inserter(verdict_.headers));
}

void HandshakeExchange::decide() {
  const std::string subprotocol = select_subprotocol();
  if (verdict_.is_accepted() && subprotocol.empty() && !head_.handshake.subprotocols.empty()) {
    verdict_ = HandshakeVerdict::refuse(400, "subprotocol", "No subprotocol offered is known.\n");
  }
  if (verdict_.is_accepted() && worker_.settings().is_draining) {
    verdict_ = HandshakeVerdict::refuse(503, "draining", "The server restarts.\n");
    verdict_.headers.push_back({"Retry-After", "1"});
  }
  if (verdict_.is_accepted() && !worker_.reserve_session()) {
    verdict_ = HandshakeVerdict::refuse(503, "max_sessions", "Too many sessions.\n");
    verdict_.headers.push_back({"Retry-After", "5"});
  }
  if (verdict_.is_accepted()) {
    upgrade(subprotocol);
  } else {
    refuse({verdict_.status, verdict_.result, verdict_.headers, verdict_.body});
  }
}

std::string HandshakeExchange::select_subprotocol() const {
  const auto& offered = head_.handshake.subprotocols;
  const auto is_offered = [&](const std::string& name) {
    return std::ranges::find(offered, name) != offered.end();
  };
  if (!verdict_.subprotocol.empty() && is_offered(verdict_.subprotocol)) {
    return verdict_.subprotocol;
  }
  // The client's order of preference counts (RFC 6455 section 4.1).
  const auto& known = route_->subprotocols;
  for (const std::string& name : offered) {
    if (std::ranges::find(known, name, &Subprotocol::name) != known.end()) return name;
  }
  return {};
}

Encoding HandshakeExchange::encoding_of(const std::string& subprotocol) const {
  const auto& known = route_->subprotocols;
  const auto found = std::ranges::find(known, subprotocol, &Subprotocol::name);
  return found == known.end() ? route_->encoding : found->encoding;
}

void HandshakeExchange::upgrade(std::string subprotocol) {
  state_ = State::handed_over;
  std::string response =
      is_event_stream()
          ? build_event_stream_response(head_.handshake.header("origin").value_or(""),
                                        verdict_.headers)
          : build_upgrade_response(websocket_accept(key_), subprotocol, verdict_.headers);
  conclude("ok");
  auto session = std::make_unique<ServedSession>(
      worker_, connection_, *route_, worker_.next_session_id(), encoding_of(subprotocol),
      std::move(verdict_.user), std::move(subprotocol), std::move(verdict_.attributes));
  ServedSession& opened = *session;
  connection_.hand_over(std::move(session));
  opened.open(std::move(response), buffer_);
}

void HandshakeExchange::refuse(HttpAnswer answer) {
  state_ = State::answered;
  verdict_.status = answer.status;
  verdict_.result = answer.result;
  conclude(answer.result);
  worker_.log_limited(LogLevel::info, "handshake_refused", answer.result,
                      {{"result", answer.result},
                       {"status", answer.status},
                       {"path", head_.handshake.path},
                       {"origin", head_.handshake.header("origin").value_or("")},
                       {"peer", remote_address_}});
  const std::string bytes = build_http_answer(answer);
  worker_.stats().bytes_sent += bytes.size();
  connection_.write(bytes);
  connection_.set_deadline(worker_.loop().now() + kFlushTime);
  if (connection_.is_flushed()) begin_discarding();
}

void HandshakeExchange::conclude(const std::string& result) {
  ++worker_.stats().handshakes[result];
  for (std::size_t i = 0; i < asked_count_; ++i) {
    try {
      route_->interceptors[i]->after_handshake(head_.handshake, verdict_);
    } catch (const std::exception& exception) {
      worker_.log_limited(LogLevel::error, "interceptor_failed", route_->path,
                          {{"error", exception.what()}});
    }
  }
}

void HandshakeExchange::begin_discarding() {
  state_ = State::discarding;
  connection_.shut_down_writing();
  connection_.set_deadline(worker_.loop().now() + kDiscardTime);
}

void HandshakeExchange::on_flushed() {
  if (state_ == State::answered) begin_discarding();
}

void HandshakeExchange::on_deadline() {
  switch (state_) {
    case State::reading:
      // Before the first byte there may be no TLS yet to answer through.
      if (buffer_.empty()) {
        state_ = State::discarding;
        conclude("timeout");
        connection_.end();
        return;
      }
      return refuse({.status = 408, .result = "timeout", .body = "The handshake took too long.\n"});
    case State::deciding:
      return refuse({.status = 503, .result = "undecided", .body = "Try again later.\n"});
    case State::answered:
      return connection_.reset();
    case State::discarding:
    case State::handed_over:
      return connection_.end();
  }
}

void HandshakeExchange::on_gone() {
  if (state_ != State::reading && state_ != State::deciding) return;
  verdict_ = HandshakeVerdict::refuse(499, "gone");
  conclude("gone");
  state_ = State::handed_over;
}

}  // namespace wskit
