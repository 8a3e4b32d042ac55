#include "client_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/utf8.h"
#include "crypto/random.h"
#include "crypto/websocket_accept.h"

namespace wskit {
namespace {

/// How long the rest of a refusal may take.
constexpr std::chrono::seconds kBodyTimeout{1};

/// Above this a peer that pings but does not read gets no more pongs.
constexpr std::size_t kMaxQueuedForPong = 1024 * 1024;

/// Of so many Pings the Pongs are waited for.
constexpr std::size_t kMaxPings = 32;

/// Shorter messages do not get shorter by it.
constexpr std::size_t kMinCompressed = 32;

/// Memory a thread keeps between sends.
constexpr std::size_t kMaxScratchBytes = 64 * 1024;

bool is_credential(const Header& header) {
  constexpr std::array<std::string_view, 8> kNames{
      "authorization", "proxy-authorization", "cookie",      "cookie2", "x-api-key",
      "api-key",       "x-access-token",      "x-auth-token"};
  return std::ranges::any_of(
      kNames, [&header](std::string_view name) { return equals_ignoring_case(header.name, name); });
}

UpgradeOffer make_offer(const ClientOptions& options, const ClientTarget& target, std::string key) {
  UpgradeOffer offer{.host = target.url.host_header,
                     .target = target.url.target,
                     .key = std::move(key),
                     .origin = options.origin,
                     .subprotocols = options.subprotocols,
                     .headers = options.headers,
                     .offers_compression = options.offers_compression};
  if (!target.is_first_server) std::erase_if(offer.headers, is_credential);
  const bool is_given = std::ranges::any_of(offer.headers, [](const Header& header) {
    return equals_ignoring_case(header.name, "authorization");
  });
  if (!target.url.authorization.empty() && !is_given) {
    offer.headers.push_back({"Authorization", target.url.authorization});
  }
  return offer;
}

std::unique_ptr<ClientUpgrade> make_upgrade(const ClientOptions& options,
                                            const ClientTarget& target) {
  std::string key = random_websocket_key();
  std::string accept = websocket_accept(key);
  return std::make_unique<ClientUpgrade>(make_offer(options, target, std::move(key)),
                                         std::move(accept));
}

std::shared_ptr<const StreamTarget> stream_target(const ClientSettings::Impl& settings,
                                                  const ClientTarget& target) {
  if (target.is_first_server) return settings.target;
  return std::make_shared<const StreamTarget>(settings.target_for(target.url));
}

double in_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>{time}.count();
}

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::string_view as_bytes(const std::uint64_t& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

ConnectFailure connect_failure(StreamFailure failure) {
  switch (failure) {
    case StreamFailure::proxy_not_resolved:
      return ConnectFailure::proxy_not_resolved;
    case StreamFailure::proxy_refused:
      return ConnectFailure::proxy_refused;
    case StreamFailure::name_not_resolved:
      return ConnectFailure::name_not_resolved;
    case StreamFailure::not_connected:
      return ConnectFailure::not_connected;
    case StreamFailure::tls_failed:
      return ConnectFailure::tls_failed;
    case StreamFailure::certificate_rejected:
      return ConnectFailure::certificate_rejected;
    case StreamFailure::lost:
    case StreamFailure::ended:
      break;
  }
  return ConnectFailure::lost;
}

}  // namespace

ClientConnection::ClientConnection(Loop& loop, const ClientSettings::Impl& settings,
                                   const ClientTarget& target, ClientHandler& handler,
                                   ClientConnectionEvents& events)
    : handler_{handler},
      options_{settings.options},
      assembler_{Role::server},
      trace_{target.trace},
      stream_{loop, stream_target(settings, target), *this},
      loop_{loop},
      events_{events},
      upgrade_{make_upgrade(options_, target)},
      connect_deadline_{target.deadline} {
  if (!options_.checks_text) assembler_.accept_any_text();
  if (trace_ != nullptr && trace_->wants_frames()) traced_ = std::make_unique<TracedFrames>();
}

void ClientConnection::start() {
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(connect_deadline_ - loop_.now());
  start_deadline(std::max(time, std::chrono::milliseconds{0}), [this] { give_up_waiting(); });
  stream_.connect();
}

void ClientConnection::start_deadline(std::chrono::milliseconds time, Loop::Task task) {
  if (!deadline_) deadline_.emplace(loop_);
  deadline_->start(time, std::move(task));
}

void ClientConnection::on_step(ConnectStep step, const std::string& detail) {
  trace_->on_step(step, detail);
}

void ClientConnection::on_connected() {
  const std::string request = upgrade_->request();
  if (trace_ != nullptr) trace_->on_request(request);
  stream_.write(request);
  handler_.on_connected();
}

void ClientConnection::on_data(std::span<char> bytes) {
  if (state_ == State::connecting) return on_handshake_bytes({bytes.data(), bytes.size()});
  if (pong_deadline_) pong_deadline_->stop();
  if (traced_ != nullptr) trace_frames(false, {bytes.data(), bytes.size()});
  if (state_ == State::open) handler_.on_read();
  assembler_.feed(bytes, *this);
}

void ClientConnection::trace_frames(bool is_outgoing, std::string_view bytes) {
  FrameScanner& scanner = is_outgoing ? traced_->sent : traced_->received;
  trace_->on_bytes(is_outgoing, bytes);
  scanner.feed(bytes, [this, is_outgoing](FrameTrace frame) {
    frame.is_outgoing = is_outgoing;
    trace_->on_frame(frame);
  });
}

void ClientConnection::on_handshake_bytes(std::string_view bytes) {
  const bool had_head = !upgrade_->head().empty();
  const ClientUpgrade::Progress progress = upgrade_->feed(bytes);
  if (trace_ != nullptr && !had_head && !upgrade_->head().empty()) {
    trace_->on_response(upgrade_->head());
  }
  switch (progress) {
    case ClientUpgrade::Progress::needs_more:
      return;
    case ClientUpgrade::Progress::needs_body:
      if (!std::exchange(is_refused_, true)) {
        start_deadline(kBodyTimeout, [this] { give_up_waiting(); });
      }
      return;
    case ClientUpgrade::Progress::open:
      return begin_messages();
    case ClientUpgrade::Progress::failed:
      return fail(upgrade_->error());
  }
}

void ClientConnection::give_up_waiting() {
  upgrade_->end(ConnectFailure::timed_out,
                fmt::format("no connection within {:g} s", in_seconds(options_.connect_timeout)));
  fail(upgrade_->error());
}

void ClientConnection::begin_messages() {
  state_ = State::open;
  deadline_.reset();
  const auto upgrade = std::exchange(upgrade_, nullptr);
  if (options_.ping_interval.count() > 0) {
    ping_timer_.emplace(loop_);
    ping_timer_->start_repeating(options_.ping_interval, [this] {
      ping();
      expect_pong();
    });
  }
  if (!options_.heartbeat_text.empty()) {
    heartbeat_timer_.emplace(loop_);
    heartbeat_timer_->start_repeating(options_.heartbeat_interval, [this] { send_heartbeat(); });
  }
  if (upgrade->compression()) begin_compression(*upgrade->compression());
  events_.on_open(upgrade->response());
  std::string rest{upgrade->rest()};
  if (rest.empty()) return;
  if (traced_ != nullptr) trace_frames(false, rest);
  handler_.on_read();
  assembler_.feed(rest, *this);
}

void ClientConnection::begin_compression(const CompressionParameters& parameters) {
  // zlib cannot write with a window of 256 bytes; not to compress is always allowed.
  if (parameters.client_window_bits > 8) compressor_ = std::make_unique<Compressor>(parameters);
  decompressor_ = std::make_unique<Decompressor>(parameters);
  assembler_.accept_compressed();
}

SendResult ClientConnection::send(const MessageView& message) {
  if (state_ != State::open || is_shut_down_) return SendResult::refused;
  const auto opcode = static_cast<FrameOpcode>(message.opcode);
  const bool is_compressed = compressor_ != nullptr && message.payload.size() >= kMinCompressed;
  const bool is_taken = is_compressed
                            ? send_frame(opcode, compressor_->compress(message.payload), true)
                            : send_frame(opcode, message.payload);
  return is_taken ? SendResult::queued : SendResult::congested;
}

bool ClientConnection::send_frame(FrameOpcode opcode, std::string_view payload,
                                  bool is_compressed) {
  thread_local std::string scratch;
  std::string frame = std::exchange(scratch, {});
  frame.clear();
  append_frame(
      frame,
      {.mask = random_mask(), .opcode = opcode, .is_masked = true, .is_compressed = is_compressed},
      payload);
  if (traced_ != nullptr) trace_frames(true, frame);
  const bool is_taken = stream_.write(frame);
  if (frame.capacity() <= kMaxScratchBytes) scratch = std::move(frame);
  return is_taken;
}

void ClientConnection::send_raw(std::string_view bytes) {
  if (traced_ != nullptr) trace_frames(true, bytes);
  stream_.write(bytes);
}

void ClientConnection::shut_down() {
  is_shut_down_ = true;
  stream_.shut_down();
}

void ClientConnection::read(bool is_reading) {
  is_reading_ = is_reading;
  stream_.read(is_reading);
  if (is_reading) return;
  // What is not read cannot be missed.
  pong_deadline_.reset();
  answer_deadline_.reset();
}

void ClientConnection::ping() {
  if (state_ != State::open) return;
  if (pings_ns_.size() == kMaxPings) pings_ns_.erase(pings_ns_.begin());
  pings_ns_.push_back(now_ns());
  send_frame(FrameOpcode::ping, as_bytes(pings_ns_.back()));
}

void ClientConnection::expect_pong() {
  if (!is_reading_) return;
  if (!pong_deadline_) pong_deadline_.emplace(loop_);
  // An earlier ping's wait goes on; whatever comes ends it.
  if (pong_deadline_->is_running()) return;
  pong_deadline_->start(options_.pong_timeout, [this] {
    end({close_code::abnormal,
         fmt::format("nothing came for {:g} s after a ping", in_seconds(options_.pong_timeout))});
  });
}

void ClientConnection::send_heartbeat() {
  send_frame(FrameOpcode::text, options_.heartbeat_text);
  if (!options_.is_heartbeat_answer || !is_reading_) return;
  if (!answer_deadline_) answer_deadline_.emplace(loop_);
  if (answer_deadline_->is_running()) return;
  answer_deadline_->start(options_.pong_timeout, [this] {
    end({close_code::abnormal, fmt::format("no answer to the heartbeat came within {:g} s",
                                           in_seconds(options_.pong_timeout))});
  });
}

void ClientConnection::stop_timers() {
  ping_timer_.reset();
  pong_deadline_.reset();
  heartbeat_timer_.reset();
  answer_deadline_.reset();
}

void ClientConnection::close(const CloseStatus& status) {
  if (state_ == State::open) begin_closing(status);
}

void ClientConnection::begin_closing(const CloseStatus& status) {
  state_ = State::closing;
  stop_timers();
  send_frame(FrameOpcode::close, close_payload(status));
  start_deadline(options_.close_timeout, [this] {
    end({close_code::abnormal, "the server did not finish the closing handshake in time"});
  });
}

void ClientConnection::on_drain() {
  if (state_ == State::open) handler_.on_drain();
}

void ClientConnection::on_message(const MessageView& message) {
  if (state_ != State::open) return;
  const bool is_awaited = answer_deadline_ && answer_deadline_->is_running();
  if (is_awaited && options_.is_heartbeat_answer(message)) answer_deadline_->stop();
  handler_.on_message(message);
}

void ClientConnection::on_compressed_message(const MessageView& message) {
  if (state_ != State::open) return;
  const auto result = decompressor_->decompress(message.payload, options_.max_message_bytes);
  if (result == Decompressor::Result::too_big) {
    return on_violation({close_code::too_big, "message over the limit"});
  }
  if (result == Decompressor::Result::corrupt) {
    return on_violation({close_code::invalid_payload, "compressed data are corrupt"});
  }
  const std::string_view text = decompressor_->message();
  if (message.opcode == Opcode::text && options_.checks_text && !is_utf8(text)) {
    return on_violation({close_code::invalid_payload, "text is not UTF-8"});
  }
  on_message({message.opcode, text});
}

void ClientConnection::on_ping(std::string_view payload) {
  const bool may_answer =
      state_ == State::open && answers_pings_ && stream_.queued_bytes() < kMaxQueuedForPong;
  if (may_answer) send_frame(FrameOpcode::pong, payload);
}

void ClientConnection::on_pong(std::string_view payload) {
  const auto ping = std::ranges::find_if(
      pings_ns_, [payload](const std::uint64_t& sent) { return payload == as_bytes(sent); });
  if (state_ != State::open || ping == pings_ns_.end()) return;
  const std::uint64_t sent_ns = *ping;
  // RFC 6455 section 5.5.3: it may stand for those before, too.
  pings_ns_.erase(pings_ns_.begin(), ping + 1);
  handler_.on_pong(std::chrono::microseconds{(now_ns() - sent_ns) / 1000});
}

// The server closes the connection first, so that it is not the one left in TIME_WAIT with
// bytes of ours on the way (RFC 6455 section 7.1.1).
void ClientConnection::on_peer_close(const CloseStatus& status) {
  end_status_ = status;
  if (state_ == State::open) begin_closing(status);
}

void ClientConnection::on_violation(const CloseStatus& status) {
  // No Close frame was received, so the code seen here is 1006 (section 7.1.5).
  end_status_ = CloseStatus{close_code::abnormal, "protocol error: " + status.reason};
  is_violated_ = true;
  if (state_ == State::open) begin_closing(status);
  stream_.shut_down();
}

void ClientConnection::on_closed(const StreamError& error) {
  if (state_ == State::connecting) {
    upgrade_->end(connect_failure(error.failure), error.message);
    ConnectError told = upgrade_->error();
    told.certificates = error.certificates;
    return fail(told);
  }
  end({close_code::abnormal, error.message});
}

void ClientConnection::fail(const ConnectError& error) {
  drop();
  events_.on_failed(error);
}

void ClientConnection::end(const CloseStatus& status) {
  const CloseStatus known = end_status_.value_or(status);
  drop();
  events_.on_ended(known, is_violated_);
}

void ClientConnection::drop() {
  state_ = State::ended;
  stream_.close();
  deadline_.reset();
  stop_timers();
}

}  // namespace wskit
