#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <wskit/handler_registry.h>
#include <wskit/loop.h>
#include <wskit/session.h>
#include <wskit/session_registry.h>

/// A session that keeps what it was sent, and answers as the test tells it to.
class FakeSession : public wskit::Session {
 public:
  explicit FakeSession(std::uint64_t number, std::string user = {})
      : id_{number}, user_{std::move(user)} {}

  wskit::SessionId id() const override { return id_; }
  std::string name() const override {
    return "node-" + std::to_string(static_cast<std::uint64_t>(id_));
  }
  std::string_view user() const override { return user_; }
  const wskit::SessionLimits& limits() const override { return limits_; }
  std::string_view subprotocol() const override { return {}; }

  std::string_view attribute(std::string_view name) const override {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string_view{} : found->second;
  }

  wskit::SendResult send(const wskit::Message& message) override { return send(message.view()); }

  wskit::SendResult send(const wskit::MessageView& message) override {
    if (answer != wskit::SendResult::refused) received.emplace_back(message.payload);
    return answer;
  }

  bool subscribe(std::string_view channel, std::optional<wskit::MessageId> since) override {
    if (since) resumed.emplace_back(channel, *since);
    return registry_.subscribe(id_, channel);
  }
  bool unsubscribe(std::string_view channel) override {
    return registry_.unsubscribe(id_, channel);
  }
  void resume(wskit::MessageId since) override { resumed.emplace_back("*", since); }
  std::optional<wskit::MessageId> cursor() const override { return std::nullopt; }
  std::any& state() override { return state_; }
  wskit::Loop& loop() override { return loop_; }

  void close(wskit::CloseStatus status) override { closes.push_back(std::move(status)); }
  wskit::SessionRegistry& registry() override { return registry_; }

  wskit::SendResult answer = wskit::SendResult::queued;
  wskit::Attributes attributes;
  std::vector<std::string> received;
  std::vector<wskit::CloseStatus> closes;
  std::vector<std::pair<std::string, wskit::MessageId>> resumed;

 private:
  wskit::SessionId id_;
  std::string user_;
  wskit::SessionLimits limits_;
  wskit::SessionRegistry registry_;
  std::any state_;
  wskit::Loop loop_;
};
