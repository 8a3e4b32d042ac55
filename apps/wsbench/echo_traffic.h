#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pacer.h"
#include "payload.h"
#include "sequence_tracker.h"
#include "stamp.h"
#include "traffic.h"
#include "worker.h"

/// Every message is answered by one of the server's: the scenario `echo`.
///
/// Replies are known by their stamps, or, where messages have none, by their order.
class EchoTraffic final : public Traffic {
 public:
  explicit EchoTraffic(Worker& worker);

  void on_open(LoadClient& client) override;
  void on_message(LoadClient& client, const wskit::MessageView& message) override;
  void on_gone(LoadClient& client) override;
  void begin(TimePoint start) override;
  void end() override;
  bool is_finished() const override { return left_ == 0; }
  std::uint64_t outstanding_count() const override { return outstanding_count_; }
  void settle() override;

 private:
  /// A message without a stamp whose reply has not come.
  struct Sent {
    Stamp stamp;
    std::string text;  ///< if replies are verified and no two messages are the same
  };

  struct Lane {
    std::uint32_t next_sequence = 0;
    std::uint32_t outstanding_count = 0;  ///< what is under way, but for what was given up
    std::uint32_t given_up_count = 0;     ///< and may be answered yet
    std::uint32_t given_up_before = 0;    ///< of the sequence
    SequenceTracker answered;
    std::vector<Sent> sent;  ///< in order, from `first_sent` on
    std::size_t first_sent = 0;
    TimePoint last_progress{};  ///< closed loop
  };

  Lane& lane(const LoadClient& client);
  void send_due(TimePoint due);
  void fill(LoadClient& client);
  void give_up_stalled();
  bool send(LoadClient& client, TimePoint due);
  void take_stamped(LoadClient& client, const wskit::MessageView& message);
  void take_next(LoadClient& client, const wskit::MessageView& message);
  void take_answer(LoadClient& client, const Stamp& stamp, bool is_right);

  Worker& worker_;
  const LoadOptions& options_;
  Payload payload_;
  StampReader stamps_;
  Pacer pacer_;
  wskit::Timer stall_timer_;
  std::vector<Lane> lanes_;
  std::uint64_t left_ = 0;               ///< to be sent
  std::uint64_t outstanding_count_ = 0;  ///< given up or not
  std::uint64_t gap_count_ = 0;          ///< of connections that are gone
  std::uint64_t abandoned_count_ = 0;    ///< of connections that we closed
};
