#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "modes.h"
#include "publisher.h"
#include "session.h"
#include "tally.h"

namespace bench {

namespace {

using std::chrono::milliseconds;

constexpr auto kStallTime = std::chrono::seconds(1);
constexpr auto kReadyTime = std::chrono::seconds(3);
constexpr auto kLateCopyTime = milliseconds(100);

Clock::duration seconds(double count) {
  return duration_cast<Clock::duration>(std::chrono::duration<double>(count));
}

/// What the subscribers of a run share.
struct FanoutTraffic {
  std::string subscribe_message;
  std::string subscribe_answer;
  Tally tally;
  std::optional<Ledger> ledger;  ///< once the subscribers are counted
};

class Subscriber final : public Session {
 public:
  Subscriber(Poller& poller, const Handshake& handshake, SessionCounts& counts,
             FanoutTraffic& traffic, int index)
      : Session(poller, handshake, counts), traffic_(traffic), index_(index) {}

 private:
  void on_open(Clock::time_point now) override {
    const std::string& message = traffic_.subscribe_message;
    if (!message.empty()) {
      const std::string text = substitute(message, "{i}", std::to_string(index_));
      send(masked_frame(Opcode::text, text, kMaskKey));
    }
    if (message.empty() || traffic_.subscribe_answer.empty()) become_ready(now);
  }

  void on_message(std::string_view message, Clock::time_point now) override {
    if (!is_ready() && message.find(traffic_.subscribe_answer) != message.npos) become_ready(now);
    const std::optional<Stamp> stamp = traffic_.tally.note(window_, message, now);
    if (stamp && traffic_.ledger) traffic_.ledger->deliver(stamp->sequence);
  }

  FanoutTraffic& traffic_;
  const int index_;
  SequenceWindow window_;
};

/// One fan-out measurement.
///
/// With a rate, message n is due at start + n / rate, whatever the server does (open loop); with a
/// window, a message is due once fewer than that many are outstanding.
class FanoutRun {
 public:
  explicit FanoutRun(const Options& options);

  void run(Report& report);

 private:
  void open_subscribers();
  void open_publisher();
  void publish_all();
  void publish_due(Clock::time_point now);
  void give_up_stalled(Clock::time_point now);
  void begin_measuring();
  void end_measuring();
  void drain();
  void report_on(Report& report) const;

  [[nodiscard]] bool has_rate() const { return options_.rate > 0; }
  [[nodiscard]] Clock::time_point due_of(double number) const {
    return start_ + seconds(number / options_.rate);
  }
  [[nodiscard]] bool is_publishing(Clock::time_point now) const;
  [[nodiscard]] Clock::duration wait_from(Clock::time_point now) const;
  [[nodiscard]] std::uint64_t lost_count() const {
    return traffic_.ledger->expected_count() - traffic_.tally.unique_count;
  }

  const Options& options_;
  Poller poller_;
  const Handshake handshake_;
  SessionCounts counts_;
  FanoutTraffic traffic_;
  std::deque<Subscriber> subscribers_;
  std::unique_ptr<Publisher> publisher_;
  CostMeter meter_;

