#pragma once

#include <cstddef>
#include <cstdint>

#include "pacer.h"
#include "payload.h"
#include "traffic.h"
#include "worker.h"

/// Messages in one direction, of which nobody expects an answer: `send` and `recv`.
class StreamTraffic final : public Traffic {
 public:
  explicit StreamTraffic(Worker& worker);

  void on_open(LoadClient& client) override;
  void on_message(LoadClient&, const wskit::MessageView&) override {}
  void on_drain(LoadClient& client) override;
  void begin(TimePoint start) override;
  void end() override;

  /// What others send has no end that a thread could know of.
  bool is_finished() const override { return left_ == 0 && options_.scenario != Scenario::recv; }

 private:
  void send_due(TimePoint due);
  void fill_all();
  void fill(LoadClient& client);
  bool send(LoadClient& client, TimePoint due);

  Worker& worker_;
  const LoadOptions& options_;
  Payload payload_;
  Pacer pacer_;
  wskit::PreciseTimer again_;  ///< fills all connections
  std::uint32_t next_sequence_ = 0;
  std::uint64_t left_ = 0;  ///< to be sent
};
