#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <wskit/loop.h>
#include <wskit/precise_timer.h>

#include "connection_ramp.h"
#include "delivery_board.h"
#include "dialler.h"
#include "idle_polling.h"
#include "load_client.h"
#include "plan.h"
#include "process_usage.h"
#include "recorder.h"
#include "share.h"
#include "tally.h"
#include "traffic.h"
#include "worker_result.h"

/// One thread with its share of the connections.
///
/// Thread: post() any, from start() to the destructor; everything else its own.
/// Ownership: plan and board outlive it.
class Worker final : private LoadClientEvents {
 public:
  Worker(const Plan& plan, std::size_t number, DeliveryBoard& board);
  ~Worker();  ///< as stop()

  void start();

  /// Ends the thread. Threads post to each other: all end before the first is destroyed.
  void stop();
  void post(wskit::Loop::Task task) { loop_.post(std::move(task)); }

  /// Dials all its connections, then calls `done` once each is open or has failed.
  void open_all(std::function<void()> done);
  OpeningResult opening_result();
  void prepare() { traffic_->prepare(); }
  void begin(const Window& window);

  /// Ends the window here, and sending with it.
  void end();

  /// As Recorder::take_interval().
  void take_interval(IntervalTally& tally);

  /// Whether it has sent all it had to, or has nothing left to send it on.
  bool is_finished() const { return traffic_->is_finished() || !can_send(); }
  std::uint64_t outstanding_count() const { return traffic_->outstanding_count(); }

  /// Messages that were sent or came: what does not grow has stalled.
  std::uint64_t moved_count() { return counts().sent + counts().received; }

  /// Messages that have come while it was measured.
  std::uint64_t received_count() { return counts().received - counts_before_.received; }

  /// Settles what was lost, then closes all its connections; `done` follows.
  void close_all(std::function<void()> done);
  WorkerResult take_result();

  // For its traffic.
  const Plan& plan() const { return plan_; }
  wskit::Loop& loop() { return loop_; }
  std::size_t number() const { return number_; }
  std::deque<LoadClient>& clients() { return clients_; }
  Dialler& dialler() { return dialler_; }
  DeliveryBoard& board() { return board_; }

  /// Of messages that all connections send in turn, those of this thread.
  Turns turns() const;

  /// One connection after the other, of those that can send; null if none can.
  LoadClient* next_sender();

  /// Breaks the connection. Not inside a call of it.
  void drop(LoadClient& client);

  /// The same where the server is to blame: it counts as ended by this cause.
  void give_up(LoadClient& client, const std::string& cause, const std::string& what);
  Recorder& recorder() { return recorder_; }
  Tally& tally() { return recorder_.tally(); }
  Counts& counts() { return tally().total; }
  std::mt19937_64& random() { return random_; }

  /// Something that begin() waits for may have come.
  void after_settled();
  const Window& window() const { return recorder_.window(); }

  /// Sends and counts; false, counted as unsent, if the connection takes no more.
  bool send(LoadClient& client, const wskit::MessageView& message);

 private:
  void on_open(LoadClient& client, Clock::duration connect_time,
               Clock::duration handshake_time) override;
  void on_read() override;
  void on_message(LoadClient& client, const wskit::MessageView& message) override;
  void on_pong(LoadClient& client, std::chrono::microseconds round_trip) override;
  void on_drain(LoadClient& client) override { traffic_->on_drain(client); }
  void on_failed(LoadClient& client, const wskit::ConnectError& error) override;
  void on_ended(LoadClient& client, const wskit::CloseStatus& status) override;

  bool can_send() const {
    return open_count_ > 0 || clients_.empty() || dialler_.is_busy() || ramp_.is_needed();
  }
  void dial(LoadClient& client);
  std::chrono::nanoseconds used_cpu() const;  ///< without what it polled in vain
  void begin_measuring();
  void end_measuring();
  void tick();
  void follow_ramp();
  void leave(LoadClient& client);
  void drop_all();

  const Plan& plan_;
  const std::size_t number_;
  DeliveryBoard& board_;
  wskit::Loop loop_;
  std::thread thread_;
  Dialler dialler_;
  ConnectionRamp ramp_;
  IdlePolling idle_polling_;
  std::shared_ptr<void> turn_end_;  ///< null unless it polls
  Recorder recorder_;
  std::deque<LoadClient> clients_;
  std::unique_ptr<Traffic> traffic_;
  std::mt19937_64 random_;
  wskit::PreciseTimer start_timer_;
  wskit::PreciseTimer measuring_timer_;
  wskit::PreciseTimer tick_timer_;
  std::optional<wskit::Timer> ready_timer_;
  std::optional<wskit::Timer> close_timer_;
  TimePoint next_tick_;
  std::function<void()> opened_;
  std::function<void()> closed_;
  Counts counts_before_;
  std::chrono::nanoseconds cpu_before_{0};
  std::chrono::nanoseconds waiting_before_{0};
  TimePoint measured_from_;
  TimePoint moved_at_{};  ///< of the last message, in runs that their number ends
  TimePoint settled_at_{};
  WorkerResult result_;  ///< but for the tally
  std::uint64_t read_count_ = 0;
  std::size_t ramped_count_ = 0;  ///< connections that the ramp has wanted so far
  std::size_t next_sender_ = 0;
  std::size_t open_count_ = 0;
  bool is_measuring_ = false;
  bool is_closing_ = false;
};
