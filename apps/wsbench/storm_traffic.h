#pragma once

#include <cstddef>
#include <vector>

#include "traffic.h"
#include "worker.h"

/// Some of the connections break at once, and all dial anew: the scenario `storm`.
class StormTraffic final : public Traffic {
 public:
  explicit StormTraffic(Worker& worker);

  void on_open(LoadClient& client) override;
  void on_message(LoadClient& client, const wskit::MessageView& message) override;
  void on_gone(LoadClient& client) override;
  void begin(TimePoint start) override;
  void end() override;

 private:
  void break_some();

  Worker& worker_;
  wskit::PreciseTimer timer_;
  TimePoint broken_at_;
  std::vector<bool> is_away_;  ///< by connection
  bool is_running_ = false;
};
