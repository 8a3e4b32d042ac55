#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <wskit/directory.h>
#include <wskit/log.h>
#include <wskit/loop.h>
#include <wskit/server.h>
#include <wskit/session_registry.h>

#include "core/control_message.h"
#include "core/delivery.h"
#include "core/interest.h"
#include "core/log_limiter.h"
#include "core/message_log.h"
#include "lws/acceptor.h"
#include "lws/connection.h"
#include "worker_settings.h"

namespace wskit {

class ServedSession;

/// One loop, the sessions that live on it, and the thread that runs it.
///
/// Thread: start(), stop(), end() and join() the control thread; the rest its own.
class Worker {
 public:
  Worker(unsigned index, WorkerSettings& settings, const std::vector<int>& listeners);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();

  /// Accepts nothing more, closes every session, and ends when all are gone or after `timeout`;
  /// then `done` runs on the worker's loop.
  void stop(CloseStatus status, std::chrono::milliseconds timeout, Loop::Task done);

  /// Ends at once; join() waits for that.
  void end() { loop_.stop(); }
  void join();

  Loop& loop() { return loop_; }
  SessionRegistry& registry() { return registry_; }
  const HandlerRegistry& handlers() const { return handlers_; }
  const WorkerSettings& settings() const { return settings_; }
  ServerStats& stats() { return stats_; }

  /// The counters and gauges as of now.
  ServerStats snapshot();

  void deliver(const std::vector<Delivery>& deliveries);

  /// What follows `origin` comes; what came before may not have been all: tells the sessions.
  void restart_log(MessageId since, MessageId origin);

  /// Tells subscribers that messages of these channels may be missing; if none is named, of any.
  void tell_missed(const std::vector<std::string>& channels);

  /// The newest messages that came to this worker.
  const MessageLog& replay_log() const { return replay_log_; }

  /// Whether it is known where the log begins.
  bool has_log() const { return has_log_; }

  /// Whether announce() may be called.
  bool is_observed() const { return settings_.tell_changes != nullptr; }

  /// Tells the observers at the end of the turn.
  void announce(SessionChange change) { changes_.push_back(std::move(change)); }
  void announce_subscriptions(SessionId id);

  /// This worker's part of a page: sessions with names after `after`, those `limit` whose names
  /// come first.
  SessionPage list_sessions(const SessionQuery& query);
  ChannelPage list_channels(const ChannelQuery& query) const;

  /// Closes all sessions with 1012, evenly over that time; `done` runs here when they are gone.
  void drain(std::chrono::milliseconds time, Loop::Task done);

  /// Takes the settings of routes, and a certificate (null without TLS), for those to come, and the
  /// limits for the sessions that are open, too.
  void reload(const HandlerRegistry& handlers, std::shared_ptr<const Certificate> certificate);

  /// Closes the sessions with 4499.
  void disconnect(const Disconnect& disconnect);

  /// Has ServedSession::go_on_replaying() called in a coming turn, or after a while.
  void replay_soon(SessionId id);
  void replay_later(SessionId id);

  /// Asks the broker; the session's take_log_answer() gets what it says.
  void query_log(SessionId id, std::uint32_t part, LogQuery query);

  /// Tells of the channels that this turn's sessions have begun or ceased to want, if anybody has
  /// to know. Before anything is written: who has read an answer may publish at once.
  void tell_interest();

  /// Takes one of the server's max_sessions; false if there is none left.
  bool reserve_session();
  void release_session() { settings_.session_count.fetch_sub(1); }
  SessionId next_session_id();

  /// Logs at most ten a second of each event and cause, and how many were left out.
  void log_limited(LogLevel level, std::string_view event, std::string_view cause,
                   std::initializer_list<LogField> fields);

  /// Space that sessions share for joining frames; valid until the next write.
  std::string& scratch() { return scratch_; }

  /// Frames of the session whose bytes are being handled; empty otherwise.
  std::string& cork() { return cork_; }

 private:
  void accept(int descriptor, std::string remote_address);
  void tell_changes();
  void check_stopped();
  void drain_some();
  void go_on_replaying();
  ServedSession* find(SessionId id);

  WorkerSettings& settings_;
  HandlerRegistry handlers_;  ///< a copy, so that it may change on this thread
  std::uint64_t next_session_;
  Loop loop_;
  SessionRegistry registry_;
  ServerStats stats_;
  MessageLog replay_log_;
  bool has_log_ = false;
  std::vector<SessionChange> changes_;   ///< of this turn
  std::vector<SessionId> resubscribed_;  ///< sessions whose channels changed in this turn
  std::shared_ptr<void> changes_turn_end_;
  std::vector<SessionId> replaying_;        ///< to go on in the next turn
  std::vector<SessionId> replaying_later_;  ///< whose question the broker could not answer
  std::unique_ptr<Timer> replay_timer_;
  std::string scratch_;
  std::string cork_;
  LogLimiter log_limiter_;
  std::vector<InterestChange> interest_changes_;  ///< of this turn
  std::shared_ptr<void> interest_turn_end_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  struct Drain;
  std::unique_ptr<Drain> drain_;  ///< null: none is under way
  std::unique_ptr<Timer> stop_timer_;
  std::shared_ptr<void> stop_check_;
  Loop::Task stopped_;
  std::unique_ptr<ConnectionSet> connections_;
  std::thread thread_;
};

}  // namespace wskit
