#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "pacer.h"
#include "traffic.h"
#include "worker.h"

/// Connections that only answer, and send Pings, spread over the interval: the scenario `idle`.
class IdleTraffic final : public Traffic {
 public:
  explicit IdleTraffic(Worker& worker);

  void on_message(LoadClient& client, const wskit::MessageView& message) override;
  void on_pong(LoadClient& client, std::chrono::microseconds round_trip) override;
  void on_gone(LoadClient& client) override;
  void begin(TimePoint start) override;
  void end() override;
  std::uint64_t outstanding_count() const override { return waiting_count_; }
  void settle() override;

 private:
  struct Ping {
    std::size_t client;
    TimePoint sent_at;
  };

  void ping_next();
  void wait_for_oldest();
  void give_up_late();

  Worker& worker_;
  Pacer pacer_;
  std::size_t next_client_ = 0;
  wskit::Timer timeout_;
  std::vector<std::vector<TimePoint>> waiting_;  ///< when Pings without a Pong were sent
  std::deque<Ping> pings_;                       ///< with a time limit, the oldest first
  std::uint64_t waiting_count_ = 0;
  std::uint64_t missing_count_ = 0;    ///< Pongs of connections that are gone
  std::uint64_t abandoned_count_ = 0;  ///< likewise, but we have closed them
};
