#include "wsd/options.h"

#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <wskit/error.h>
#include <wskit/http_server.h>
#include <wskit/version.h>

#include "common/suggestion.h"
#include "wsd/command_options.h"
#include "wsd/permissions.h"

namespace {

constexpr const char* kDescription = "wsd - pushes messages to WebSocket clients";

constexpr const char* kFooter = R"(
Each option may also be set as WSD_NAME in the environment (WSD_IDLE_TIMEOUT=30s; a comma
separates values) or as name = value in the --config file (TOML). Flags win over the environment,
the environment wins over the file.

Examples:
  wsd
  wsd --listen 0.0.0.0:8080 --auth any --origin https://example.org
  wsd --broker redis-stream --redis redis://127.0.0.1:6379
  wsd --broker redis-pubsub --redis redis://127.0.0.1:6379 --redis-topic dispatch
  wsd check --config /etc/wskit/wsd.toml
  wsd publish --all hello

Exit status: 0 stopped by a signal, 1 runtime error, 2 usage or configuration.)";

struct Flags {
  std::map<std::string, std::vector<std::string>> values;
  std::string config_file;
};

void add_flags(CLI::App& app, const std::vector<OptionSpec>& table, Flags& flags) {
  for (const OptionSpec& spec : table) {
    if (spec.value_name.empty()) {
      app.add_flag_callback(
          "--" + spec.name, [&values = flags.values[spec.name]] { values = {"true"}; }, spec.help);
      continue;
    }
    CLI::Option* const option =
        app.add_option("--" + spec.name, flags.values[spec.name], spec.help);
    option->type_name(spec.value_name)->default_str(spec.preset)->expected(1);
    option->allow_extra_args(false);
    option->multi_option_policy(spec.is_list ? CLI::MultiOptionPolicy::TakeAll
                                             : CLI::MultiOptionPolicy::Throw);
  }
  app.add_option("--config", flags.config_file, "TOML file with options")
      ->type_name("FILE")
      ->expected(1);
}

FoundOptions found_flags(const CLI::App& app, const Flags& flags) {
  FoundOptions found;
  for (const auto& [name, values] : flags.values) {
    if (app.count("--" + name) == 0) continue;
    found[name] = {values, OptionSource::flag, "--" + name};
  }
  return found;
}

std::string usage_problem(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return error.what();
  const std::string unknown = app.remaining(true).front();
  if (unknown.starts_with('-')) return describe_unknown_option(app, {unknown});
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  const std::string nearest = nearest_word(unknown, commands);
  return "unknown command " + unknown + (nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

bool is_loopback_address(const std::string& address) {
  return address.starts_with("unix:") || address.starts_with("127.") ||
         address.starts_with("localhost:") || address.starts_with("[::1]:");
}

/// Throws what HandlerRegistry::add() says of the paths and origins.
void check_routes(const WsdOptions& options) {
  struct : wskit::MessageHandler {
    void on_message(wskit::Session&, const wskit::MessageView&) override {}
  } nothing;
  wskit::HandlerRegistry registry;
  for (const std::string& path : options.paths) {
    registry.add({.path = path, .handler = &nothing, .allowed_origins = options.origins});
  }
  if (!options.sse_path.empty()) registry.add({.path = options.sse_path, .handler = &nothing});
  Permissions{options.allow_subscribe, options.allow_publish};
}

void check_hook(const HookOptions& hook) {
  if (hook.url.empty()) {
    if (!hook.secret.empty() || !hook.ca_file.empty()) {
      throw wskit::Error("hook-secret-file and hook-ca: need --hook");
    }
    return;
  }
  if (hook.secret.empty()) throw wskit::Error("hook: needs --hook-secret-file");
  try {
    wskit::check_http_client_options({.url = hook.url, .ca_file = hook.ca_file});
  } catch (const wskit::Error& error) {
    throw wskit::Error(std::string("hook: ") + error.what());
  }
}

}  // namespace

FoundOptions find_options(const std::vector<OptionSpec>& table, std::string config_file,
                          FoundOptions flags) {
  const char* const variable = std::getenv("WSD_CONFIG");
  if (config_file.empty() && variable != nullptr) config_file = variable;
  FoundOptions file = config_file.empty() ? FoundOptions{} : read_option_file(config_file, table);
  return strongest_of(std::move(file), read_option_environment("WSD", table), std::move(flags));
}

WsdCommand read_command(int argc, char** argv) {
  WsdCommand command;
  const std::vector<OptionSpec> table = wsd_option_table(command.options);
  Flags flags;
  CLI::App app{kDescription, "wsd"};
  app.set_version_flag("--version", fmt::format("wsd {}", wskit::kVersion));
  app.set_help_flag("-h,--help", "print this help and exit");
  app.get_formatter()->column_width(34);
  app.footer(kFooter);
  app.fallthrough();
  add_flags(app, table, flags);
  const CLI::App* const check =
      app.add_subcommand("check", "validate flags, environment and file, and exit");
  for (const CommandInfo& each : known_commands()) {
    app.add_subcommand(std::string{each.name}, std::string{each.summary});
  }
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      command.exit_code = app.exit(error);
    } else {
      std::cerr << "wsd: " << usage_problem(app, error) << "\nTry 'wsd --help'.\n";
      command.exit_code = 2;
    }
    return command;
  }
  command.only_checks = check->parsed();
  command.found = find_options(table, flags.config_file, found_flags(app, flags));
  apply_options(table, command.found);
  return command;
}

void validate(const WsdOptions& options) {
  using wskit::Error;
  if (!options.is_auth_written) {
    for (const std::string& address : options.server.listen) {
      if (is_loopback_address(address)) continue;
      throw Error("listen: " + address +
                  " can be reached by others, and any token is accepted: write --auth any if that "
                  "is meant");
    }
  }
  if (options.broker != BrokerKind::redis_pubsub && !options.redis.everyone_topic.empty()) {
    throw Error("redis-topic: needs --broker redis-pubsub");
  }
  if (options.broker != BrokerKind::redis_pubsub && options.redis.is_sharded) {
    throw Error("redis-sharded: needs --broker redis-pubsub");
  }
  if (options.broker == BrokerKind::redis_pubsub) {
    static_cast<void>(wskit::make_redis_pubsub_broker(options.redis));
  }
  if (options.broker == BrokerKind::redis_stream) {
    static_cast<void>(wskit::make_redis_stream_broker(options.redis));
  }
  wskit::check_server_options(options.server);
  try {
    wskit::check_http_server_options(
        {.listen = options.api, .is_guarded = !options.api_keys.empty()});
  } catch (const Error& error) {
    throw Error(std::string("api: ") + error.what());
  }
  check_routes(options);
  check_hook(options.hook);
  if (options.on_message == OnMessage::hook && options.hook.url.empty()) {
    throw Error("on-message: hook needs --hook");
  }
}
