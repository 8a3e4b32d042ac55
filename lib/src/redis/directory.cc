#include "redis/directory.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <wskit/error.h>
#include <wskit/log.h>

#include "net/wall_clock.h"
#include "redis/directory_record.h"
#include "redis/directory_scripts.h"
#include "redis/stream_entry.h"

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kTick{1000};
constexpr int kTicksPerRenewal = 4;
constexpr std::string_view kLeaseMs = "12000";

/// Sessions that one command removes, about.
constexpr std::string_view kReapCount = "200";

/// For taking the node's own sessions out when it stops.
constexpr std::chrono::milliseconds kLeaveTimeout{2000};

RedisTarget find_target(const RedisOptions& options, const std::string& base) {
  RedisTarget target = make_redis_target(options);
  target.key = base;
  return target;
}

std::int64_t number_or_zero(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::size_t count_of(const RedisReply& reply) {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, reply.integer));
}

}  // namespace

RedisDirectory::RedisDirectory(const RedisOptions& options)
    : base_{"{" + options.prefix + "sessions}"}, target_{find_target(options, base_)} {
  if (options.prefix.empty()) throw Error("redis-prefix: may not be empty");
}

void RedisDirectory::start(Loop& loop, Log& log, const std::string& node, Directory& own,
                           SessionObserver& observer) {
  loop_ = &loop;
  log_ = &log;
  node_ = node;
  lease_ = std::to_string(wall_clock_ms());
  observer_ = &observer;
  connection_.emplace(loop, target_, static_cast<RedisEvents&>(*this));
  writer_.emplace(loop, *connection_, base_, node, own,
                  [this](const RedisReply& error) { take_refusal(error); });
  timer_.emplace(loop);
  timer_->start_repeating(kTick, [this] { tick(); });
  connection_->start();
}

void RedisDirectory::stop(std::function<void()> done) {
  is_stopping_ = true;
  left_ = std::move(done);
  timer_->stop();
  writer_->pause();
  if (!connection_->is_ready()) return std::exchange(left_, nullptr)();
  timer_->start(kLeaveTimeout, [this] {
    if (left_ != nullptr) std::exchange(left_, nullptr)();
  });
  connection_->command({"DEL", key_of("node", node_)}, [](const std::optional<RedisReply>&) {});
  leave_cluster();
}

void RedisDirectory::leave_cluster() {
  run(kDirectoryReap, {node_, kReapCount}, [this](const RedisReply* found) {
    if (left_ == nullptr) return;
    if (found != nullptr && !found->elements.empty()) return leave_cluster();
    std::exchange(left_, nullptr)();
  });
}

std::string RedisDirectory::key_of(std::string_view kind, std::string_view name) const {
  return std::string(base_).append(":").append(kind).append(":").append(name);
}

void RedisDirectory::run(std::string_view script, std::initializer_list<std::string_view> words,
                         std::function<void(const RedisReply*)> take) {
  if (!connection_ || !connection_->is_ready()) return take(nullptr);
  std::vector<std::string_view> command{"EVAL", script, "1", base_, base_};
  command.insert(command.end(), words.begin(), words.end());
  connection_->command(command,
                       [this, take = std::move(take)](const std::optional<RedisReply>& reply) {
                         const bool is_answer = reply && reply->is_array();
                         if (reply && reply->is_error()) take_refusal(*reply);
                         take(is_answer ? &*reply : nullptr);
                       });
}

void RedisDirectory::take_refusal(const RedisReply& error) {
  if (!std::exchange(is_refused_, true)) {
    log_->warn("directory_refused", {{"server", target_.name()}, {"error", error_word(error)}});
  }
  // It was the master, and is not any more.
  if (error_word(error) == "READONLY") connection_->restart("the server is read-only");
}

void RedisDirectory::on_redis_ready() {
  if (is_stopping_) return;
  has_lease_ = is_refused_ = is_renewing_ = false;
  ticks_until_renewal_ = 0;
  renew();
  writer_->synchronize();
}

void RedisDirectory::on_redis_lost(const std::string&) {
  writer_->pause();
  if (left_ != nullptr) std::exchange(left_, nullptr)();
}

void RedisDirectory::tick() {
  if (!connection_->is_ready()) return;
  if (--ticks_until_renewal_ <= 0) renew();
  look_for_dead();
}

void RedisDirectory::renew() {
  if (std::exchange(is_renewing_, true)) return connection_->restart("no answer");
  ticks_until_renewal_ = kTicksPerRenewal;
  connection_->command({"EXISTS", key_of("node", node_)},
                       [this](const std::optional<RedisReply>& reply) {
                         is_renewing_ = false;
                         if (!reply || reply->is_error()) return;
                         // Somebody emptied Redis, or took this node for dead.
                         const bool is_lost = has_lease_ && reply->integer == 0;
                         has_lease_ = true;
                         if (!is_lost && !is_refused_) return;
                         is_refused_ = false;
                         writer_->synchronize();
                       });
  connection_->command({"SET", key_of("node", node_), lease_, "PX", kLeaseMs},
                       [this](const std::optional<RedisReply>& reply) {
                         if (reply && reply->is_error()) take_refusal(*reply);
                       });
  connection_->command({"SADD", base_ + ":nodes", node_}, [](const std::optional<RedisReply>&) {});
}

