// A dispatch service in one file: a token names the user, who is greeted, whose heartbeats are
// answered, and whose "all TEXT" goes to everyone, on every node that shares the Redis.
//
// Usage: dispatch [LISTEN [REDIS_URL [TOPIC]]]

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wskit/error.h>
#include <wskit/redis.h>
#include <wskit/server.h>

namespace {

/// Lets in whoever has a token, and keeps where the peer came from.
class Doorman final : public wskit::HandshakeInterceptor {
 public:
  explicit Doorman(wskit::Log& log) : log_{log} {}

  void before_handshake(const wskit::HandshakeRequest& request,
                        wskit::HandshakeDecision decide) override {
    const std::string token{request.parameter("token").value_or("")};
    if (!wskit::is_user_name(token)) return decide(wskit::HandshakeVerdict::refuse(401, "token"));
    auto verdict = wskit::HandshakeVerdict::accept_as(token);
    verdict.attributes.emplace("peer", request.remote_address);
    decide(std::move(verdict));
  }

  void after_handshake(const wskit::HandshakeRequest& request,
                       const wskit::HandshakeVerdict& verdict) override {
    log_.info("handshake", {{"peer", request.remote_address}, {"result", verdict.result}});
  }

 private:
  wskit::Log& log_;
};

class Dispatcher final : public wskit::MessageHandler {
 public:
  explicit Dispatcher(wskit::Log& log) : log_{log} {}

  void publish_through(wskit::Server& server) { server_ = &server; }

  void on_open(wskit::Session& session) override {
    log_.info("open", {{"user", session.user()}, {"peer", session.attribute("peer")}});
    static_cast<void>(session.send({wskit::Opcode::text, "连接成功"}));
  }

  void on_message(wskit::Session& session, const wskit::MessageView& message) override {
    constexpr std::string_view kAll = "all ";
    if (message.opcode == wskit::Opcode::text && message.payload.starts_with(kAll)) {
      server_->publish({std::string(wskit::kEveryone),
                        wskit::Message::text(message.payload.substr(kAll.size()))});
      return;
    }
    static_cast<void>(session.send({wskit::Opcode::text, "心跳发送成功"}));
  }

  void on_close(wskit::Session& session, const wskit::CloseStatus& status) override {
    log_.info("close", {{"user", session.user()}, {"code", status.code}});
  }

 private:
  wskit::Log& log_;
  wskit::Server* server_ = nullptr;
};

std::unique_ptr<wskit::Broker> make_broker(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return wskit::make_local_broker();
  wskit::RedisOptions redis;
  redis.url = arguments[1];
  if (arguments.size() > 2) redis.everyone_topic = arguments[2];
  return wskit::make_redis_pubsub_broker(std::move(redis));
}

void serve(const std::vector<std::string>& arguments) {
  const auto log = wskit::make_stderr_log({});
  wskit::Loop control;
  const auto broker = make_broker(arguments);
  Doorman doorman{*log};
  Dispatcher dispatcher{*log};
  wskit::HandlerRegistry handlers;
  handlers.add({.path = "/dispatchWebsocket",
                .handler = &dispatcher,
                .interceptors = {&doorman},
                .allowed_origins = {"*"}});
  wskit::ServerOptions options;
  if (!arguments.empty()) options.listen = {arguments[0]};
  wskit::Server server{control, std::move(options), handlers, *broker, *log};
  dispatcher.publish_through(server);
  server.start();
  std::cout << "listening on " << server.addresses().front() << std::endl;
  server.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    serve({argv + 1, argv + argc});
    return 0;
  } catch (const wskit::Error& error) {
    std::cerr << "dispatch: " << error.what() << '\n';
    return 1;
  }
}
