#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "histogram.h"
#include "payload.h"
#include "stream.h"

namespace bench {

/// Which of the numbers 0, 1, 2, … have come: the highest, and the 64 up to it.
class SequenceWindow {
 public:
  enum class Arrival { in_order, late, again };

  /// What is more than 63 behind the highest counts as `again`, since nothing is known of it.
  Arrival note(std::uint32_t sequence) {
    const std::int64_t step = std::int64_t{sequence} - highest_;
    if (step > 0) {
      seen_ = step < 64 ? seen_ << step | 1 : 1;
      highest_ = sequence;
      return Arrival::in_order;
    }
    if (step <= -64) return Arrival::again;
    const std::uint64_t bit = std::uint64_t{1} << -step;
    if ((seen_ & bit) != 0) return Arrival::again;
    seen_ |= bit;
    return Arrival::late;
  }

 private:
  std::int64_t highest_ = -1;
  std::uint64_t seen_ = 0;
};

/// Everything that arrived at the sessions of a run.
class Tally {
 public:
  /// Accounts for a message; returns its stamp unless it has none or came before.
  std::optional<Stamp> note(SequenceWindow& window, std::string_view message,
                            Clock::time_point now) {
    const char* const found = finder_.find(message);
    if (found == nullptr) {
      ++other_count;
      return {};
    }
    const Stamp stamp = read_stamp(found);
    const auto arrival = window.note(stamp.sequence);
    if (arrival == SequenceWindow::Arrival::again) {
      ++duplicated_count;
      return {};
    }
    if (arrival == SequenceWindow::Arrival::late) ++reordered_count;
    ++unique_count;
    last_arrival = now;
    if (!is_measuring) return stamp;
    ++measured_count;
    const auto due = std::chrono::nanoseconds(stamp.due_ns);
    latency.record(now.time_since_epoch() - due);
    return stamp;
  }

  bool is_measuring = false;
  std::uint64_t measured_count = 0;  ///< unique, while is_measuring
  std::uint64_t unique_count = 0;
  std::uint64_t duplicated_count = 0;
  std::uint64_t reordered_count = 0;
  std::uint64_t other_count = 0;  ///< messages without a stamp: greetings and the like
  Clock::time_point last_arrival;
  Histogram latency;  ///< while is_measuring

 private:
  StampFinder finder_;
};

/// Published messages that not every subscriber has yet.
class Ledger {
 public:
  explicit Ledger(std::uint32_t subscriber_count)
      : subscriber_count_(subscriber_count), missing_(kRemembered) {}

  /// The number of the next message. `outstanding_count` holds for the last kRemembered of them.
  std::uint32_t publish() {
    const std::uint32_t sequence = published_count_++;
    missing_[sequence % kRemembered] = subscriber_count_;
    ++outstanding_count_;
    return sequence;
  }

  void deliver(std::uint32_t sequence) {
    std::uint32_t& missing = missing_[sequence % kRemembered];
    if (missing != 0 && --missing == 0) --outstanding_count_;
  }

  /// Waits for nothing any more that was published up to now.
  void give_up() {
    missing_.assign(kRemembered, 0);
    outstanding_count_ = 0;
  }

  [[nodiscard]] std::uint32_t published_count() const { return published_count_; }
  [[nodiscard]] std::int64_t outstanding_count() const { return outstanding_count_; }
  [[nodiscard]] std::uint64_t expected_count() const {
    return std::uint64_t{published_count_} * subscriber_count_;
  }

 private:
  static constexpr std::size_t kRemembered = 8192;

  const std::uint32_t subscriber_count_;
  std::uint32_t published_count_ = 0;
  std::int64_t outstanding_count_ = 0;
  std::vector<std::uint32_t> missing_;
};

}  // namespace bench
