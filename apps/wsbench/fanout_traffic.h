#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delivery_board.h"
#include "message_template.h"
#include "pacer.h"
#include "payload.h"
#include "publisher.h"
#include "recent_sequences.h"
#include "stamp.h"
#include "subscriptions.h"
#include "traffic.h"
#include "worker.h"

/// What is published goes to every subscriber: the scenario `fanout`.
class FanoutTraffic final : public Traffic {
 public:
  explicit FanoutTraffic(Worker& worker);

  void on_open(LoadClient& client) override;
  void on_message(LoadClient& client, const wskit::MessageView& message) override;
  void on_gone(LoadClient& client) override;
  bool is_ready() const override;
  void give_up_waiting() override;
  void count_parties(OpeningResult& result) const override;
  void prepare() override;
  void begin(TimePoint start) override;
  void end() override;
  bool is_finished() const override;
  std::uint64_t outstanding_count() const override { return subscriptions_.outstanding_count(); }
  void settle() override { subscriptions_.settle(worker_.tally()); }

 private:
  /// One of this thread's publishers.
  struct Lane {
    std::size_t number = 0;
    std::unique_ptr<Publisher> publisher;
    std::unique_ptr<Pacer> pacer;
    std::uint64_t left = 0;
    std::uint32_t next_sequence = 0;
    std::deque<TimePoint> waiting;  ///< due, but there was no room
    bool is_ready = false;
    bool has_failed = false;

    /// A message that not every subscriber has.
    struct Outstanding {
      std::size_t threads_left = 0;
      TimePoint first = TimePoint::max();
      TimePoint last{};
    };
    RecentSequences<Outstanding> outstanding;
    std::size_t outstanding_count = 0;
    TimePoint last_progress{};
  };

  /// How far this thread's subscribers have a publisher's message.
  struct Arriving {
    std::size_t missing_count = 0;
    TimePoint first = TimePoint::max();
    TimePoint last{};
  };

  /// A publisher's messages that not all of this thread's subscribers have.
  struct Arrivals {
    RecentSequences<Arriving> recent;
    std::uint64_t next = 0;  ///< of those below, who is to get them is settled
  };

  void make_lane(std::size_t number);
  void note_problem(Lane& lane, const std::string& problem);
  void note_refused(Lane& lane, std::uint32_t sequence, const std::string& problem);
  void end_turn();
  void publish_more(Lane& lane);
  void publish_due(Lane& lane, TimePoint due);
  bool publish(Lane& lane, TimePoint due, bool has_waited = false);
  void give_up_stalled();
  void note_arrival(const Stamp& stamp, TimePoint now);
  void settle_receivers();
  void stop_awaiting(std::size_t index);
  void finish(std::size_t publisher, std::uint32_t sequence, const Arriving& arriving);
  void complete(const Completion& completion);
  void post_completions();
  bool waits_for_acks() const { return request_ && !options_.fanout.subscribe_ack.empty(); }
  void take_ack(std::size_t index, std::string_view text);
  void subscribe(std::size_t index);

  Worker& worker_;
  const LoadOptions& options_;
  DeliveryBoard& board_;
  Payload payload_;
  StampReader stamps_;
  std::optional<MessageTemplate> request_;  ///< that each subscriber sends first
  std::deque<Lane> lanes_;
  Subscriptions subscriptions_;
  std::size_t live_count_ = 0;  ///< of subscribers, once it has begun
  std::size_t pending_acks_ = 0;
  std::vector<Arrivals> arrivals_;       ///< by publisher
  std::vector<Completion> completions_;  ///< of this turn
  std::shared_ptr<void> turn_end_;
  wskit::Timer stall_timer_;
  bool has_begun_ = false;
  bool is_publishing_ = false;
};
