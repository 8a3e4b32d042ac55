#include "wsd/daemon.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include <wskit/broker.h>
#include <wskit/error.h>
#include <wskit/http_server.h>
#include <wskit/interceptors.h>
#include <wskit/loop.h>
#include <wskit/version.h>

#include "wsd/api.h"
#include "wsd/dispatch_handler.h"
#include "wsd/event_stream_handler.h"
#include "wsd/hooks.h"
#include "wsd/json_handler.h"
#include "wsd/local_notes.h"

namespace {

/// Beside the message itself: member names, escapes, base64.
constexpr std::size_t kEnvelopeFactor = 6;
constexpr std::size_t kEnvelopeBytes = 4096;

std::unique_ptr<wskit::Broker> make_broker(const WsdOptions& options) {
  if (options.broker == BrokerKind::redis_pubsub) {
    return wskit::make_redis_pubsub_broker(options.redis);
  }
  if (options.broker == BrokerKind::redis_stream) {
    return wskit::make_redis_stream_broker(options.redis, options.log_limits);
  }
  return wskit::make_local_broker(options.log_limits);
}

/// Null where this node is the only one.
std::unique_ptr<wskit::ClusterDirectory> make_directory(const WsdOptions& options) {
  if (options.broker == BrokerKind::memory) return nullptr;
  return wskit::make_redis_directory(options.redis);
}

/// Whoever waits for the file must never see half of it.
void write_ready_file(const std::string& file, const wskit::Server& server,
                      const wskit::HttpServer& http) {
  if (file.empty()) return;
  const std::string unfinished = file + ".new";
  std::ofstream output{unfinished};
  output << nlohmann::json{{"pid", getpid()},
                           {"listen", server.addresses()},
                           {"api", http.address()}}
                .dump()
         << '\n';
  output.close();
  if (!output || std::rename(unfinished.c_str(), file.c_str()) != 0) {
    throw wskit::Error("ready-file " + file + ": " + std::strerror(errno));
  }
}

std::size_t max_body_bytes(const WsdOptions& options) {
  return options.limits.max_message_bytes * kEnvelopeFactor + kEnvelopeBytes;
}

/// What serves the clients, from start to end.
class Daemon {
 public:
  explicit Daemon(Configuration& configuration);

  void run();

 private:
  wskit::HandlerRegistry make_routes(const WsdOptions& options);
  void make_hooks();
  void tell_started(const wskit::HttpServer& http);
  ReloadResult reload();
  void stop_hooks();

  Configuration& configuration_;
  const WsdOptions& options_{configuration_.options()};
  const std::unique_ptr<wskit::Log> log_{wskit::make_stderr_log(options_.log)};
  const std::unique_ptr<wskit::Broker> broker_{make_broker(options_)};
  wskit::Loop control_;
  const std::unique_ptr<wskit::ClusterDirectory> directory_{make_directory(options_)};
  LocalNotes local_notes_;
  std::optional<HookSender> hook_sender_;
  std::optional<Hooks> hooks_;
  wskit::TokenInterceptor token_;
  const Permissions permissions_{options_.allow_subscribe, options_.allow_publish};
  ChannelInterceptor channels_{permissions_, broker_->has_log()};
  DispatchHandler plain_handler_{
      options_, permissions_,
      [this](wskit::Publication publication) { server_.publish(std::move(publication)); },
      [this](const wskit::Session& session, const wskit::MessageView& message) {
        hooks_->add_message(session, message);
      }};
  JsonHandler json_handler_{options_, permissions_, broker_->has_log()};
  EventStreamHandler event_handler_;
  const wskit::HandlerRegistry handlers_{make_routes(options_)};
  wskit::Server server_{control_, options_.server, handlers_, *broker_, *log_, directory_.get()};
  wskit::HttpServer* http_ = nullptr;
};

Daemon::Daemon(Configuration& configuration) : configuration_{configuration} {
  json_handler_.serve_through(server_);
  if (!options_.hook.url.empty()) make_hooks();
}

wskit::HandlerRegistry Daemon::make_routes(const WsdOptions& options) {
  const auto plain =
      options.has_plain_ids ? wskit::Encoding::plain_with_ids : wskit::Encoding::plain;
  wskit::HandlerRegistry handlers;
  for (const std::string& path : options.paths) {
    handlers.add({.path = path,
                  .handler = &plain_handler_,
                  .interceptors = {&token_, &channels_},
                  .allowed_origins = options.origins,
                  .subprotocols = {{"wskit.v1.plain", plain},
                                   {"wskit.v1.json", wskit::Encoding::json, &json_handler_}},
                  .encoding = plain,
                  .limits = options.limits});
  }
  if (!options.sse_path.empty()) {
    handlers.add({.path = options.sse_path,
                  .handler = &event_handler_,
                  .interceptors = {&token_, &channels_},
                  .allowed_origins = options.origins,
                  .encoding = wskit::Encoding::sse,
                  .limits = options.limits});
  }
  return handlers;
}

void Daemon::make_hooks() {
  hook_sender_.emplace(control_, options_.hook, server_.node(), *log_);
  wskit::Notes& notes = directory_ ? static_cast<wskit::Notes&>(*directory_) : local_notes_;
  hooks_.emplace(control_, *hook_sender_, notes, options_.hook_debounce);
  server_.observe(*hooks_);
}

void Daemon::run() {
  Api api{control_,
          server_,
          *broker_,
          permissions_,
          hooks_ ? &*hooks_ : nullptr,
          options_,
          *log_,
          [this] { return reload(); }};
  wskit::HttpServer http{control_,
                         {.listen = options_.api,
                          .is_guarded = !options_.api_keys.empty(),
                          .max_body_bytes = max_body_bytes(options_)},
                         *log_,
                         [&api](wskit::HttpRequest request, wskit::HttpRespond respond) {
                           api.handle(std::move(request), std::move(respond));
                         }};
  http_ = &http;
  control_.on_signal(SIGHUP, [this] { reload(); });
  server_.start();
  tell_started(http);
  write_ready_file(options_.ready_file, server_, http);
  server_.run();
  if (hooks_) stop_hooks();
  log_->info("stopped");
}

void Daemon::tell_started(const wskit::HttpServer& http) {
  for (const std::string& address : server_.addresses()) {
    log_->info("listening", {{"address", address}});
  }
  log_->info("started", {{"version", wskit::kVersion},
                         {"api", http.address()},
                         {"broker", broker_->name()},
                         {"node", server_.node()},
                         {"pid", getpid()}});
}

ReloadResult Daemon::reload() {
  const auto before = server_.certificate();
  ReloadResult result = configuration_.reload(
      [this](const WsdOptions& next) { server_.reload(next.server, make_routes(next)); }, *log_);
  if (!result.problem.empty()) return result;
  log_->set_level(options_.log.level);
  http_->reload(!options_.api_keys.empty(), max_body_bytes(options_));
  if (hook_sender_) hook_sender_->use_secret(options_.hook.secret);
  const auto after = server_.certificate();
  if (before && before->fingerprint != after->fingerprint) {
    log_->info("certificate_changed", {{"sha256", after->fingerprint}});
    if (std::ranges::count(result.changed, "tls-cert") == 0) result.changed.push_back("tls-cert");
  }
  log_->info("reloaded");
  return result;
}

/// Lets the hooks post what is queued, for a while.
void Daemon::stop_hooks() {
  hooks_->stop([this] { hook_sender_->stop([this] { control_.stop(); }); });
  control_.run();
}

}  // namespace

void run_daemon(Configuration& configuration) {
  Daemon{configuration}.run();
}
