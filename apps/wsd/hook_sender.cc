#include "wsd/hook_sender.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <wskit/hmac.h>

namespace {

constexpr std::chrono::seconds kMaxRetryAfter{60};
constexpr std::chrono::seconds kRefusalLogInterval{1};

double random_unit() {
  std::random_device random;
  return std::uniform_real_distribution<double>{}(random);
}

std::vector<wskit::Header> headers_for(const std::string& secret, const std::string& body) {
  using std::chrono::system_clock;
  const std::string timestamp = std::to_string(system_clock::to_time_t(system_clock::now()));
  return {{"Content-Type", "application/json"},
          {"Wskit-Timestamp", timestamp},
          {"Wskit-Signature", "v1=" + wskit::hmac_sha256_hex(secret, timestamp + "." + body)}};
}

bool is_final(int status) {
  return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}

}  // namespace

HookSender::HookSender(wskit::Loop& control, HookOptions options, std::string_view node,
                       wskit::Log& log)
    : control_{control},
      options_{std::move(options)},
      log_{log},
      queue_{node},
      client_{std::make_unique<wskit::HttpClient>(
          control,
          wskit::HttpClientOptions{
              .url = options_.url, .ca_file = options_.ca_file, .timeout = options_.timeout})},
      backoff_{options_.first_delay, options_.max_delay},
      retry_timer_{control},
      stop_timer_{control},
      turn_end_{control.on_turn_end([this] { post_next(); })} {}

void HookSender::add(const HookEvent& event) {
  if (queue_.add(hook_event_json(event)) || std::exchange(is_dropping_, true)) return;
  log_.warn("hook_dropping", {{"queued", static_cast<std::int64_t>(queue_.size())}});
}

// At the end of a turn, so that what came together goes together.
void HookSender::post_next() {
  if (client_ == nullptr || is_posting_ || retry_timer_.is_running()) return;
  if (queue_.is_empty()) {
    is_dropping_ = false;
    if (stopped_) finish_stopping();
    return;
  }
  is_posting_ = true;
  if (queue_.batch_size() != 0) ++stats_.retries;
  const std::string& body = queue_.batch();
  client_->post(headers_for(options_.secret, body), body, [this](const wskit::HttpResult& result) {
    is_posting_ = false;
    on_answer(result);
  });
}

void HookSender::on_answer(const wskit::HttpResult& result) {
  if (result.status >= 200 && result.status < 300) return confirm();
  if (is_final(result.status)) return refuse(result.status);
  retry(result);
}

void HookSender::confirm() {
  stats_.sent += queue_.batch_size();
  queue_.remove_batch();
  backoff_.reset();
  if (!std::exchange(is_failing_, false)) return;
  log_.info("hook_recovered", {{"queued", static_cast<std::int64_t>(queue_.size())},
                               {"dropped", static_cast<std::int64_t>(stats().dropped)}});
}

void HookSender::refuse(int status) {
  stats_.refused += queue_.batch_size();
  const auto now = control_.now();
  if (now - last_refusal_logged_ >= kRefusalLogInterval) {
    last_refusal_logged_ = now;
    log_.warn("hook_refused", {{"status", status},
                               {"batch", static_cast<std::int64_t>(queue_.batch_number())},
                               {"events", static_cast<std::int64_t>(queue_.batch_size())},
                               {"total", static_cast<std::int64_t>(stats_.refused)}});
  }
  queue_.remove_batch();
  backoff_.reset();
}

void HookSender::retry(const wskit::HttpResult& result) {
  if (!std::exchange(is_failing_, true)) {
    log_.warn("hook_failing",
              {{"problem",
                result.status == 0 ? result.problem : fmt::format("status {}", result.status)}});
  }
  const std::chrono::milliseconds asked =
      std::min(result.retry_after.value_or(std::chrono::seconds{0}), kMaxRetryAfter);
  // The turn's end posts again.
  retry_timer_.start(std::max(backoff_.next(random_unit()), asked), [] {});
}

void HookSender::stop(wskit::Loop::Task done) {
  stopped_ = std::move(done);
  retry_timer_.stop();
  stop_timer_.start(options_.stop_timeout, [this] { finish_stopping(); });
}

void HookSender::finish_stopping() {
  client_.reset();
  retry_timer_.stop();
  stop_timer_.stop();
  if (!queue_.is_empty()) {
    log_.warn("hook_abandoned", {{"events", static_cast<std::int64_t>(queue_.size())}});
  }
  std::exchange(stopped_, {})();
}

HookStats HookSender::stats() const {
  HookStats now = stats_;
  now.dropped = queue_.dropped();
  now.queued = queue_.size();
  return now;
}
