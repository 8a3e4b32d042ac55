#include "run.h"

#include <algorithm>
#include <ctime>
#include <ranges>
#include <utility>

namespace {

using std::chrono::milliseconds;

/// For greetings and the like, after the last connection has opened.
constexpr milliseconds kSettleTime{100};

/// From the order to begin until traffic does, so that all threads have it in time.
constexpr milliseconds kLead{20};

/// Traffic goes on for so long when nothing more is measured: to end it takes a while, in which
/// answers would be late.
constexpr milliseconds kTail{20};

/// Where messages are counted, a run that has stalled for so long ends.
constexpr milliseconds kStallTime{5000};

/// How often it is looked whether everything is over.
constexpr milliseconds kLook{10};

/// Of time, in seconds: less is no difference.
constexpr double kMoment = 0.001;

std::chrono::nanoseconds own_cpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

/// What is left at the end would be too short for a point of its own. Its latencies have those of
/// the point in them.
void extend_interval(IntervalPoint& point, const IntervalPoint& rest) {
  point.interval.open_count = 0;
  point.interval.add(rest.interval);
  point.latency = rest.latency;
  point.at_s = rest.at_s;
  point.length_s += rest.length_s;
}

}  // namespace

Run::Run(wskit::Loop& loop, const Plan& plan, ProcessGroup* target, RunObserver& observer)
    : loop_{loop},
      plan_{plan},
      board_{plan.options.fanout.publishers, plan.options.threads},
      target_{target},
      observer_{observer},
      phase_timer_{loop},
      interval_timer_{loop} {
  for (std::size_t i = 0; i < plan.options.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(plan, i, board_));
  }
  spare_tallies_.push_back(take_spare_tallies());
  shown_latency_.reserve();
  result_.tally.latency.reserve();
}

void Run::begin_on_all(std::function<void(Worker& worker, Done done)> task, Done done) {
  struct Pending {
    std::size_t count;
    Done done;
  };
  const auto pending = std::make_shared<Pending>(Pending{workers_.size(), std::move(done)});
  for (const auto& worker : workers_) {
    worker->post([this, task, pending, target = worker.get()] {
      task(*target, [this, pending] {
        loop_.post([pending] {
          if (--pending->count == 0) pending->done();
        });
      });
    });
  }
}

void Run::on_all(std::function<void(Worker& worker)> task, Done done) {
  const auto do_task = [task = std::move(task)](Worker& worker, const Done& done_here) {
    task(worker);
    done_here();
  };
  begin_on_all(do_task, std::move(done));
}

/// What the threads fill while their own is read.
auto Run::take_spare_tallies() -> std::shared_ptr<IntervalTallies> {
  if (spare_tallies_.empty()) {
    auto& spare = spare_tallies_.emplace_back(std::make_shared<IntervalTallies>(workers_.size()));
    for (IntervalTally& tally : *spare) tally.reserve();
  }
  auto spare = std::move(spare_tallies_.back());
  spare_tallies_.pop_back();
  return spare;
}

void Run::take_interval(std::function<void(const IntervalTally& all)> take) {
  const auto tallies = take_spare_tallies();
  on_all([tallies](Worker& worker) { worker.take_interval((*tallies)[worker.number()]); },
         [this, tallies, take = std::move(take)] {
           IntervalTally& all = tallies->front();
           for (const IntervalTally& tally : *tallies | std::views::drop(1)) all.add(tally);
           take(all);
           for (IntervalTally& tally : *tallies) tally.reset();
           spare_tallies_.push_back(tallies);
         });
}

void Run::start(std::function<void()> done) {
  done_ = std::move(done);
  for (const auto& worker : workers_) worker->start();
  result_.own_rss_before_bytes = own_rss_bytes();
  if (target_ != nullptr) {
    result_.target.emplace();
    const Usage usage = target_->sample();
    result_.target->rss_before_bytes = usage.rss_bytes;
    target_at_last_ = usage;
  }
  open();
}

void Run::open() {
  opening_began_ = Clock::now();
  begin_on_all([](Worker& worker, Done done) { worker.open_all(std::move(done)); },
               [this] {
                 if (!is_ending_) on_opened();
               });
  interval_timer_.start_repeating(plan_.options.interval, [this] {
    take_interval([this](const IntervalTally& all) { show_opening(all.interval); });
  });
}

void Run::show_opening(const Interval& interval) {
  result_.tally.total += interval.counts;
  if (!clock_) observer_.on_opening(interval.open_count, result_.tally.total);
}

