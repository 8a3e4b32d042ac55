#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <wskit/handler_registry.h>
#include <wskit/log.h>
#include <wskit/redis.h>
#include <wskit/server.h>

#include "common/option_table.h"
#include "wsd/hook_sender.h"

/// What a client's message does.
enum class OnMessage { heartbeat, echo, publish, hook, ignore, close };

enum class BrokerKind { memory, redis_pubsub, redis_stream };

struct WsdOptions {
  wskit::ServerOptions server;
  wskit::SessionLimits limits;
  std::string api = "127.0.0.1:8081";
  std::vector<std::string> api_keys;  ///< one of them is needed; none: no key is
  std::string ready_file;
  std::chrono::milliseconds drain_time{std::chrono::seconds{10}};
  std::vector<std::string> paths = {"/dispatchWebsocket"};
  std::vector<std::string> origins;
  std::string sse_path = "/sse";
  std::vector<std::string> allow_subscribe = {"public:**"};
  std::vector<std::string> allow_publish;
  std::string greeting = "连接成功";
  std::string heartbeat_reply = "心跳发送成功";
  OnMessage on_message = OnMessage::heartbeat;
  BrokerKind broker = BrokerKind::memory;
  wskit::RedisOptions redis;
  wskit::LogLimits log_limits;
  HookOptions hook;
  std::chrono::milliseconds hook_debounce{std::chrono::seconds{5}};
  bool has_plain_ids = false;
  bool is_auth_written = false;
  wskit::LogOptions log;
};

/// What the command line asks for.
struct WsdCommand {
  WsdOptions options;
  FoundOptions found;  ///< what `options` was made of
  bool only_checks = false;
  std::optional<int> exit_code;  ///< set: help or a usage error was printed already
};

/// Reads flags, environment (`WSD_…`) and the --config file. Throws wskit::Error naming the place
/// of what is wrong.
WsdCommand read_command(int argc, char** argv);

/// Each option's values: of the flags, of `WSD_…` in the environment, of the file that
/// `config_file` names, or WSD_CONFIG if that is empty. Throws wskit::Error for a bad file.
FoundOptions find_options(const std::vector<OptionSpec>& table, std::string config_file,
                          FoundOptions flags);

/// The option table, bound to `options`.
std::vector<OptionSpec> wsd_option_table(WsdOptions& options);

/// Throws wskit::Error for what contradicts itself or could not work.
void validate(const WsdOptions& options);
