#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <wskit/directory.h>
#include <wskit/loop.h>

#include "redis/connection.h"

namespace wskit {

/// Keeps the sessions of one node in a directory in Redis: what changes, soon and many at once, and
/// after an outage everything.
///
/// Thread: the loop's.
class DirectoryWriter {
 public:
  /// Gets the error that a write was answered with.
  using Refused = std::function<void(const RedisReply& error)>;

  /// `base` begins the names of the keys. What is given outlives this.
  DirectoryWriter(Loop& loop, RedisConnection& connection, std::string base, std::string node,
                  Directory& own, Refused refused);

  /// Makes the directory say what is, whatever it said before. The connection is ready.
  void synchronize();

  /// The connection is lost: forgets what was to be written.
  void pause();

  /// Ignored until synchronize(), which sees them by itself.
  void add(const std::vector<SessionChange>& changes);

 private:
  /// A step of synchronize(): lists the node's own sessions, then those of the directory.
  void list_own(const std::string& after);
  void list_entered(const std::string& cursor);
  void go_on();
  void write_some();

  RedisConnection& connection_;
  const std::string base_;
  const std::string node_;
  Directory& own_;
  Timer timer_;  ///< until the next write
  Refused refused_;
  bool is_active_ = false;
  bool is_synchronizing_ = false;
  bool is_writing_ = false;
  std::unordered_map<std::string, std::string>
      pending_;  ///< lines by name; no lines: to be removed
  std::unordered_set<std::string>
      known_;                       ///< while it synchronizes: names listed, or changed since
  Loop::Task next_step_;            ///< of synchronize(), when all is written
  std::uint64_t outage_count_ = 0;  ///< answers to what was asked before the last are void
};

}  // namespace wskit
