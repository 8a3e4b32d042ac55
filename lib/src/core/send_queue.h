#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/message_id.h>

namespace wskit {

/// Encoded frames that several sessions may share. Never changes.
using SharedBytes = std::shared_ptr<const std::string>;

/// Messages of one channel that follow each other, as somebody waits for them.
struct ChannelRun {
  std::string channel;
  MessageId after;                ///< what the channel has up to here came before; may be unset
  std::size_t message_count = 0;  ///< 0: the frames tell that messages may be missing here
  std::chrono::steady_clock::time_point came_at = {};
};

/// Frames in a queue, and the run that they are.
struct QueuedFrames {
  SharedBytes bytes;
  const ChannelRun* run = nullptr;  ///< lives as long as `bytes`; null: no channel's, never dropped
};

/// Frames that are a run. Costs an allocation, which all sessions share.
QueuedFrames frames_of(ChannelRun run, SharedBytes bytes);

/// The frames that wait to be written to one connection, in order.
class SendQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Bytes to be written in one go, valid while the block and the scratch space live.
  struct Block {
    SharedBytes owner;  ///< null where `bytes` are in the scratch space
    std::string_view bytes;
  };

  struct Dropped {
    std::size_t message_count = 0;
    bool made_room = false;  ///< what is left, without the newest frames, is within the limit
  };

  /// Makes the frames that tell a gap of `channel` after `since`.
  using TellGap = std::function<SharedBytes(const std::string& channel, MessageId since)>;

  void push(QueuedFrames frames);
  void push(SharedBytes frames) { push(QueuedFrames{std::move(frames)}); }

  /// Takes frames off the front, all of them unless that is more than `limit` bytes, but at
  /// least one; several are joined in `scratch`. The queue must not be empty.
  Block take(std::string& scratch, std::size_t limit);

  /// Drops the oldest runs while more than `limit` bytes wait, and those that came at `stale` or
  /// before; the newest frames stay whatever they are. Each channel gets one gap in place of its
  /// last run that is dropped; gaps that were told before and still wait become part of it.
  Dropped drop_oldest(std::size_t limit, Time stale, const TellGap& tell_gap);

  /// Whether drop_oldest() would drop any run for its age.
  bool has_stale(Time stale) const;

  /// Of all runs.
  std::size_t message_count() const;

  void clear();

  bool is_empty() const { return first_.bytes == nullptr; }
  std::size_t bytes() const {
    return (is_empty() ? 0 : first_.bytes->size()) + (rest_ ? rest_->bytes : 0);
  }

 private:
  struct Rest {
    std::vector<QueuedFrames> frames;  ///< not empty
    std::size_t bytes = 0;
  };

  // Mostly one entry waits, or none: the others have a place of their own.
  QueuedFrames first_;
  std::unique_ptr<Rest> rest_;
};

}  // namespace wskit
