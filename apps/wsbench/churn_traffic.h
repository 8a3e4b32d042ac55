#pragma once

#include <queue>
#include <vector>

#include "traffic.h"
#include "worker.h"

/// Connections that close after a lifetime, and are dialled anew: the scenario `churn`.
class ChurnTraffic final : public Traffic {
 public:
  explicit ChurnTraffic(Worker& worker);

  void on_open(LoadClient& client) override;
  void on_message(LoadClient& client, const wskit::MessageView& message) override;
  void on_gone(LoadClient& client) override;
  void begin(TimePoint start) override;
  void end() override;

 private:
  struct End {
    TimePoint due;
    LoadClient* client;
    std::uint32_t dial_count;  ///< the connection is gone if the client has been dialled since
    bool operator>(const End& other) const { return due > other.due; }
  };

  void end_at(TimePoint due, LoadClient& client);
  void close_due();

  Worker& worker_;
  wskit::PreciseTimer timer_;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
  bool is_running_ = false;
};
