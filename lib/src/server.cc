#include <wskit/server.h>

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>

#include <sys/resource.h>

#include <wskit/error.h>

#include "core/check.h"
#include "core/control_message.h"
#include "core/delivery.h"
#include "core/interest.h"
#include "crypto/certificate.h"
#include "crypto/websocket_accept.h"
#include "local_directory.h"
#include "net/listener_set.h"
#include "net/socket_address.h"
#include "server_stats.h"
#include "session_name.h"
#include "worker.h"

namespace wskit {
namespace {

/// Descriptors for everything but served connections.
constexpr std::size_t kReservedDescriptors = 64;

/// libwebsockets 4.1.6 falls back to 2,560 descriptors above ten million.
constexpr rlim_t kMaxDescriptors = 1024 * 1024;

std::size_t raise_descriptor_limit() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(limit.rlim_max, kMaxDescriptors);
  setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace

void check_server_options(const ServerOptions& options) {
  check_node_name(options.node_name);
  if (options.listen.empty()) throw Error("listen: at least one address is required");
  for (const std::string& address : options.listen) {
    if (!is_unix_address(address)) parse_socket_address(address);
  }
  if (options.tls_certificate_file.empty() != options.tls_key_file.empty()) {
    throw Error("tls-cert and tls-key: both or neither are required");
  }
  if (!options.tls_certificate_file.empty()) {
    Certificate{options.tls_certificate_file, options.tls_key_file};
  }
}

struct Server::Impl final : BrokerEvents, SessionObserver {
  Impl(Loop& control_loop, ServerOptions server_options, const HandlerRegistry& handler_registry,
       Broker& server_broker, Log& server_log, ClusterDirectory* cluster_directory);

  void build_workers();
  std::size_t most_sessions(std::size_t wanted) const;
  void dispatch();
  void on_message(SharedMessage message) override;
  void on_gap(MessageId since, MessageId origin) override;
  void on_sessions_changed(const std::vector<SessionChange>& changes) override;
  void on_sessions_abandoned(const std::vector<SessionRecord>& sessions) override;
  Directory& directory();
  void tell(const Disconnect& disconnect, PublishCallback done);
  void on_missed(const std::vector<std::string>& channels) override;
  std::size_t max_message_bytes() const;
  void end_workers();

