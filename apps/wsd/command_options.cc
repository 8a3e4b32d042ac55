#include "wsd/command_options.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <wskit/error.h>
#include <wskit/http_client.h>

#include "common/option_table.h"
#include "common/printable.h"
#include "common/suggestion.h"
#include "common/units.h"
#include "wsd/options.h"
#include "wsd/publish_data.h"

namespace {

constexpr std::array<CommandInfo, 5> kCommands{{
    {"publish", "publish a message through a running wsd"},
    {"sessions", "list the open sessions of all nodes"},
    {"kick", "end a session, or all of a user, on whatever node"},
    {"drain", "close a running wsd's sessions, for a restart"},
    {"reload", "have a running wsd read its configuration again"},
}};

constexpr const char* kFooter = R"(
--api and --api-key-file may also be set as for the daemon: as WSD_API and WSD_API_KEY_FILE in the
environment, or in the --config file.

Exit status: 0 done, 1 wsd could not be reached or has refused, 2 usage or configuration.)";

/// The value of an option, which must not be empty.
CLI::Option* add_text(CLI::App& app, const std::string& name, std::string& target,
                      const std::string& value_name, const std::string& help) {
  return app.add_option(name, target, help)
      ->type_name(value_name)
      ->check(CLI::Validator{[](const std::string& value) {
                               return value.empty() ? std::string{"an empty value"} : std::string{};
                             },
                             ""});
}

/// Throws unless one of the options, whose names are given, is set.
void require_one(const CLI::App& app, const std::vector<std::string>& names) {
  const auto count =
      std::ranges::count_if(names, [&app](const std::string& name) { return app.count(name) > 0; });
  if (count == 1) return;
  std::string list = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) {
    list += (i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  throw wskit::Error(fmt::format("{} of {} {}", count == 0 ? "one" : "only one", list,
                                 count == 0 ? "is needed" : "may be given"));
}

/// What is left to do with a command's options when they are parsed.
using Finish = std::function<void()>;

Finish add_publish_options(CLI::App& app, PublishCommand& publish) {
  struct Source {
    std::string argument;
    std::string file;
    bool is_json = false;
    bool is_binary = false;
  };
  const auto source = std::make_shared<Source>();
  app.add_option("DATA", source->argument, "the message; without it, or as -, standard input")
      ->type_name("");
  app.add_flag("--all", publish.to_all, "to every session");
  add_text(app, "--user", publish.user, "USER", "to the sessions of that user");
  add_text(app, "--channel", publish.channel, "CHANNEL", "to those subscribed to that channel");
  app.add_flag("--json", source->is_json, "the data is JSON instead of text");
  app.add_flag("--binary", source->is_binary, "send the data as a binary message");
  add_text(app, "--file", source->file, "FILE", "read the data from this file");
  add_text(app, "--idempotency-key", publish.idempotency_key, "KEY",
           "publish once only within five minutes of this key");
  return [&app, &publish, source] {
    require_one(app, {"--all", "--user", "--channel"});
    if (source->is_json && source->is_binary) require_one(app, {"--json", "--binary"});
    const bool has_argument = app.count("DATA") > 0;
    if (has_argument && !source->file.empty()) require_one(app, {"DATA", "--file"});
    if (source->is_json) publish.kind = DataKind::json;
    if (source->is_binary) publish.kind = DataKind::binary;
    if (has_argument && source->argument != "-") {
      publish.data = source->argument;
    } else {
      publish.data = read_publish_data(source->file, publish.kind);
    }
    check_publish_data(publish);
  };
}

Finish add_sessions_options(CLI::App& app, SessionsCommand& sessions) {
  add_text(app, "--user", sessions.user, "USER", "only those of that user");
  add_text(app, "--channel", sessions.channel, "CHANNEL", "only those subscribed to that channel");
  app.add_option_function<std::string>(
         "--limit",
         [&sessions](const std::string& value) {
           sessions.limit = parse_count(value);
           if (sessions.limit.value_or(0) == 0) {
             throw CLI::ValidationError{"--limit: '" + value + "' is not a number above 0"};
           }
         },
         "list so many at most")
      ->type_name("N");
  app.add_flag("--json", sessions.is_json, "print a JSON object for each, one a line");
  return [&app, &sessions] {
    if (!sessions.user.empty() && !sessions.channel.empty()) {
      require_one(app, {"--user", "--channel"});
    }
  };
}

Finish add_kick_options(CLI::App& app, KickCommand& kick) {
  add_text(app, "--session", kick.session, "ID", "the session of this name, as listed");
  add_text(app, "--user", kick.user, "USER", "all sessions of that user");
  return [&app] { require_one(app, {"--session", "--user"}); };
}

Finish add_own_options(CLI::App& app, const std::string& name, Command& command) {
  if (name == "publish") {
    return add_publish_options(app, command.what.emplace<PublishCommand>());
  }
  if (name == "sessions") {
    return add_sessions_options(app, command.what.emplace<SessionsCommand>());
  }
  if (name == "kick") return add_kick_options(app, command.what.emplace<KickCommand>());
  if (name == "drain") {
    command.what.emplace<DrainCommand>();
  } else {
    command.what.emplace<ReloadCommand>();
  }
  return [] {};
}

/// The values of --api, --api-key-file and --config on the command line.
struct ApiFlags {
  std::string api;
  std::string key_file;
  std::string config;

  void add_to(CLI::App& app) {
    add_text(app, "--api", api, "ADDR", "internal address of the running wsd")
        ->default_str("127.0.0.1:8081");
    add_text(app, "--api-key-file", key_file, "FILE", "file whose first line is a key of the API");
    add_text(app, "--config", config, "FILE", "the daemon's TOML file");
  }

  FoundOptions found() const {
    FoundOptions found;
    if (!api.empty()) found["api"] = {{api}, OptionSource::flag, "--api"};
    if (!key_file.empty()) {
      found["api-key-file"] = {{key_file}, OptionSource::flag, "--api-key-file"};
    }
    return found;
  }
};

/// The API of the daemon that has these flags, our environment and its file.
ApiPlace find_api(const ApiFlags& flags) {
  WsdOptions options;
  const std::vector<OptionSpec> all = wsd_option_table(options);
  std::vector<OptionSpec> ours;
  std::ranges::copy_if(all, std::back_inserter(ours), [](const OptionSpec& spec) {
    return spec.name == "api" || spec.name == "api-key-file";
  });
  apply_options(ours, find_options(all, flags.config, flags.found()));
  ApiPlace place = parse_api_place(options.api);
  if (!options.api_keys.empty()) place.key = options.api_keys.front();
  if (std::ranges::any_of(place.key, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
    throw wskit::Error("api-key-file: the first key has a control character");
  }
  return place;
}

std::string usage_problem(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> unknown = app.remaining();
    text = describe_unknown_option(app, unknown);
    if (text.empty()) text = "unexpected argument " + unknown.front();
  }
  return fmt::format("{} ('{} --help' lists the options)", printable_line(text), app.get_name());
}

/// Whether an option of the daemon or of commands takes the next argument as its value.
bool takes_value(std::string_view option) {
  WsdOptions options;
  const std::vector<OptionSpec> table = wsd_option_table(options);
  if (option == "--config") return true;
  return std::ranges::any_of(table, [option](const OptionSpec& spec) {
    return option == "--" + spec.name && !spec.value_name.empty();
  });
}

}  // namespace