  std::uint32_t warmup_count_ = 0;
  std::uint32_t total_count_ = 0;  ///< to be published; 0: as many as fit into the duration
  Clock::time_point start_;
  Clock::time_point measure_from_;
  Clock::time_point publish_until_ = Clock::time_point::max();
  Clock::time_point last_publish_;
  Clock::duration longest_lag_{};
  int stall_count_ = 0;
  std::uint32_t measured_from_sequence_ = 0;
  std::uint32_t measured_to_sequence_ = 0;
  std::uint64_t own_copies_ = 0;  ///< while measuring, as receives_
  std::uint64_t receives_ = 0;
};

FanoutRun::FanoutRun(const Options& options)
    : options_(options),
      handshake_(options.host, options.port, options.subprotocol, options.headers),
      meter_(options.pids) {
  traffic_.subscribe_message = options.subscribe_message;
  traffic_.subscribe_answer = options.subscribe_answer;
  for (int i = 0; i < options.connections; ++i) {
    subscribers_.emplace_back(poller_, handshake_, counts_, traffic_, i);
  }
  if (options.messages > 0) {
    total_count_ = static_cast<std::uint32_t>(options.messages);
  } else if (has_rate()) {
    warmup_count_ = static_cast<std::uint32_t>(std::lround(options.warmup * options.rate));
    total_count_ =
        warmup_count_ + static_cast<std::uint32_t>(std::lround(options.duration * options.rate));
  }
}

void FanoutRun::run(Report& report) {
  open_subscribers();
  if (counts_.ready > 0) {
    open_publisher();
    publish_all();
    if (total_count_ == 0) end_measuring();
    drain();
    if (total_count_ != 0) end_measuring();
    poller_.poll_until(Clock::now() + kLateCopyTime);
  }
  report_on(report);
}

void FanoutRun::open_subscribers() {
  open_sessions(options_, poller_, counts_,
                [this](int i) -> Session& { return subscribers_[static_cast<std::size_t>(i)]; });
  poller_.poll_until(Clock::now() + seconds(options_.settle));
  traffic_.ledger.emplace(static_cast<std::uint32_t>(counts_.ready));
}

void FanoutRun::open_publisher() {
  publisher_ = make_publisher(options_, poller_, handshake_);
  const auto deadline = Clock::now() + kReadyTime;
  while (!publisher_->is_ready()) {
    if (Clock::now() > deadline) throw std::runtime_error("the publisher does not get ready");
    poller_.poll(milliseconds(1));
  }
  poller_.poll_until(Clock::now() + milliseconds(100));  // greetings
}

void FanoutRun::publish_all() {
  start_ = last_publish_ = traffic_.tally.last_arrival = Clock::now();
  measure_from_ = start_;
  if (has_rate() && warmup_count_ > 0) {
    // Half a step early: what the last message of the warm-up costs is over by then.
    measure_from_ = due_of(warmup_count_ - 0.5);
  } else if (options_.messages == 0) {
    measure_from_ += seconds(options_.warmup);
  }
  for (auto now = Clock::now(); is_publishing(now); now = Clock::now()) {
    if (!traffic_.tally.is_measuring && now >= measure_from_) begin_measuring();
    publish_due(now);
    poller_.poll(wait_from(now));
  }
}

bool FanoutRun::is_publishing(Clock::time_point now) const {
  const auto last_progress = std::max(last_publish_, traffic_.tally.last_arrival);
  const auto patience = kStallTime + seconds(options_.drain);
  if (!has_rate() && now - last_progress > patience) return false;
  if (total_count_ == 0) return now < publish_until_;
  if (has_rate() && now > due_of(total_count_) + patience) return false;
  return traffic_.ledger->published_count() < total_count_;
}

void FanoutRun::publish_due(Clock::time_point now) {
  Ledger& ledger = *traffic_.ledger;
  if (!has_rate()) give_up_stalled(now);
  while (publisher_->has_room()) {
    if (total_count_ != 0 && ledger.published_count() == total_count_) return;
    auto due = Clock::now();
    if (has_rate()) {
      due = due_of(ledger.published_count());
      if (due > now) return;
      longest_lag_ = std::max(longest_lag_, now - due);
    } else if (ledger.outstanding_count() >= options_.window) {
      return;
    }
    const auto due_ns = static_cast<std::uint64_t>(due.time_since_epoch().count());
    publisher_->publish({due_ns, ledger.publish()});
    last_publish_ = now;
  }
}

void FanoutRun::give_up_stalled(Clock::time_point now) {
  const auto last_progress = std::max(last_publish_, traffic_.tally.last_arrival);
  if (traffic_.ledger->outstanding_count() == 0 || now - last_progress < kStallTime) return;
  traffic_.ledger->give_up();
  ++stall_count_;
}

Clock::duration FanoutRun::wait_from(Clock::time_point now) const {
  if (options_.is_busy) return {};
  if (!has_rate()) return milliseconds(10);
  const auto next =
      std::min(due_of(traffic_.ledger->published_count()),
               traffic_.tally.is_measuring ? Clock::time_point::max() : measure_from_);
  return std::min<Clock::duration>(next - now, milliseconds(10));
}

void FanoutRun::begin_measuring() {
  meter_.begin();
  measured_from_sequence_ = traffic_.ledger->published_count();
  own_copies_ = publisher_->own_copy_count();
  receives_ = poller_.receive_count();
  traffic_.tally.is_measuring = true;
  if (total_count_ == 0) publish_until_ = Clock::now() + seconds(options_.duration);
}

void FanoutRun::end_measuring() {
  traffic_.tally.is_measuring = false;
  meter_.end();
  measured_to_sequence_ = traffic_.ledger->published_count();
  own_copies_ = publisher_->own_copy_count() - own_copies_;
  receives_ = poller_.receive_count() - receives_;
}

void FanoutRun::drain() {
  const auto deadline = Clock::now() + seconds(options_.drain);
  while (lost_count() > 0 && Clock::now() < deadline) {
    poller_.poll(milliseconds(options_.is_busy ? 0 : 1));
  }
}

void FanoutRun::report_on(Report& report) const {
  const Tally& tally = traffic_.tally;
  const auto add = [&report](std::string_view name, auto number) {
    report.add(name, static_cast<double>(number));
  };
  add_counts(report, counts_);
  add("published", traffic_.ledger->published_count());
  if (total_count_ != 0) add("unsent", total_count_ - traffic_.ledger->published_count());
  add("lost", lost_count());
  add("duplicated", tally.duplicated_count);
  add("reordered", tally.reordered_count);
  add("other", tally.other_count);
  add("stalls", stall_count_);
  if (!publisher_) return;
  add("publish_errors", publisher_->error_count());
  report.add("publish_lag_max_us", static_cast<double>(longest_lag_.count()) / 1e3, 1);
  add("publisher_copies", own_copies_);
  report.add("publish_per_s", (measured_to_sequence_ - measured_from_sequence_) / meter_.seconds(),
             1);
  report.add("operation", "delivery");
  const auto deliveries = static_cast<double>(tally.measured_count + own_copies_);
  add_costs(report, meter_, deliveries);
  add_receives(report, receives_, deliveries);
  add_percentiles(report, "latency", tally.latency);
}

}  // namespace

void run_fanout(const Options& options, Report& report) {
  FanoutRun(options).run(report);
}

}  // namespace bench
