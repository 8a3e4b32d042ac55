#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "histogram.h"

/// What went over the connections.
struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t sent_bytes = 0;  ///< of payloads
  std::uint64_t received = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t reads = 0;       ///< that brought messages
  std::uint64_t answered = 0;    ///< echo: sent messages of which the reply has come
  std::uint64_t other = 0;       ///< received, but nothing of ours: greetings and the like
  std::uint64_t duplicated = 0;  ///< came again
  std::uint64_t reordered = 0;   ///< came after a later one
  std::uint64_t mismatched = 0;  ///< verified, and not what was sent
  std::uint64_t unsent = 0;      ///< due, but nothing could take them
  std::uint64_t opened = 0;      ///< connections
  std::uint64_t failed = 0;      ///< connections that could not be opened
  std::uint64_t ended = 0;       ///< connections that ended without our doing
  std::uint64_t failed_publishes = 0;

  Counts& operator+=(const Counts& other_counts);
  Counts operator-(const Counts& earlier) const;
};

/// How often something went wrong in one way, and what was said about it first.
struct Cause {
  std::uint64_t count = 0;
  std::string example;
};

using Causes = std::map<std::string, Cause>;

void note_cause(Causes& causes, const std::string& name, const std::string& example,
                std::uint64_t count = 1);

/// What happened since a thread was asked last.
struct Interval {
  Counts counts;               ///< in it
  std::size_t open_count = 0;  ///< connections, at its end
  std::uint64_t longest_lag_ns = 0;
  std::chrono::nanoseconds idle_polling{0};  ///< CPU that threads took to find nothing to do

  void add(const Interval& other);
};

/// An interval with its latencies, which are corrected; in memory that is used again.
struct IntervalTally {
  Interval interval;
  Histogram latency;  ///< of messages due while it is measured
  Histogram unmeasured_latency;

  void add(const IntervalTally& other);

  /// Forgets everything and keeps the memory.
  void reset();

  /// As Histogram::reserve().
  void reserve();
};

/// What a thread, or all of them, have measured. Times are in nanoseconds.
struct Tally {
  Histogram connect;      ///< from dialling to a byte stream, TLS included
  Histogram handshake;    ///< from there to the upgrade
  Histogram latency;      ///< since each message was due
  Histogram uncorrected;  ///< open loop: since each message was sent
  Histogram skew;         ///< fan-out: from the first subscriber of a message to its last
  Histogram recovery;     ///< storm: from the break until a connection is back
  Histogram lag;          ///< how late the generator itself was
  Counts total;
  Counts measured;             ///< of these, while it was measured
  Causes failures;             ///< of connecting
  Causes endings;              ///< of connections that did not end by our doing
  Causes publish_failures;     ///< fan-out
  std::uint64_t stalls = 0;    ///< fan-out: times that messages under way were given up
  std::uint64_t broken = 0;    ///< storm: connections
  std::uint64_t expected = 0;  ///< messages that should have come
  std::uint64_t lost = 0;      ///< of these, those that have not
  std::uint64_t gaps = 0;      ///< runs of numbers that are lost

  void add(const Tally& other);
};
