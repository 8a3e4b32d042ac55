#include "wsd/command_run.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <wskit/error.h>

#include "common/printable.h"
#include "wsd/command_api.h"
#include "wsd/command_options.h"
#include "wsd/publish_data.h"
#include "wsd/session_table.h"

namespace {

using nlohmann::json;

/// What the API gives at once at most.
constexpr std::size_t kPageSize = 1000;

/// Each gives what to print.
std::string run(const PublishCommand& publish, CommandApi& api) {
  const json id = api.post("/api/v1/publish", publish_body(publish)).at("id");
  return id.is_null() ? "" : printable_line(id.get<std::string>()) + "\n";
}

/// Where the page after `after` is.
std::string page_target(const SessionsCommand& sessions, std::size_t size,
                        const std::string& after) {
  std::string target = fmt::format("/api/v1/sessions?limit={}", size);
  if (!sessions.user.empty()) target += "&" + query_parameter("user", sessions.user);
  if (!sessions.channel.empty()) target += "&" + query_parameter("channel", sessions.channel);
  if (!after.empty()) target += "&" + query_parameter("after", after);
  return target;
}

std::string run(const SessionsCommand& sessions, CommandApi& api) {
  std::vector<json> listed;
  std::size_t total = 0;
  std::string after;
  std::size_t missing = sessions.limit.value_or(SIZE_MAX);
  do {
    const json page = api.get(page_target(sessions, std::min(missing, kPageSize), after));
    for (const json& session : page.at("sessions")) {
      if (missing == 0) break;
      listed.push_back(session);
      --missing;
    }
    total = page.at("total").get<std::size_t>();
    after = page.at("next").is_null() ? "" : page.at("next").get<std::string>();
  } while (missing > 0 && !after.empty());
  if (!after.empty()) fmt::print(stderr, "wsd: {} of {} sessions\n", listed.size(), total);
  if (!sessions.is_json) return session_table(listed);
  std::string lines;
  for (const json& session : listed) lines += session_line(session) + "\n";
  return lines;
}

std::string run(const KickCommand& kick, CommandApi& api) {
  const bool is_one = kick.user.empty();
  const std::string& name = is_one ? kick.session : kick.user;
  api.remove("/api/v1/sessions?" + query_parameter(is_one ? "id" : "user", name));
  return fmt::format("Every node has been told to end {} {}.\n",
                     is_one ? "the session" : "the sessions of", printable_line(name));
}

std::string run(const DrainCommand&, CommandApi& api) {
  const json status = api.post("/api/v1/drain", {}).at("status");
  return fmt::format("The node is {}.\n", printable_line(status.get<std::string>()));
}

std::string name_list(const json& names) {
  std::string list;
  for (const json& name : names) {
    if (!list.empty()) list += ", ";
    list += printable_line(name.get<std::string>());
  }
  return list;
}

std::string run(const ReloadCommand&, CommandApi& api) {
  const json answer = api.post("/api/v1/reload", {});
  const std::string changed = name_list(answer.at("changed"));
  const std::string waiting = name_list(answer.at("restart_needed"));
  const std::string text = fmt::format("Changed: {}.\n", changed.empty() ? "nothing" : changed);
  return waiting.empty() ? text : text + fmt::format("Only a restart changes: {}.\n", waiting);
}

/// Who has read enough and closed the pipe gets no error.
void print(const std::string& text) {
  const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if ((is_written && std::fflush(stdout) == 0) || errno == EPIPE) return;
  throw wskit::Error(std::string{"standard output: "} + std::strerror(errno));
}

void run(const Command& command) {
  CommandApi api{command.api};
  try {
    print(std::visit([&api](const auto& what) { return run(what, api); }, command.what));
  } catch (const json::exception&) {
    throw wskit::Error(command.api.name + ": the answer is not one of wsd");
  }
}

}  // namespace

std::optional<int> run_command(std::vector<std::string> arguments) {
  const std::optional<std::string> name = take_command_name(arguments);
  if (!name) return std::nullopt;
  int failure = 2;
  try {
    const auto read = read_command_options(*name, std::move(arguments));
    if (const int* const exit_code = std::get_if<int>(&read)) return *exit_code;
    failure = 1;
    run(std::get<Command>(read));
  } catch (const wskit::Error& error) {
    fmt::print(stderr, "wsd: {}\n", error.what());
    return failure;
  }
  return 0;
}