void Run::on_opened() {
  interval_timer_.stop();
  const auto sum = std::make_shared<OpeningResult>();
  const auto add = [this, sum](Worker& worker) {
    loop_.post([sum, result = worker.opening_result()] { sum->add(result); });
  };
  on_all(add, [this, sum] {
    result_.opening_s = in_seconds(sum->settled_at - opening_began_);
    result_.opened_count = sum->opened;
    if (is_ending_) return;
    if (sum->opened == 0) return end();
    if (sum->receivers == 0) result_.missing_party = "nobody could subscribe";
    if (sum->senders == 0) result_.missing_party = "no publisher could connect";
    if (!result_.missing_party.empty()) return end();
    settle();
  });
}

void Run::settle() {
  phase_timer_.start(kSettleTime, [this] {
    on_all([](Worker& worker) { worker.prepare(); },
           [this] {
             if (!is_ending_) begin();
           });
  });
}

void Run::begin() {
  result_.own_rss_bytes = own_rss_bytes();
  if (target_ != nullptr) {
    const Usage usage = target_->sample();
    result_.target->rss_open_bytes = result_.target->rss_peak_bytes = usage.rss_bytes;
    result_.target->open_cpu_s = in_seconds(usage.cpu - target_at_last_->cpu);
    target_at_last_ = usage;
  }
  const LoadOptions& options = plan_.options;
  result_.has_begun = true;
  clock_.emplace();
  window_.start = Clock::now() + kLead;
  window_.from = window_.start + options.warmup;
  if (options.messages == 0) {
    window_.until = window_.from + options.duration;
    window_.end = window_.until + kTail;
  }
  own_cpu_at_last_ = own_cpu();
  last_interval_ = window_.start;
  on_all([this](Worker& worker) { worker.begin(window_); }, [] {});
  interval_timer_.start(kLead, [this] {
    interval_timer_.start_repeating(plan_.options.interval, [this] {
      // Later it is a part of the last interval, which comes with the end.
      if (Clock::now() < window_.until) end_interval();
    });
  });
  // Rather too early: what it takes delays nothing then that is measured.
  phase_timer_.start(std::chrono::floor<milliseconds>(window_.from - Clock::now()),
                     [this] { begin_measuring(); });
}

void Run::begin_measuring() {
  is_measured_ = true;
  if (target_ != nullptr) target_cpu_at_from_ = target_->sample().cpu;
  if (window_.end != TimePoint::max()) {
    const auto left = std::chrono::ceil<milliseconds>(window_.end - Clock::now());
    return phase_timer_.start(left, [this] { end(); });
  }
  moved_at_ = Clock::now();
  phase_timer_.start_repeating(kLook, [this] { look_for_end(); });
}

/// Of a run that ends after so many messages.
void Run::look_for_end() {
  struct Sum {
    std::size_t unfinished = 0;
    std::uint64_t outstanding = 0;
    std::uint64_t moved = 0;
    std::uint64_t received = 0;
  };
  const auto sum = std::make_shared<Sum>();
  const auto look = [this, sum](Worker& worker) {
    loop_.post([sum, is_finished = worker.is_finished(), outstanding = worker.outstanding_count(),
                moved = worker.moved_count(), received = worker.received_count()] {
      sum->unfinished += is_finished ? 0 : 1;
      sum->outstanding += outstanding;
      sum->moved += moved;
      sum->received += received;
    });
  };
  on_all(look, [this, sum] {
    const TimePoint now = Clock::now();
    if (sum->moved != moved_count_) moved_at_ = now;
    moved_count_ = sum->moved;
    const LoadOptions& options = plan_.options;
    const bool is_sent = sum->unfinished == 0 ||
                         (options.scenario == Scenario::recv && sum->received >= options.messages);
    const auto patience = is_sent ? plan_.options.drain : std::max(kStallTime, plan_.options.drain);
    if ((is_sent && sum->outstanding == 0) || now - moved_at_ > patience) end();
  });
}

void Run::end_interval() {
  take_interval([this](const IntervalTally& all) { add_interval(all); });
}

