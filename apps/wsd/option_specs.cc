#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/units.h"
#include "wsd/options.h"

namespace {

using Apply = OptionSpec::Apply;
using wskit::SlowConsumer;

[[noreturn]] void reject(const std::string& value, std::string_view expected) {
  throw std::invalid_argument(fmt::format("'{}' is not {}", value, expected));
}

Apply text(std::string& target) {
  return [&target](const std::string& value, OptionSource) { target = value; };
}

/// The first value replaces the default, further ones add.
Apply list(std::vector<std::string>& target) {
  return [&target, is_first = true](const std::string& value, OptionSource) mutable {
    if (std::exchange(is_first, false)) target.clear();
    if (value.empty()) throw std::invalid_argument("an empty value");
    target.push_back(value);
  };
}

template <typename Duration>
Apply duration(Duration& target) {
  return [&target](const std::string& value, OptionSource) {
    const auto parsed = parse_duration(value);
    if (!parsed) reject(value, "a duration such as 500ms, 60s, 5m or 0");
    target = std::chrono::duration_cast<Duration>(*parsed);
  };
}

Apply size(std::size_t& target) {
  return [&target](const std::string& value, OptionSource) {
    const auto parsed = parse_size(value);
    if (!parsed || *parsed == 0) reject(value, "a size such as 512, 64KiB or 1MiB");
    target = *parsed;
  };
}

template <typename Number>
Apply count(Number& target, std::size_t limit) {
  return [&target, limit](const std::string& value, OptionSource) {
    const auto parsed = parse_count(value);
    if (!parsed || *parsed == 0 || *parsed > limit) {
      reject(value, fmt::format("a whole number from 1 to {}", limit));
    }
    target = static_cast<Number>(*parsed);
  };
}

template <typename Value>
Apply choice(Value& target, std::map<std::string, Value> values) {
  return [&target, values = std::move(values)](const std::string& value, OptionSource) {
    const auto found = values.find(value);
    if (found == values.end()) {
      std::vector<std::string> names;
      for (const auto& [name, each] : values) names.push_back(name);
      reject(value, fmt::format("one of {}", fmt::join(names, ", ")));
    }
    target = found->second;
  };
}

std::string read_secret(const std::string& file) {
  std::ifstream input{file};
  if (!input) throw std::invalid_argument(fmt::format("cannot read {}", file));
  std::error_code problem;
  const auto mode = std::filesystem::status(file, problem).permissions();
  if (problem || (mode & std::filesystem::perms::others_read) != std::filesystem::perms::none) {
    throw std::invalid_argument(
        fmt::format("{} can be read by every user of this machine: chmod o-r", file));
  }
  std::string secret{std::istreambuf_iterator<char>{input}, {}};
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) throw std::invalid_argument(fmt::format("{} is empty", file));
  return secret;
}