std::span<const CommandInfo> known_commands() {
  return kCommands;
}

std::optional<std::string> take_command_name(std::vector<std::string>& arguments) {
  for (auto word = arguments.begin(); word != arguments.end() && *word != "--"; ++word) {
    if (word->starts_with('-')) {
      if (takes_value(*word) && std::next(word) != arguments.end()) ++word;
      continue;
    }
    if (std::ranges::find(kCommands, *word, &CommandInfo::name) == kCommands.end()) break;
    std::string name = *word;
    arguments.erase(word);
    return name;
  }
  return std::nullopt;
}

std::variant<Command, int> read_command_options(const std::string& name,
                                                std::vector<std::string> arguments) {
  Command command;
  ApiFlags flags;
  const auto info = std::ranges::find(kCommands, name, &CommandInfo::name);
  CLI::App app{fmt::format("wsd {} - {}", name, info->summary), "wsd " + name};
  app.set_help_flag("-h,--help", "print this help and exit");
  app.get_formatter()->column_width(34);
  app.footer(kFooter);
  const Finish finish = add_own_options(app, name, command);
  flags.add_to(app);
  try {
    std::ranges::reverse(arguments);  // as CLI11 wants them
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    throw wskit::Error(usage_problem(app, error));
  }
  command.api = find_api(flags);
  finish();
  return command;
}

ApiPlace parse_api_place(const std::string& address) {
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix) && address.size() > kUnix.size()) {
    return {.name = address,
            .url = "http://localhost/",
            .unix_path = address.substr(kUnix.size()),
            .key = {}};
  }
  const auto colon = address.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : parse_count(address.substr(colon + 1));
  if (!port || colon == 0 || *port > 65535 ||
      address.find_first_of("/@?# \\") != std::string::npos) {
    throw wskit::Error(
        fmt::format("api: '{}' is not ADDR:PORT or unix:PATH", printable_line(address)));
  }
  if (*port == 0) {
    throw wskit::Error(
        fmt::format("api: {} has the port 0, which leads nowhere: --api must name "
                    "the port that the running wsd has taken",
                    address));
  }
  ApiPlace place{
      .name = address, .url = fmt::format("http://{}/", address), .unix_path = {}, .key = {}};
  try {
    wskit::check_http_client_options({.url = place.url});
  } catch (const wskit::Error&) {
    throw wskit::Error(
        fmt::format("api: '{}' is not ADDR:PORT or unix:PATH", printable_line(address)));
  }
  return place;
}