void RedisDirectory::look_for_dead() {
  nodes([this](const NodeList& list) {
    for (const NodeRecord& node : list.nodes) {
      if (node.started_ms == 0 && node.name != node_) reap(node.name);
    }
  });
}

void RedisDirectory::reap(const std::string& node) {
  run(kDirectoryReap, {node, kReapCount}, [this, node](const RedisReply* found) {
    if (found == nullptr || found->elements.empty()) return;
    const auto sessions = parse_directory_records(found->elements);
    log_->info("node_reaped",
               {{"node", node}, {"sessions", static_cast<std::int64_t>(sessions.size())}});
    observer_->on_sessions_abandoned(sessions);
    reap(node);
  });
}

void RedisDirectory::sessions(SessionQuery query, std::function<void(SessionPage)> done) {
  const std::string index = !query.user.empty()      ? ":user:" + query.user
                            : !query.channel.empty() ? ":channel:" + query.channel
                                                     : ":all";
  run(kDirectorySessions, {index, query.after, std::to_string(query.limit + 1)},
      [limit = query.limit, done = std::move(done)](const RedisReply* answer) {
        if (answer == nullptr || answer->elements.empty()) return done({.is_available = false});
        SessionPage page{.total = count_of(answer->elements[0])};
        std::span<const RedisReply> records{answer->elements.begin() + 1, answer->elements.end()};
        if (records.size() > 2 * limit) {
          records = records.first(2 * limit);
          page.next = records[2 * limit - 2].text;
        }
        page.sessions = parse_directory_records(records);
        done(std::move(page));
      });
}

void RedisDirectory::channels(ChannelQuery query, std::function<void(ChannelPage)> done) {
  run(kDirectoryChannels, {query.after, std::to_string(query.limit + 1)},
      [limit = query.limit, done = std::move(done)](const RedisReply* answer) {
        if (answer == nullptr) return done({.is_available = false});
        ChannelPage page;
        for (std::size_t i = 0; i + 1 < answer->elements.size(); i += 2) {
          if (page.channels.size() == limit) {
            page.next = page.channels.back().channel;
            break;
          }
          page.channels.push_back({answer->elements[i].text, count_of(answer->elements[i + 1])});
        }
        done(std::move(page));
      });
}

void RedisDirectory::nodes(std::function<void(NodeList)> done) {
  run(kDirectoryNodes, {}, [done = std::move(done)](const RedisReply* answer) {
    if (answer == nullptr) return done({.is_available = false});
    NodeList list;
    for (std::size_t i = 0; i + 2 < answer->elements.size(); i += 3) {
      list.nodes.push_back({answer->elements[i].text, number_or_zero(answer->elements[i + 1].text),
                            count_of(answer->elements[i + 2])});
    }
    done(std::move(list));
  });
}

void RedisDirectory::on_sessions_changed(const std::vector<SessionChange>& changes) {
  writer_->add(changes);
}

void RedisDirectory::leave(std::string key, std::string note, std::chrono::milliseconds life) {
  if (!connection_ || !connection_->is_ready()) return;
  const auto ignore = [](const std::optional<RedisReply>&) {};
  const std::string name = key_of("note", key);
  connection_->command({"RPUSH", name, note}, ignore);
  if (life.count() > 0) {
    connection_->command({"PEXPIRE", name, std::to_string(life.count())}, ignore);
  }
}

void RedisDirectory::take(std::string key, std::function<void(std::optional<std::string>)> done) {
  if (!connection_ || !connection_->is_ready()) return done(std::nullopt);
  connection_->command({"LPOP", key_of("note", key)},
                       [done = std::move(done)](const std::optional<RedisReply>& reply) {
                         if (!reply || reply->kind != RedisReply::Kind::bulk) {
                           return done(std::nullopt);
                         }
                         done(reply->text);
                       });
}

void RedisDirectory::withdraw(std::string key, std::string note, std::function<void(bool)> done) {
  if (!connection_ || !connection_->is_ready()) return done(true);
  connection_->command({"LREM", key_of("note", key), "1", note},
                       [done = std::move(done)](const std::optional<RedisReply>& reply) {
                         done(!reply || reply->is_error() || reply->integer > 0);
                       });
}

std::unique_ptr<ClusterDirectory> make_redis_directory(const RedisOptions& options) {
  return std::make_unique<RedisDirectory>(options);
}

}  // namespace wskit
