#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <wskit/close_status.h>
#include <wskit/message.h>

/// What happened to a session, for the application to know.
struct HookEvent {
  enum class Type : std::uint8_t { open, close, message };

  Type type = Type::open;
  std::string session = {};  ///< its name in the cluster
  std::uint64_t number = 1;  ///< the event's place in its session, from 1; 0: not known
  std::string user = {};
  std::chrono::system_clock::time_point time = {};
  std::string address = {};                    ///< open: the peer's
  wskit::CloseStatus status = {};              ///< close
  wskit::Opcode opcode = wskit::Opcode::text;  ///< message
  std::string payload = {};                    ///< message
};

/// The event as one JSON object. Thread: any.
std::string hook_event_json(const HookEvent& event);

/// Events that wait to be posted, first in, first out, in numbered batches.
///
/// The batch at the front stays as it is, bytes and number, until it is taken off; so who gets it
/// twice can tell. Logic only: no clocks, no sockets.
class HookQueue {
 public:
  struct Limits {
    std::size_t max_events = 10'000;
    std::size_t max_bytes = 16 * 1024 * 1024;
    std::size_t max_batch_events = 100;
    std::size_t max_batch_bytes = 256 * 1024;  ///< a larger event is a batch of its own
  };

  /// `node` names this process in the cluster.
  explicit HookQueue(std::string_view node) : HookQueue{node, Limits{}} {}
  HookQueue(std::string_view node, Limits limits);

  /// Takes what hook_event_json() gave; false, and counted, if it does not fit any more.
  bool add(std::string event_json);

  bool is_empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }
  std::uint64_t dropped() const { return dropped_; }

  /// The body to post: the same until remove_batch(). Not to be called while empty.
  const std::string& batch();
  std::uint64_t batch_number() const { return batch_number_; }  ///< from 1
  std::size_t batch_size() const { return batch_events_; }      ///< events in it; 0: not made yet

  /// Takes off the batch that batch() gave.
  void remove_batch();

 private:
  Limits limits_;
  std::string head_;  ///< of a body, up to the batch's number
  std::deque<std::string> events_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::string batch_;
  std::uint64_t batch_number_ = 1;
  std::size_t batch_events_ = 0;
};
