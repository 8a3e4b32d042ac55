#include "redis_publisher.h"

#include <charconv>
#include <sstream>
#include <utility>

#include <hiredis/adapters/libuv.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <fmt/format.h>
#include <wskit/error.h>

namespace {

constexpr std::string_view kPublishDefault = "PUBLISH bench {{payload}}";

int parse_number(std::string_view text, int most) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  if (!is_whole || number < 0 || number > most) {
    throw wskit::Error{"--publish-url: the Redis URL is malformed"};
  }
  return number;
}

}  // namespace

RedisPlace parse_redis_url(const std::string& url) {
  RedisPlace place;
  std::string_view rest = url;
  if (rest.starts_with("redis+unix://")) {
    rest.remove_prefix(13);
    const std::size_t query = rest.find("?db=");
    place.path = rest.substr(0, query);
    if (query != std::string_view::npos)
      place.database = parse_number(rest.substr(query + 4), 1 << 20);
    return place;
  }
  if (!rest.starts_with("redis://")) {
    throw wskit::Error{"--publish-url: redis:// and redis+unix:// are known, TLS is not"};
  }
  rest.remove_prefix(8);
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    if (slash + 1 < rest.size()) place.database = parse_number(rest.substr(slash + 1), 1 << 20);
    rest = rest.substr(0, slash);
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const std::size_t colon = std::min(user.find(':'), user.size());
    place.user = user.substr(0, colon);
    place.password = colon < user.size() ? user.substr(colon + 1) : "";
    rest.remove_prefix(at + 1);
  }
  const std::size_t colon = rest.rfind(':');
  place.host = rest.substr(0, colon);
  if (colon != std::string_view::npos) place.port = parse_number(rest.substr(colon + 1), 65535);
  if (place.host.empty()) throw wskit::Error{"--publish-url: the Redis URL has no host"};
  return place;
}

RedisPublisher::RedisPublisher(wskit::Loop& loop, const Plan& plan, std::size_t number,
                               PublisherEvents events)
    : number_{number}, events_{std::move(events)}, random_{std::random_device{}()} {
  const std::string& command = plan.options.fanout.publish;
  std::istringstream words{command.empty() ? std::string{kPublishDefault} : command};
  for (std::string word; words >> word;) words_.emplace_back(word);
  const RedisPlace place = parse_redis_url(plan.options.fanout.url);
  context_ = place.path.empty() ? redisAsyncConnect(place.host.c_str(), place.port)
                                : redisAsyncConnectUnix(place.path.c_str());
  context_->data = this;
  redisLibuvAttach(context_, loop.uv());
  redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
    auto& publisher = *static_cast<RedisPublisher*>(context->data);
    if (status == REDIS_OK) return;
    publisher.context_ = nullptr;
    publisher.fail(fmt::format("Redis: {}", context->errstr));
  });
  redisAsyncSetDisconnectCallback(context_, [](const redisAsyncContext* context, int status) {
    auto& publisher = *static_cast<RedisPublisher*>(context->data);
    publisher.context_ = nullptr;
    if (status != REDIS_OK) publisher.fail(fmt::format("Redis: {}", context->errstr));
  });
  greet(place);
}

RedisPublisher::~RedisPublisher() {
  if (context_ == nullptr) return;
  events_ = {};
  redisAsyncFree(std::exchange(context_, nullptr));
}

void RedisPublisher::greet(const RedisPlace& place) {
  const auto note = [](redisAsyncContext* context, void* reply, void*) {
    static_cast<RedisPublisher*>(context->data)->on_reply(reply);
  };
  if (!place.password.empty() && !place.user.empty()) {
    redisAsyncCommand(context_, note, nullptr, "AUTH %s %s", place.user.c_str(),
                      place.password.c_str());
  } else if (!place.password.empty()) {
    redisAsyncCommand(context_, note, nullptr, "AUTH %s", place.password.c_str());
  }
  if (place.database != 0) redisAsyncCommand(context_, note, nullptr, "SELECT %d", place.database);
  redisAsyncCommand(
      context_,
      [](redisAsyncContext* context, void* reply, void*) {
        auto& publisher = *static_cast<RedisPublisher*>(context->data);
        publisher.on_reply(reply);
        const auto* const answer = static_cast<const redisReply*>(reply);
        const bool is_ready = answer != nullptr && answer->type != REDIS_REPLY_ERROR;
        if (is_ready && publisher.events_.on_ready) publisher.events_.on_ready();
      },
      nullptr, "PING");
}

bool RedisPublisher::publish(std::string_view payload, std::uint64_t sequence) {
  if (context_ == nullptr) return false;
  std::vector<std::string> words(words_.size());
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    words_[i].append_to(words[i], {sequence, number_, payload}, random_);
    texts.push_back(words[i].data());
    sizes.push_back(words[i].size());
  }
  const auto note = [](redisAsyncContext* context, void* reply, void*) {
    static_cast<RedisPublisher*>(context->data)->on_reply(reply);
  };
  return redisAsyncCommandArgv(context_, note, nullptr, static_cast<int>(words.size()),
                               texts.data(), sizes.data()) == REDIS_OK;
}

void RedisPublisher::on_reply(const void* reply) {
  const auto* const answer = static_cast<const redisReply*>(reply);
  if (answer != nullptr && answer->type == REDIS_REPLY_ERROR) {
    fail("Redis answered: " + std::string{answer->str, answer->len});
  }
}

void RedisPublisher::fail(const std::string& problem) {
  if (events_.on_problem) events_.on_problem(problem);
}