  Loop& control;
  ServerOptions options;
  Broker& broker;
  Log& log;
  ClusterDirectory* cluster;
  HandlerRegistry handlers;
  WorkerSettings settings;
  std::shared_ptr<const Certificate> certificate;  ///< null: no TLS
  std::unique_ptr<ListenerSet> listeners;          ///< null before start()
  std::vector<std::unique_ptr<Worker>> workers;
  LocalDirectory own_directory;
  std::vector<SessionObserver*> observers;
  DeliveryBatch batch;
  Interest interest;  ///< of the workers
  std::shared_ptr<void> turn_end;
  bool is_started = false;
  bool is_stopping = false;
};

Server::Impl::Impl(Loop& control_loop, ServerOptions server_options,
                   const HandlerRegistry& handler_registry, Broker& server_broker, Log& server_log,
                   ClusterDirectory* cluster_directory)
    : control{control_loop},
      options{std::move(server_options)},
      broker{server_broker},
      log{server_log},
      cluster{cluster_directory},
      handlers{handler_registry},
      settings{
          .handlers = handlers,
          .log = server_log,
          .node = make_node_name(options.node_name),
          .handshake_timeout = options.handshake_timeout,
          .max_connections = 0,
          .replay_limits = {.max_messages = SIZE_MAX,
                            .max_bytes = options.replay_buffer_bytes,
                            .max_age = std::chrono::milliseconds{0}},
          .query_log =
              [this](LogQuery query, LogCallback done) {
                control.post([this, query = std::move(query), done = std::move(done)]() mutable {
                  broker.query(std::move(query), std::move(done));
                });
              }},
      own_directory{control, workers, settings.node} {
  if (cluster != nullptr) observers.push_back(cluster);
  if (broker.is_selective()) {
    settings.tell_interest = [this](std::vector<InterestChange> changes) {
      control.post([this, changes = std::move(changes)] {
        for (const InterestChange& change : changes) {
          if (interest.apply(change)) broker.set_wanted(change.channel, change.is_wanted);
        }
      });
    };
  }
  if (options.worker_count == 0) options.worker_count = std::thread::hardware_concurrency();
  options.worker_count = std::max(1U, options.worker_count);
}

void Server::Impl::build_workers() {
  for (unsigned index = 0; index < options.worker_count; ++index) {
    workers.push_back(std::make_unique<Worker>(index, settings, listeners->descriptors(index)));
  }
}

void Server::Impl::dispatch() {
  if (batch.is_empty()) return;
  const auto deliveries = std::make_shared<const std::vector<Delivery>>(batch.take());
  for (const auto& worker : workers) {
    worker->loop().post([&target = *worker, deliveries] { target.deliver(*deliveries); });
  }
}

void Server::Impl::on_gap(MessageId since, MessageId origin) {
  dispatch();
  for (const auto& worker : workers) {
    worker->loop().post([&target = *worker, since, origin] { target.restart_log(since, origin); });
  }
}

void Server::Impl::on_message(SharedMessage message) {
  if (message->channel != kControlChannel) return batch.add(std::move(message));
  const auto disconnect = parse_control_text(message->message.payload());
  if (!disconnect) return log.warn("control_message_unknown");
  for (const auto& worker : workers) {
    worker->loop().post([&target = *worker, disconnect] { target.disconnect(*disconnect); });
  }
}

void Server::Impl::on_sessions_changed(const std::vector<SessionChange>& changes) {
  for (SessionObserver* const observer : observers) observer->on_sessions_changed(changes);
}

void Server::Impl::on_sessions_abandoned(const std::vector<SessionRecord>& sessions) {
  for (SessionObserver* const observer : observers) observer->on_sessions_abandoned(sessions);
}

Directory& Server::Impl::directory() {
  if (cluster != nullptr) return *cluster;
  return own_directory;
}

void Server::Impl::tell(const Disconnect& disconnect, PublishCallback done) {
  broker.publish({std::string(kControlChannel), Message::text(control_text(disconnect))},
                 std::move(done));
}

void Server::Impl::on_missed(const std::vector<std::string>& channels) {
  dispatch();
  const auto shared = std::make_shared<const std::vector<std::string>>(channels);
  for (const auto& worker : workers) {
    worker->loop().post([&target = *worker, shared] { target.tell_missed(*shared); });
  }
}

std::size_t Server::Impl::most_sessions(std::size_t wanted) const {
  if (wanted == 0) return settings.max_connections;
  if (wanted <= settings.max_connections) return wanted;
  throw Error(
      "max-sessions " + std::to_string(wanted) +
      " is over what the descriptor limit allows: " + std::to_string(settings.max_connections));
}

std::size_t Server::Impl::max_message_bytes() const {
  std::size_t largest = 0;
  for (const Route& route : handlers.routes()) {
    largest = std::max(largest, route.limits.max_message_bytes);
  }
  return largest;
}

void Server::Impl::end_workers() {
  for (const auto& worker : workers) worker->end();
  for (const auto& worker : workers) worker->join();
}

Server::Server(Loop& control, ServerOptions options, const HandlerRegistry& handlers,
               Broker& broker, Log& log, ClusterDirectory* cluster)
    : impl_{std::make_unique<Impl>(control, std::move(options), handlers, broker, log, cluster)} {}

Server::~Server() {
  if (!impl_->is_started) return;
  impl_->broker.stop();
  impl_->end_workers();
  impl_->workers.clear();
}

void Server::start() {
  Impl& impl = *impl_;
  WSKIT_CHECK(!impl.is_started);
  const std::size_t descriptors = raise_descriptor_limit();
  impl.settings.max_connections =
      descriptors > 2 * kReservedDescriptors ? descriptors - kReservedDescriptors : descriptors / 2;
  impl.settings.max_sessions = impl.most_sessions(impl.options.max_sessions);
  check_server_options(impl.options);
  if (!impl.options.tls_certificate_file.empty()) {
    impl.certificate = std::make_shared<const Certificate>(impl.options.tls_certificate_file,
                                                           impl.options.tls_key_file);
    impl.settings.certificate = impl.certificate;
  }
  // The first use loads OpenSSL's algorithms: not while the first client waits.
  websocket_accept({});
  impl.listeners = std::make_unique<ListenerSet>(impl.options.listen, impl.options.worker_count);
  if (!impl.observers.empty()) {
    impl.settings.tell_changes = [&impl](std::vector<SessionChange> changes) {
      impl.control.post(
          [&impl, changes = std::move(changes)] { impl.on_sessions_changed(changes); });
    };
  }
  impl.build_workers();
  impl.is_started = true;
  impl.turn_end = impl.control.on_turn_end([&impl] { impl.dispatch(); });
  impl.broker.start(impl.control, impl.log, impl.max_message_bytes(), impl);
  if (impl.broker.is_selective()) impl.broker.set_wanted(std::string(kControlChannel), true);
  if (impl.cluster != nullptr) {
    impl.cluster->start(impl.control, impl.log, impl.settings.node, impl.own_directory, impl);
  }
  // Only now: a handler may publish at once.
  for (const auto& worker : impl.workers) worker->start();
}

void Server::run() {
  if (!impl_->is_started) start();
  const auto on_signal = [this] {
    if (impl_->is_stopping) return impl_->control.stop();
    impl_->log.info("stopping");
    stop({close_code::going_away, "server stops"}, [this] { impl_->control.stop(); });
  };
  impl_->control.on_signal(SIGTERM, on_signal);
  impl_->control.on_signal(SIGINT, on_signal);
  impl_->control.run();
  impl_->broker.stop();
}

const std::string& Server::node() const {
  return impl_->settings.node;
}

void Server::observe(SessionObserver& observer) {
  WSKIT_CHECK(!impl_->is_started);
  impl_->observers.push_back(&observer);
}

void Server::sessions(SessionQuery query, std::function<void(SessionPage)> done) {
  impl_->control.post([this, query = std::move(query), done = std::move(done)]() mutable {
    impl_->directory().sessions(std::move(query), std::move(done));
  });
}

void Server::channels(ChannelQuery query, std::function<void(ChannelPage)> done) {
  impl_->control.post([this, query = std::move(query), done = std::move(done)]() mutable {
    impl_->directory().channels(std::move(query), std::move(done));
  });
}

void Server::nodes(std::function<void(NodeList)> done) {
  impl_->control.post(
      [this, done = std::move(done)]() mutable { impl_->directory().nodes(std::move(done)); });
}

void Server::disconnect_session(const std::string& name, PublishCallback done) {
  impl_->tell({.session = name}, std::move(done));
}

void Server::disconnect_user(const std::string& user, PublishCallback done) {
  impl_->tell({.user = user}, std::move(done));
}

const std::vector<std::string>& Server::addresses() const {
  WSKIT_CHECK(impl_->is_started);
  return impl_->listeners->addresses();
}

void Server::publish(Publication publication, PublishCallback done) {
  impl_->broker.publish(std::move(publication), std::move(done));
}

void Server::history(HistoryQuery query, HistoryCallback done) {
  impl_->control.post([this, query = std::move(query), done = std::move(done)]() mutable {
    impl_->broker.history(std::move(query), std::move(done));
  });
}

void Server::collect(std::function<void(ServerStats)> done) {
  struct Gathering {
    ServerStats sum;
    std::size_t missing;
    std::function<void(ServerStats)> done;
  };
  Impl& impl = *impl_;
  auto gathering = std::make_shared<Gathering>(Gathering{{}, impl.workers.size(), std::move(done)});
  gathering->sum.loop_lag_seconds.push_back(
      std::chrono::duration<double>(impl.control.longest_turn()).count());
  for (const auto& worker : impl.workers) {
    worker->loop().post([&impl, &source = *worker, gathering] {
      impl.control.post([gathering, part = source.snapshot()] {
        add(gathering->sum, part);
        if (--gathering->missing == 0) gathering->done(std::move(gathering->sum));
      });
    });
  }
}

void Server::drain(std::chrono::milliseconds time, Loop::Task done) {
  Impl& impl = *impl_;
  WSKIT_CHECK(!impl.settings.is_draining);
  impl.settings.is_draining = true;
  auto missing = std::make_shared<std::size_t>(impl.workers.size());
  const Loop::Task drained = [&impl, missing, done = std::move(done)] {
    impl.control.post([missing, done] {
      if (--*missing == 0) done();
    });
  };
  for (const auto& worker : impl.workers) {
    worker->loop().post([&target = *worker, time, drained] { target.drain(time, drained); });
  }
}

bool Server::is_draining() const {
  return impl_->settings.is_draining;
}

void Server::reload(const ServerOptions& options, const HandlerRegistry& handlers) {
  Impl& impl = *impl_;
  WSKIT_CHECK(impl.is_started);
  if (options.tls_certificate_file.empty() != (impl.certificate == nullptr)) {
    throw Error("tls-cert: only a restart can turn TLS on or off");
  }
  const std::size_t max_sessions = impl.most_sessions(options.max_sessions);
  if (impl.certificate != nullptr) {
    impl.certificate =
        std::make_shared<const Certificate>(options.tls_certificate_file, options.tls_key_file);
  }
  // From here on nothing fails.
  impl.settings.max_sessions = max_sessions;
  impl.handlers.take_settings(handlers);
  impl.broker.set_max_message_bytes(impl.max_message_bytes());
  for (const auto& worker : impl.workers) {
    worker->loop().post([&target = *worker, handlers, certificate = impl.certificate] {
      target.reload(handlers, certificate);
    });
  }
}

std::optional<CertificateInfo> Server::certificate() const {
  if (impl_->certificate == nullptr) return std::nullopt;
  return impl_->certificate->info();
}

void Server::stop(CloseStatus status, Loop::Task done) {
  Impl& impl = *impl_;
  if (std::exchange(impl.is_stopping, true)) return;
  impl.listeners->stop();
  auto missing = std::make_shared<std::size_t>(impl.workers.size());
  for (const auto& worker : impl.workers) {
    worker->stop(status, impl.options.stop_timeout, [&impl, missing, done] {
      impl.control.post([&impl, missing, done] {
        if (--*missing > 0) return;
        // The sessions' last changes were posted before this.
        if (impl.cluster == nullptr) return done();
        impl.cluster->stop(done);
      });
    });
  }
}

}  // namespace wskit
