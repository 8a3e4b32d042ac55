#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <wskit/backoff.h>
#include <wskit/http_client.h>
#include <wskit/log.h>
#include <wskit/loop.h>

#include "wsd/hook_queue.h"

struct HookOptions {
  std::string url;      ///< http or https; empty: no hooks
  std::string secret;   ///< key of the signatures
  std::string ca_file;  ///< PEM; trusted instead of the system's
  std::chrono::milliseconds timeout{std::chrono::seconds{10}};      ///< of one attempt
  std::chrono::milliseconds first_delay{500};                       ///< of retries: bound of the
  std::chrono::milliseconds max_delay{std::chrono::seconds{30}};    ///< first and of later ones
  std::chrono::milliseconds stop_timeout{std::chrono::seconds{2}};  ///< for what is still queued
};

/// Events since the start, and `queued` as of now.
struct HookStats {
  std::uint64_t sent = 0;
  std::uint64_t refused = 0;  ///< by the receiver
  std::uint64_t dropped = 0;  ///< because too many were queued
  std::uint64_t retries = 0;  ///< attempts after the first of a batch
  std::size_t queued = 0;
};

/// Posts events to the application's URL, one batch after the other, signed:
/// `Wskit-Signature: v1=` and the HMAC-SHA256 in hex of Wskit-Timestamp, a dot and the body.
///
/// A 2xx answer confirms a batch; 4xx other than 408, 425 and 429 drops it; after anything else it
/// is posted again, the same bytes, after a delay that grows or that Retry-After asks for, at most
/// a minute.
/// Thread: the control loop's.
/// Ownership: loop and log outlive it; the loop must not run any more when it is destroyed.
class HookSender {
 public:
  /// Throws wskit::Error if the URL is malformed or the CA cannot be read.
  HookSender(wskit::Loop& control, HookOptions options, std::string_view node, wskit::Log& log);
  HookSender(const HookSender&) = delete;
  HookSender& operator=(const HookSender&) = delete;

  /// Queues the event, or counts it as dropped.
  void add(const HookEvent& event);

  /// Posts what was added before, for at most `stop_timeout`; then `done` runs on the control loop,
  /// and nothing is posted any more. Once.
  void stop(wskit::Loop::Task done);

  /// Signs with another key from now on.
  void use_secret(std::string secret) { options_.secret = std::move(secret); }

  HookStats stats() const;

 private:
  void post_next();
  void on_answer(const wskit::HttpResult& result);
  void confirm();
  void refuse(int status);
  void retry(const wskit::HttpResult& result);
  void finish_stopping();

  wskit::Loop& control_;
  HookOptions options_;
  wskit::Log& log_;
  HookQueue queue_;
  std::unique_ptr<wskit::HttpClient> client_;  ///< null once stopped
  wskit::Backoff backoff_;
  wskit::Timer retry_timer_;
  wskit::Timer stop_timer_;
  std::shared_ptr<void> turn_end_;
  wskit::Loop::Task stopped_;
  HookStats stats_;
  wskit::Loop::Clock::time_point last_refusal_logged_ = {};
  bool is_posting_ = false;
  bool is_failing_ = false;
  bool is_dropping_ = false;
};
