#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "clock.h"

class FanoutTraffic;

/// That all subscribers of one thread have a message.
struct Completion {
  std::size_t publisher;
  std::uint32_t sequence;
  TimePoint first;  ///< when the first of them had it
  TimePoint last;
};

/// What the threads of one run know of each other; most of it is for the fan-out.
///
/// Thread: any, once every thread's traffic has joined.
class DeliveryBoard {
 public:
  DeliveryBoard(std::size_t publishers, std::size_t threads)
      : run_number_{static_cast<std::uint16_t>(std::random_device{}())},
        published_(publishers),
        refused_(publishers),
        traffics_(threads) {}

  /// In the stamps: what comes late of a run before is not this one's.
  std::uint16_t run_number() const { return run_number_; }

  /// Before the threads start.
  void join(std::size_t thread, FanoutTraffic& traffic) { traffics_[thread] = &traffic; }

  /// The thread that has this publisher.
  FanoutTraffic& owner(std::size_t publisher) const {
    return *traffics_[publisher % traffics_.size()];
  }

  /// By the publisher's own thread, with numbers 0, 1, 2, ….
  void note_published(std::size_t publisher) {
    published_[publisher].fetch_add(1, std::memory_order_relaxed);
  }

  /// The last one could not be sent after all.
  void take_back(std::size_t publisher) {
    published_[publisher].fetch_sub(1, std::memory_order_relaxed);
  }

  /// Of the published ones, one that the server has refused.
  void note_refused(std::size_t publisher) {
    refused_[publisher].fetch_add(1, std::memory_order_relaxed);
  }

  std::uint64_t published_count(std::size_t publisher) const {
    return published_[publisher].load(std::memory_order_relaxed);
  }
  std::uint64_t refused_count(std::size_t publisher) const {
    return refused_[publisher].load(std::memory_order_relaxed);
  }

  /// What each subscriber should get, of all publishers.
  std::uint64_t expected_count() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < published_.size(); ++i) {
      // In this order: what is refused was published before.
      const std::uint64_t refused = refused_count(i);
      sum += published_count(i) - refused;
    }
    return sum;
  }

  /// A thread has subscribers, before traffic begins; or none any more.
  void note_subscribed_thread() { subscribed_threads_.fetch_add(1, std::memory_order_relaxed); }
  void note_deserted_thread() { subscribed_threads_.fetch_sub(1, std::memory_order_relaxed); }
  std::size_t subscribed_threads() const {
    return subscribed_threads_.load(std::memory_order_relaxed);
  }

 private:
  const std::uint16_t run_number_;
  std::vector<std::atomic<std::uint64_t>> published_;
  std::vector<std::atomic<std::uint64_t>> refused_;
  std::vector<FanoutTraffic*> traffics_;
  std::atomic<std::size_t> subscribed_threads_{0};
};
