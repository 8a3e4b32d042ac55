#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include <wskit/directory.h>
#include <wskit/loop.h>
#include <wskit/message.h>
#include <wskit/notes.h>
#include <wskit/session.h>

#include "wsd/hook_sender.h"

/// Makes the application's events of what happens to sessions.
///
/// A session's close waits for a while. If its user comes back meanwhile, on any node, the
/// application is told of neither: the new session goes on under the name and the numbers of the
/// old one. Thread: the control loop's.
class Hooks final : public wskit::SessionObserver {
 public:
  /// `debounce`: how long a close waits; 0: not at all. The others outlive this.
  Hooks(wskit::Loop& control, HookSender& sender, wskit::Notes& notes,
        std::chrono::milliseconds debounce);

  void on_sessions_changed(const std::vector<wskit::SessionChange>& changes) override;
  void on_sessions_abandoned(const std::vector<wskit::SessionRecord>& sessions) override;

  /// A client has sent this. Never waits; what is too much is dropped, and leaves out a number.
  /// Thread: the session's.
  void add_message(const wskit::Session& session, const wskit::MessageView& message);

  /// Tells of the closes that wait; then `done`.
  void stop(wskit::Loop::Task done);

  HookStats stats() const;

 private:
  /// An open session, as the application knows it.
  struct Known {
    std::string name;  ///< its own, or that of the one it goes on for
    std::string user = {};
    std::uint64_t next_number = 1;
    bool is_settled = false;  ///< it is known what it goes on for, and the application was told
    std::vector<HookEvent> waiting = {};  ///< until then
    std::uint64_t skipped = 0;            ///< numbers that no event will have: it was dropped
    bool is_closed = false;
    wskit::CloseStatus status = {};  ///< closed: how
  };
  struct WaitingClose {
    wskit::Loop::Clock::time_point due;
    std::string user;
    std::string note;
    HookEvent event;
  };

  void open(const wskit::SessionRecord& record);
  void settle(const std::string& session, HookEvent opened, const std::string& note);
  void close(const std::string& session, const wskit::CloseStatus& status);
  void tell(Known& known, HookEvent event);
  void depart(const std::string& session, Known known);
  void tell_due_closes();
  void tell_unless_taken(const WaitingClose& close, wskit::Loop::Task done);

  wskit::Loop& control_;
  HookSender& sender_;
  wskit::Notes& notes_;
  const std::chrono::milliseconds debounce_;
  wskit::Timer timer_;
  std::unordered_map<std::string, Known> sessions_;  ///< by their own names
  std::deque<WaitingClose> waiting_closes_;          ///< in the order of their times
  std::atomic<std::size_t> posted_bytes_ = 0;        ///< of messages on their way here
  std::atomic<std::uint64_t> dropped_ = 0;
};