std::vector<std::string> read_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream input{text};
  for (std::string line; std::getline(input, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

/// A URL that must not have a secret on the command line; `instead` says where it may.
Apply secret_url(std::string& target, bool (*has_secret)(const std::string& url),
                 std::string_view instead) {
  return [&target, has_secret, instead](const std::string& value, OptionSource source) {
    if (source == OptionSource::flag && has_secret(value)) {
      throw std::invalid_argument(fmt::format(
          "a password on the command line can be read by others: use {} or the configuration file",
          instead));
    }
    target = value;
  };
}

std::vector<OptionSpec> serving_options(WsdOptions& options) {
  return {
      {"listen", "ADDR", "127.0.0.1:8080",
       "public address: ADDR:PORT, [ADDR6]:PORT or unix:PATH; port 0 takes a free one; repeatable",
       list(options.server.listen), true},
      {"api", "ADDR", "127.0.0.1:8081",
       "internal address, loopback or unix:PATH unless there are keys", text(options.api)},
      {"api-key-file", "FILE", "none",
       "file with the keys of the internal API, one a line; needed for an address that is not "
       "local",
       [&options](const std::string& value, OptionSource) {
         options.api_keys = read_lines(read_secret(value));
       }},
      {"path", "PATH", "/dispatchWebsocket", "path that is upgraded; repeatable",
       list(options.paths), true},
      {"sse-path", "PATH", "/sse", "path of Server-Sent Events; empty: none",
       text(options.sse_path)},
      {"threads", "N", "the cores", "worker loops", count(options.server.worker_count, 1024)},
      {"auth", "MODE", "any",
       "any: the token is the user's public name. Must be written to listen on an address that "
       "others can reach",
       [&options](const std::string& value, OptionSource) {
         if (value != "any") reject(value, "any");
         options.is_auth_written = true;
       }},
      {"allow-subscribe", "PATTERN", "public:**",
       "channels that clients may subscribe to: * stays between the separators : / . and ** does "
       "not, {user} is the session's user; repeatable",
       list(options.allow_subscribe), true},
      {"allow-publish", "PATTERN", "none", "channels that clients may publish to; repeatable",
       list(options.allow_publish), true},
      {"origin", "ORIGIN", "own host, localhost, 127.0.0.1",
       "origin whose pages may connect: https://example.org[:PORT], https://*.example.org or *; "
       "repeatable",
       list(options.origins), true},
      {"tls-cert", "FILE", "none", "certificate chain in PEM form, for the public address",
       text(options.server.tls_certificate_file)},
      {"tls-key", "FILE", "none", "its key in PEM form", text(options.server.tls_key_file)},
  };
}

std::vector<OptionSpec> session_options(WsdOptions& options) {
  wskit::SessionLimits& limits = options.limits;
  return {
      {"greeting", "TEXT", "连接成功", "sent on open; empty: nothing", text(options.greeting)},
      {"heartbeat-reply", "TEXT", "心跳发送成功", "answer to a client's message; empty: nothing",
       text(options.heartbeat_reply)},
      {"on-message", "WHAT", "heartbeat",
       "what a client's message does: heartbeat, echo, publish (to each ?channel=), hook, ignore, "
       "close",
       choice<OnMessage>(options.on_message, {{"heartbeat", OnMessage::heartbeat},
                                              {"echo", OnMessage::echo},
                                              {"publish", OnMessage::publish},
                                              {"hook", OnMessage::hook},
                                              {"ignore", OnMessage::ignore},
                                              {"close", OnMessage::close}})},
      {"idle-timeout", "TIME", "60s", "ends a session that sends nothing (4408); 0: never",
       duration(limits.idle_timeout)},
      {"ping-interval", "TIME", "0", "pings every session this often; 0: never",
       duration(limits.ping_interval)},
      {"max-message", "SIZE", "64KiB", "largest message, reassembled (1009)",
       size(limits.max_message_bytes)},
      {"max-queue", "SIZE", "1MiB", "most bytes queued for a session that reads slowly",
       size(limits.max_queue_bytes)},
      {"slow-consumer", "WHAT", "disconnect",
       "what becomes of a session over that, or over 10 s: disconnect (1008) or drop-oldest, which "
       "drops messages and tells it of a gap",
       choice<SlowConsumer>(limits.slow_consumer, {{"disconnect", SlowConsumer::disconnect},
                                                   {"drop-oldest", SlowConsumer::drop_oldest}})},
      {"plain-ids", "", "",
       "on the plain protocol, begin each message of a channel with its id and a line feed",
       choice<bool>(options.has_plain_ids, {{"true", true}, {"false", false}})},
      {"replay-buffer", "SIZE", "64MiB", "newest messages kept for clients that resume",
       size(options.server.replay_buffer_bytes)},
      {"max-sessions", "N", "descriptor limit - 64", "most open sessions (503)",
       count(options.server.max_sessions, 100'000'000)},
  };
}

std::vector<OptionSpec> broker_options(WsdOptions& options) {
  return {
      {"broker", "KIND", "memory",
       "memory (one node), redis-stream (any number, clients resume) or redis-pubsub (any number, "
       "at most once)",
       choice<BrokerKind>(options.broker, {{"memory", BrokerKind::memory},
                                           {"redis-pubsub", BrokerKind::redis_pubsub},
                                           {"redis-stream", BrokerKind::redis_stream}})},
      {"log-max-messages", "N", "100000", "most messages that the broker keeps",
       count(options.log_limits.max_messages, 1'000'000'000)},
      {"log-max-bytes", "SIZE", "256MiB", "most memory that the broker memory keeps them in",
       size(options.log_limits.max_bytes)},
      {"log-max-age", "TIME", "10m", "longest time that the broker keeps them; 0: any",
       duration(options.log_limits.max_age)},
      {"redis", "URL", "redis://127.0.0.1:6379",
       "redis://[user@]host:port[/db], rediss://… (TLS), redis+unix:///path, "
       "redis-sentinel://a,b,c/master or redis-cluster://a,b,c",
       secret_url(options.redis.url, wskit::redis_url_has_password,
                  "--redis-password-file, WSD_REDIS")},
      {"redis-password-file", "FILE", "none", "file that holds the Redis password",
       [&options](const std::string& value, OptionSource) {
         options.redis.password = read_secret(value);
       }},
      {"redis-ca", "FILE", "the system's", "CA to trust for rediss://",
       text(options.redis.ca_file)},
      {"redis-prefix", "TEXT", "wskit:", "begins the name of every Redis channel and key used",
       text(options.redis.prefix)},
      {"redis-topic", "NAME", "none",
       "Redis channel whose every message goes to everyone, and to which \"all\" is published",
       text(options.redis.everyone_topic)},
      {"redis-sharded", "", "",
       "with redis-pubsub, use sharded channels, each only where sessions want it (Redis 7.0)",
       choice<bool>(options.redis.is_sharded, {{"true", true}, {"false", false}})},
  };
}

std::vector<OptionSpec> hook_options(WsdOptions& options) {
  return {
      {"hook", "URL", "none", "http or https URL to which events are posted",
       secret_url(options.hook.url, wskit::http_url_has_credentials, "WSD_HOOK")},
      {"hook-secret-file", "FILE", "none", "file that holds the key of the posts' signatures",
       [&options](const std::string& value, OptionSource) {
         options.hook.secret = read_secret(value);
       }},
      {"hook-ca", "FILE", "the system's", "CA to trust for an https hook",
       text(options.hook.ca_file)},
      {"hook-debounce", "TIME", "5s",
       "posts nothing of a user who comes back within this time; 0: posts everything",
       duration(options.hook_debounce)},
  };
}

std::vector<OptionSpec> process_options(WsdOptions& options) {
  return {
      {"node-name", "NAME", "the host's", "begins this node's id in the cluster",
       text(options.server.node_name)},
      {"drain-time", "TIME", "10s", "over which a drain closes the sessions",
       duration(options.drain_time)},
      {"ready-file", "FILE", "none", "JSON with pid and addresses, written once all listens",
       text(options.ready_file)},
      {"log-level", "LEVEL", "info", "debug, info, warn, error or off",
       choice<wskit::LogLevel>(options.log.level, {{"debug", wskit::LogLevel::debug},
                                                   {"info", wskit::LogLevel::info},
                                                   {"warn", wskit::LogLevel::warn},
                                                   {"error", wskit::LogLevel::error},
                                                   {"off", wskit::LogLevel::off}})},
      {"log-format", "FORMAT", "text", "text or json, one line an event, on stderr",
       choice<bool>(options.log.is_json, {{"text", false}, {"json", true}})},
  };
}

}  // namespace

std::vector<OptionSpec> wsd_option_table(WsdOptions& options) {
  std::vector<OptionSpec> table;
  for (auto part : {serving_options(options), session_options(options), broker_options(options),
                    hook_options(options), process_options(options)}) {
    table.insert(table.end(), std::make_move_iterator(part.begin()),
                 std::make_move_iterator(part.end()));
  }
  return table;
}