void Run::add_interval(const IntervalTally& all) {
  const TimePoint now = is_ending_ ? ended_at_ : Clock::now();
  const auto length = std::max<Clock::duration>(now - last_interval_, milliseconds{1});
  result_.tally.total += all.interval.counts;
  result_.tally.latency.add(all.latency);
  const auto cpu = own_cpu();
  const auto work = cpu - own_cpu_at_last_ - all.interval.idle_polling;
  IntervalPoint point{.at_s = in_seconds(now - window_.start),
                      .length_s = in_seconds(length),
                      .interval = all.interval,
                      .latency = {},
                      .target_rss_bytes = {},
                      .target_cpu = {},
                      .generator_cpu = std::max(0.0, in_seconds(work) / in_seconds(length))};
  own_cpu_at_last_ = cpu;
  last_interval_ = now;
  if (target_ != nullptr) {
    const Usage usage = target_->sample();
    point.target_rss_bytes = usage.rss_bytes;
    point.target_cpu = in_seconds(usage.cpu - target_at_last_->cpu) / in_seconds(length);
    result_.target->rss_peak_bytes = std::max(result_.target->rss_peak_bytes, usage.rss_bytes);
    target_at_last_ = usage;
  }
  point.is_measured = point.at_s - point.length_s >= in_seconds(plan_.options.warmup) - kMoment;
  const bool is_rest = is_ending_ && length < plan_.options.interval / 2 &&
                       !result_.intervals.empty() &&
                       (result_.intervals.back().is_measured || !point.is_measured);
  if (!is_rest) shown_latency_.reset();
  shown_latency_.add(all.latency);
  shown_latency_.add(all.unmeasured_latency);
  point.latency = LatencyFigures{shown_latency_};
  if (is_rest) return extend_interval(result_.intervals.back(), point);
  result_.intervals.push_back(std::move(point));
  observer_.on_interval(result_.intervals.back(), result_);
  if (!is_ending_ && observer_.wants_end()) interrupt();
}

void Run::interrupt() {
  result_.is_interrupted = true;
  if (!is_ending_) end();
}

void Run::end() {
  if (std::exchange(is_ending_, true)) return;
  phase_timer_.stop();
  interval_timer_.stop();
  if (!clock_) {
    // Interrupted, or there was nothing to begin with.
    if (result_.opening_s == 0) result_.opening_s = in_seconds(Clock::now() - opening_began_);
    return close();
  }
  const TimePoint now = Clock::now();
  const bool is_open_loop = plan_.options.rate > 0;
  ended_at_ = is_open_loop ? std::max(last_interval_, std::min(now, window_.until)) : now;
  on_all([](Worker& worker) { worker.end(); }, [] {});
  drain_until_ = now + plan_.options.drain;
  phase_timer_.start_repeating(kLook, [this] { drain(); });
}

void Run::drain() {
  const auto outstanding = std::make_shared<std::uint64_t>(0);
  const auto look = [this, outstanding](Worker& worker) {
    loop_.post([outstanding, count = worker.outstanding_count()] { *outstanding += count; });
  };
  on_all(look, [this, outstanding] {
    if (!phase_timer_.is_running()) return;
    if (*outstanding == 0 || Clock::now() >= drain_until_) finish();
  });
}

/// What takes a while would have delayed the answers that were under way.
void Run::finish() {
  phase_timer_.stop();
  if (target_ != nullptr && is_measured_) {
    const Usage usage = target_->sample();
    result_.target->cpu_s = in_seconds(usage.cpu - target_cpu_at_from_);
    result_.target->rss_end_bytes = usage.rss_bytes;
  }
  result_.clock = clock_->check();
  end_interval();
  close();
}

void Run::close() {
  phase_timer_.stop();
  begin_on_all([](Worker& worker, Done done) { worker.close_all(std::move(done)); },
               [this] { collect(); });
}

void Run::collect() {
  const auto results = std::make_shared<std::vector<WorkerResult>>();
  const auto take = [this, results](Worker& worker) {
    loop_.post([results, result = std::make_shared<WorkerResult>(worker.take_result())] {
      results->push_back(std::move(*result));
    });
  };
  on_all(take, [this, results] {
    // The intervals have brought the latencies, but for those of the last moment.
    Histogram latency = std::move(result_.tally.latency);
    result_.tally = {};
    result_.tally.latency = std::move(latency);
    for (WorkerResult& result : *results) {
      result_.tally.add(result.tally);
      result_.measured_s = std::max(result_.measured_s, in_seconds(result.measured_time));
      const double time = in_seconds(result.usage_time);
      if (time <= 0) continue;
      result_.usage_s = std::max(result_.usage_s, time);
      result_.threads.push_back({in_seconds(result.cpu) / time,
                                 in_seconds(result.waiting) / in_seconds(result.traffic_time)});
    }
    for (const auto& worker : workers_) worker->stop();
    done_();
  });
}
