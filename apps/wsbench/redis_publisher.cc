#include "redis_publisher.h"

#include <utility>

#include "redis_command.h"

namespace {

constexpr const char* kDefaultCommand = "PUBLISH bench {{payload}}";

}  // namespace

RedisPublisher::RedisPublisher(wskit::Loop& loop, const Plan& plan, std::size_t number,
                               PublisherEvents events)
    : number_{number},
      events_{std::move(events)},
      random_{std::random_device{}()},
      client_{loop, plan.publish_redis, *this} {
  const std::string& command = plan.options.fanout.publish;
  for (const std::string& word : split_redis_command(command.empty() ? kDefaultCommand : command)) {
    templates_.emplace_back(word);
  }
  words_.resize(templates_.size());
  client_.start();
}

bool RedisPublisher::publish(std::string_view payload, std::uint64_t sequence) {
  if (!client_.is_ready()) return false;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    words_[i].clear();
    templates_[i].append_to(words_[i], {sequence, number_, payload}, random_);
  }
  const std::vector<std::string_view> command{words_.begin(), words_.end()};
  client_.send(command, [this, sequence](const std::string& problem) {
    if (!problem.empty()) events_.on_refused(sequence, "Redis answered: " + problem);
  });
  return true;
}

void RedisPublisher::on_redis_lost(const std::string& reason) {
  events_.on_problem("Redis: " + reason);
}
