#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <wskit/broker.h>
#include <wskit/certificate_info.h>
#include <wskit/close_status.h>
#include <wskit/directory.h>
#include <wskit/export.h>
#include <wskit/handler_registry.h>
#include <wskit/log.h>
#include <wskit/loop.h>

namespace wskit {

struct ServerOptions {
  /// "ADDR:PORT", "[ADDR6]:PORT" or "unix:PATH"; port 0 takes a free one.
  std::vector<std::string> listen = {"127.0.0.1:8080"};
  unsigned worker_count = 0;     ///< 0: one for each core
  std::size_t max_sessions = 0;  ///< beyond: 503. 0: what the descriptor limit allows
  std::chrono::milliseconds handshake_timeout{std::chrono::seconds{10}};
  std::chrono::milliseconds stop_timeout{std::chrono::seconds{5}};  ///< for closing handshakes
  /// Of the newest messages, kept in memory for sessions that resume; what is older is asked of
  /// the broker.
  std::size_t replay_buffer_bytes = 64 * 1024 * 1024;
  std::string node_name;             ///< begins this node's name; empty: the host's
  std::string tls_certificate_file;  ///< PEM chain; both or neither
  std::string tls_key_file;
};

/// Throws Error for what start() would refuse whatever else runs on this machine: malformed
/// addresses, certificates that cannot be used.
WSKIT_API void check_server_options(const ServerOptions& options);

/// Counters since the start, summed over the workers, and gauges as of now.
struct ServerStats {
  std::uint64_t sessions = 0;
  std::uint64_t connections = 0;  ///< sessions, and handshakes and closes under way
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t messages_dropped = 0;  ///< from queues of sessions that read too slowly
  std::uint64_t queue_drops = 0;       ///< sessions ended for what they did not read
  std::map<std::string, std::uint64_t> handshakes;                        ///< by result
  std::map<std::pair<std::uint16_t, std::string>, std::uint64_t> closes;  ///< by code and cause
  std::vector<double> loop_lag_seconds;  ///< Loop::longest_turn(): control, workers
};

/// Serves routes on worker loops of its own, and hands what the broker delivers to their sessions.
///
/// Thread: publish() any; the rest that of the control loop.
/// Ownership: none; the arguments outlive the server.
class WSKIT_API Server {
 public:
  /// `cluster`: what all nodes know together; null: this is the only one.
  Server(Loop& control, ServerOptions options, const HandlerRegistry& handlers, Broker& broker,
         Log& log, ClusterDirectory* cluster = nullptr);
  ~Server();  ///< stops at once if it still runs
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens and starts the workers and the broker. Throws Error; nothing is left running then.
  void start();

  /// Starts unless started, runs the control loop until SIGTERM or SIGINT, then stops: no more
  /// connections, 1001 to every session, what is queued is written; then it stops the broker. A
  /// second signal ends it at once.
  void run();

  /// `<node name>-<8 hex digits>`: another one each time.
  const std::string& node() const;

  /// From now on `observer` is told of sessions; it outlives the server. Before start() only.
  void observe(SessionObserver& observer);

  /// Who is connected: to any node if there is a cluster; `done` runs on the control loop.
  /// Thread: any.
  void sessions(SessionQuery query, std::function<void(SessionPage)> done);
  void channels(ChannelQuery query, std::function<void(ChannelPage)> done);
  void nodes(std::function<void(NodeList)> done);

  /// Closes a session, by its name, or all of a user, with 4499, on whatever node they are;
  /// `done` runs on the control loop when all nodes will do so. Thread: any.
  void disconnect_session(const std::string& name, PublishCallback done = {});
  void disconnect_user(const std::string& user, PublishCallback done = {});

  /// The addresses bound, in the form of ServerOptions::listen. Only after start().
  const std::vector<std::string>& addresses() const;

  /// Publishes through the broker; `done` runs on the control loop.
  void publish(Publication publication, PublishCallback done = {});

  /// Asks the broker, which must have a log; `done` runs on the control loop. Thread: any.
  void history(HistoryQuery query, HistoryCallback done);

  /// Gathers the counters of all workers; `done` runs on the control loop.
  void collect(std::function<void(ServerStats)> done);

  /// Lets no session open any more (503), asks each client to connect elsewhere and closes it with
  /// 1012, evenly over `time`; `done` runs on the control loop when all are gone. Once.
  void drain(std::chrono::milliseconds time, Loop::Task done);
  bool is_draining() const;

  /// Takes other values while it runs: of `options` max_sessions and the certificate's files, which
  /// are read again, and of `handlers` the origins and limits of its paths. What is open stays
  /// open, under the new limits. Only after start(). Throws Error, and leaves everything as it was.
  void reload(const ServerOptions& options, const HandlerRegistry& handlers);

  /// What TLS clients are shown; nothing without TLS.
  std::optional<CertificateInfo> certificate() const;

  /// Closes every session with `status`; `done` runs on the control loop when all workers ended.
  void stop(CloseStatus status, Loop::Task done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wskit
