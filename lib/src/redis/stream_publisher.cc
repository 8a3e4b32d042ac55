#include "redis/stream_publisher.h"

#include <utility>
#include <vector>

#include "net/wall_clock.h"

namespace wskit {
namespace {

/// Commands that Redis is too slow to read; beyond, publishing fails.
constexpr std::size_t kMaxQueuedBytes = 64 * 1024 * 1024;

constexpr std::string_view kMaxProbes = "16";

/// KEYS: the log, the key's own. ARGV: the most entries, the key's life in ms, name and value of
/// each field. Gives the id of the first publish under the key, or an error if that was another
/// message.
constexpr std::string_view kPublishOnce = R"(
local fields = {unpack(ARGV, 3)}
local digest = redis.sha1hex(cmsgpack.pack(fields))
local known = redis.call('GET', KEYS[2])
if known then
  local id, first = string.match(known, '^(%S+) (%S+)$')
  if first == digest then return id end
  return redis.error_reply('CONFLICT another message was published under this key')
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(fields))
redis.call('SET', KEYS[2], id .. ' ' .. digest, 'PX', ARGV[2])
return id
)";

constexpr std::string_view kKeyLifeMs = "300000";

}  // namespace

StreamPublisher::StreamPublisher(Loop& loop, const RedisTarget& target, const StreamKeys& keys,
                                 LogLimits limits, StreamPublisherEvents& events)
    : keys_{keys},
      limits_{limits},
      max_messages_{std::to_string(limits.max_messages)},
      events_{events},
      connection_{loop, target, *this} {}

void StreamPublisher::on_redis_ready() {
  connection_.command({"CONFIG", "GET", "maxmemory-policy"},
                      [this](const std::optional<RedisReply>& reply) {
                        // Who may not ask is not told.
                        if (!reply || reply->elements.size() != 2) return;
                        const std::string& policy = reply->elements[1].text;
                        if (policy.starts_with("allkeys")) events_.on_eviction_policy(policy);
                      });
  events_.on_publisher_ready();
}

void StreamPublisher::publish(const Publication& publication, PublishCallback done) {
  if (connection_.queued_bytes() > kMaxQueuedBytes) {
    return done({PublishStatus::unavailable});
  }
  std::string key;
  std::vector<std::string_view> words;
  if (publication.idempotency_key.empty()) {
    words = {"XADD", keys_.log, "MAXLEN", "~", max_messages_, "*"};
  } else {
    key = keys_.of_idempotency(publication.idempotency_key);
    words = {"EVAL", kPublishOnce, "2", keys_.log, key, max_messages_, kKeyLifeMs};
  }
  const std::vector<std::string_view> fields = entry_fields(publication);
  words.insert(words.end(), fields.begin(), fields.end());
  connection_.transact(words, answer_with(std::move(done)));
}

RedisConnection::Done StreamPublisher::answer_with(PublishCallback done) {
  return [this, done = std::move(done)](const std::optional<RedisReply>& reply) {
    if (!reply) return done({PublishStatus::unknown});
    if (const auto id = MessageId::parse(reply->text); id && !reply->is_error()) {
      return done({PublishStatus::accepted, *id});
    }
    if (reply->is_error() && reply->text.starts_with("CONFLICT")) {
      return done({PublishStatus::conflict});
    }
    done({PublishStatus::unavailable});
    take_refusal(*reply);
  };
}

void StreamPublisher::take_refusal(const RedisReply& error) {
  if (error.text.find("exhausted the last possible ID") != std::string::npos) {
    return events_.on_log_exhausted();
  }
  const std::string word = error_word(error);
  events_.on_publisher_refused("writing was refused (" + word + ")");
  // It was the master, and is not any more.
  if (word == "READONLY") restart("the server is read-only");
}

void StreamPublisher::probe(const std::string& text) {
  connection_.command({"XADD", keys_.probe, "MAXLEN", "~", kMaxProbes, "*", "p", text},
                      [this](const std::optional<RedisReply>& reply) {
                        if (reply && reply->is_error()) take_refusal(*reply);
                      });
}

void StreamPublisher::look(std::function<void(bool is_exhausted)> done) {
  connection_.command({"XINFO", "STREAM", keys_.log},
                      [done = std::move(done)](const std::optional<RedisReply>& reply) {
                        const auto info = reply ? parse_stream_info(*reply) : std::nullopt;
                        if (info) done(info->last_id == MessageId::last());
                      });
}

void StreamPublisher::trim() {
  if (limits_.max_age.count() == 0) return;
  const std::string oldest = std::to_string(wall_clock_ms() - limits_.max_age.count());
  // What is wrong shows when something is published.
  connection_.command({"XTRIM", keys_.log, "MINID", "~", oldest},
                      [](const std::optional<RedisReply>&) {});
}

}  // namespace wskit
