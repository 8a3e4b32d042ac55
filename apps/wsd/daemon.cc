#include "wsd/daemon.h"

#include <cerrno>
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

/// Lets the hooks post what is queued, for a while.
void stop_hooks(Hooks& hooks, HookSender& sender, wskit::Loop& control) {
  hooks.stop([&] { sender.stop([&control] { control.stop(); }); });
  control.run();
}

}  // namespace

void run_daemon(const WsdOptions& options) {
  const auto log = wskit::make_stderr_log(options.log);
  const auto broker = make_broker(options);
  wskit::Loop control;
  const auto directory = make_directory(options);
  LocalNotes local_notes;
  std::optional<HookSender> hook_sender;
  std::optional<Hooks> hooks;
  wskit::TokenInterceptor token;
  const Permissions permissions{options.allow_subscribe, options.allow_publish};
  ChannelInterceptor channels{permissions, broker->has_log()};
  wskit::Server* running = nullptr;
  DispatchHandler plain_handler{
      options, permissions,
      [&running](wskit::Publication publication) { running->publish(std::move(publication)); },
      [&hooks](const wskit::Session& session, wskit::MessageView message) {
        hooks->add_message(session, message);
      }};
  JsonHandler json_handler{options, permissions, broker->has_log()};
  EventStreamHandler event_handler;
  const auto plain =
      options.has_plain_ids ? wskit::Encoding::plain_with_ids : wskit::Encoding::plain;
  wskit::HandlerRegistry handlers;
  for (const std::string& path : options.paths) {
    handlers.add({.path = path,
                  .handler = &plain_handler,
                  .interceptors = {&token, &channels},
                  .allowed_origins = options.origins,
                  .subprotocols = {{"wskit.v1.plain", plain},
                                   {"wskit.v1.json", wskit::Encoding::json, &json_handler}},
                  .encoding = plain,
                  .limits = options.limits});
  }
  if (!options.sse_path.empty()) {
    handlers.add({.path = options.sse_path,
                  .handler = &event_handler,
                  .interceptors = {&token, &channels},
                  .allowed_origins = options.origins,
                  .encoding = wskit::Encoding::sse,
                  .limits = options.limits});
  }
  wskit::Server server{control, options.server, handlers, *broker, *log, directory.get()};
  running = &server;
  json_handler.serve_through(server);
  if (!options.hook.url.empty()) {
    hook_sender.emplace(control, options.hook, server.node(), *log);
    wskit::Notes& notes = directory ? static_cast<wskit::Notes&>(*directory) : local_notes;
    hooks.emplace(control, *hook_sender, notes, options.hook_debounce);
    server.observe(*hooks);
  }
  Api api{server, *broker, permissions, hooks ? &*hooks : nullptr, options, *log};
  const wskit::HttpServer http{
      control,
      {.listen = options.api,
       .is_guarded = !options.api_keys.empty(),
       .max_body_bytes = options.limits.max_message_bytes * kEnvelopeFactor + kEnvelopeBytes},
      *log,
      [&api](wskit::HttpRequest request, wskit::HttpRespond respond) {
        api.handle(std::move(request), std::move(respond));
      }};
  server.start();
  for (const std::string& address : server.addresses()) {
    log->info("listening", {{"address", address}});
  }
  log->info("started", {{"version", wskit::kVersion},
                        {"api", http.address()},
                        {"broker", broker->name()},
                        {"node", server.node()},
                        {"pid", getpid()}});
  write_ready_file(options.ready_file, server, http);
  server.run();
  if (hooks) stop_hooks(*hooks, *hook_sender, control);
  log->info("stopped");
}
