#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <wskit/close_status.h>
#include <wskit/export.h>
#include <wskit/notes.h>

namespace wskit {

class Log;
class Loop;

/// An open session, as every node of the cluster sees it.
struct SessionRecord {
  std::string name;                        ///< Session::name()
  std::string user = {};                   ///< empty if none is bound
  std::string remote_address = {};         ///< "192.0.2.1:4711", or "unix"
  std::int64_t opened_ms = 0;              ///< Unix time
  std::vector<std::string> channels = {};  ///< besides `*` and the user's own
};

/// Asks for sessions in the order of their names, a page at a time: all, or a user's, or a
/// channel's.
struct SessionQuery {
  std::string user = {};
  std::string channel = {};
  std::string after = {};  ///< the `next` of the page before
  std::size_t limit = 100;
};

struct SessionPage {
  bool is_available = true;  ///< false: it cannot be known now, and the rest is empty
  std::vector<SessionRecord> sessions = {};
  std::size_t total = 0;  ///< sessions that the query is about, on all pages
  std::string next = {};  ///< empty: this page is the last
};

/// Asks for the channels that sessions are subscribed to, in the order of their names.
struct ChannelQuery {
  std::string after = {};
  std::size_t limit = 100;
};

struct ChannelRecord {
  std::string channel;
  std::size_t sessions = 0;
};

struct ChannelPage {
  bool is_available = true;
  std::vector<ChannelRecord> channels = {};
  std::string next = {};  ///< empty: this page is the last
};

struct NodeRecord {
  std::string name;
  std::int64_t started_ms = 0;  ///< Unix time; 0: it does not answer any more, and will be removed
  std::size_t sessions = 0;
};

struct NodeList {
  bool is_available = true;
  std::vector<NodeRecord> nodes = {};
};

/// Who is connected.
///
/// Thread: the control loop's; answers come there, once, now or later.
class WSKIT_API Directory {
 public:
  virtual ~Directory() = default;
  virtual void sessions(SessionQuery query, std::function<void(SessionPage)> done) = 0;
  virtual void channels(ChannelQuery query, std::function<void(ChannelPage)> done) = 0;
  virtual void nodes(std::function<void(NodeList)> done) = 0;
};

/// What became of a session.
struct SessionChange {
  enum class Kind {
    opened,
    subscriptions,  ///< the record has the channels as they are now
    closed,         ///< the record has the name and the user only
  };
  Kind kind = Kind::opened;
  SessionRecord record;
  CloseStatus status = {};  ///< closed: how
};

/// Told about sessions on the control loop, a turn after it happened, in order for each session.
class WSKIT_API SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  virtual void on_sessions_changed(const std::vector<SessionChange>& changes) = 0;

  /// The sessions of a node that died, whose entries this node has removed: no other is told.
  virtual void on_sessions_abandoned(const std::vector<SessionRecord>& sessions);
};

/// A directory that the nodes keep together, and a place for their notes.
///
/// The server that is given it starts it, tells it of its sessions, and stops it.
class WSKIT_API ClusterDirectory : public Directory, public SessionObserver, public Notes {
 public:
  /// Must not block: where the others cannot be reached, it keeps trying. `own` knows the
  /// sessions of this node, and `observer` is told of those that others have abandoned. All
  /// outlive this.
  virtual void start(Loop& loop, Log& log, const std::string& node, Directory& own,
                     SessionObserver& observer) = 0;

  /// Takes this node out of the directory, as far as that can be done at once.
  virtual void stop(std::function<void()> done) = 0;
};

}  // namespace wskit
