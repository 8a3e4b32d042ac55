#include "options.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>
#include <CLI/CLI.hpp>

#include "common/command_line.h"
#include "common/completion.h"
#include "common/file_content.h"
#include "common/printable.h"
#include "common/split.h"
#include "common/suggestion.h"
#include "common/units.h"
#include "connection_ramp.h"
#include "exit_code.h"
#include "foreign_options.h"
#include "message_template.h"
#include "option_flags.h"
#include "option_scopes.h"
#include "recent_sequences.h"
#include "scenario_name.h"
#include "stamp.h"

namespace {

constexpr const char* kDescription = R"(Measures WebSocket servers.

Examples:
  wsbench -c 1000 -d 30s ws://localhost:8080/ws          echo, as fast as it goes
  wsbench -c 10k -R 5k -o html=report.html URL           at a fixed rate, with a report to look at
  wsbench fanout -c 5k --publish-url /pub -R 100 URL     one publisher, 5,000 subscribers
  wsbench -R 1k --threshold 'rtt:p(99)<20ms' URL         for CI: exit 99 when it is slower
  wsbench search --slo 'rtt:p(99)<20ms' URL              the highest rate that holds)";

constexpr const char* kFooter = R"(
Modes: echo (default), send, recv, fanout, idle, churn, storm; search, compare URL URL,
merge FILE...
Durations are seconds, or have a unit: 500ms, 2s, 3m, 1h. Counts may end in k or m (thousands),
sizes in K or M (1024). Exit codes are in wsbench(1).)";

/// Every first word but a URL.
std::vector<std::string> modes() {
  std::vector<std::string> all = scenario_names();
  all.insert(all.end(), {"search", "compare", "merge"});
  return all;
}

/// Takes the scenario from the front of the words, if one is there.
bool take_scenario(Options& options, Flags& flags) {
  const auto scenario = flags.words.empty() ? std::nullopt : scenario_named(flags.words.front());
  if (!scenario) return false;
  options.load.scenario = *scenario;
  flags.words.erase(flags.words.begin());
  return true;
}

/// Takes the mode from the front of the words.
void choose_mode(Options& options, Flags& flags) {
  if (flags.words.empty() || take_scenario(options, flags)) return;
  const std::string& first = flags.words.front();
  if (first == "search") {
    options.mode = Mode::search;
  } else if (first == "compare") {
    options.mode = Mode::compare;
  } else if (first == "merge") {
    options.mode = Mode::merge;
  } else {
    return;
  }
  flags.words.erase(flags.words.begin());
  // What is searched for, or compared, is one of the scenarios.
  if (options.mode != Mode::merge) take_scenario(options, flags);
}

/// What to say of several words where one URL is enough: the first may be a mistyped mode.
std::string describe_surplus(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (first.find_first_of(":/.") != std::string::npos) return "one URL is enough";
  const std::string near = nearest_word(first, modes());
  return fmt::format("'{}' is no mode{} Modes are {}", first,
                     near.empty() ? "." : "; did you mean " + near + "?", fmt::join(modes(), ", "));
}

void check_scheme(const std::string& url) {
  const std::size_t end = url.find_first_of(":/?#");
  if (end == std::string::npos || url.compare(end, 3, "://") != 0) return;
  const std::string scheme = CLI::detail::to_lower(url.substr(0, end));
  constexpr std::array<std::string_view, 5> kSchemes{"ws", "wss", "http", "https", "ws+unix"};
  if (std::ranges::count(kSchemes, scheme) > 0) return;
  throw wskit::Error{
      fmt::format("'{}' is no scheme of a URL here: there are ws, wss, http, https, and "
                  "ws+unix:/SOCKET:/PATH",
                  scheme)};
}

void complete_urls(Options& options, Flags& flags) {
  options.urls = std::move(flags.words);
  const std::size_t count = options.urls.size();
  if (options.mode == Mode::merge) {
    if (count == 0) throw wskit::Error{"merge needs JSON reports"};
    return;
  }
  if (options.mode == Mode::compare && count < 2) {
    throw wskit::Error{"compare needs two URLs"};
  }
  if (count == 0) throw wskit::Error{"a URL is needed"};
  if (count > 1 && options.mode != Mode::compare)
    throw wskit::Error{describe_surplus(options.urls)};
  for (const std::string& url : options.urls) check_scheme(url);
  if (options.mode == Mode::search && options.search.slo.empty()) {
    throw wskit::Error{"search needs an --slo, such as 'rtt:p(99)<20ms'"};
  }
  options.client.url = options.urls.front();
}

void complete_messages(Options& options, Flags& flags) {
  PayloadOptions& payload = options.load.payload;
  payload.messages = std::move(flags.messages);
  for (const std::string& file : flags.message_files) payload.messages.push_back(read_file(file));
  if (flags.has_size && !payload.messages.empty()) {
    throw wskit::Error{"--size excludes --message and --message-file"};
  }
  if (payload.is_template && payload.messages.empty()) {
    throw wskit::Error{"--template needs a --message or --message-file"};
  }
  for (const std::string& message : payload.messages) {
    if (!payload.is_binary && !is_valid_utf8(message)) {
      throw wskit::Error{"a message is not UTF-8; --binary sends it as it is"};
    }
    if (payload.is_template && MessageTemplate{message}.has_payload()) {
      throw wskit::Error{"{{payload}} is for --publish"};
    }
  }
  if (!is_valid_utf8(options.load.first_message)) {
    throw wskit::Error{"the first message is not UTF-8"};
  }
}

/// The rate follows the connections, stage by stage.
void spread_rate(Options& options, double rate_per_connection) {
  LoadOptions& load = options.load;
  options.rate_per_connection = rate_per_connection;
  load.rate = rate_per_connection * static_cast<double>(load.connections);
  if (std::ranges::any_of(load.stages, &Stage::is_rate)) {
    throw wskit::Error{"--rate-per-conn excludes a --stage of a rate"};
  }
  const std::vector<Stage> stages = load.stages;
  for (const Stage& stage : stages) {
    load.stages.push_back({stage.length, stage.target * rate_per_connection, true});
  }
}

void complete_load(Options& options, const Flags& flags) {
  LoadOptions& load = options.load;
  if (flags.rate_per_connection > 0) spread_rate(options, flags.rate_per_connection);
  const bool has_rate_stage = std::ranges::any_of(load.stages, &Stage::is_rate);
  if (has_rate_stage && load.rate == 0) {
    throw wskit::Error{"a --stage of a rate needs a --rate to begin with"};
  }
  if (load.rate > 0 && load.in_flight > 1) {
    throw wskit::Error{"--pipeline is for runs without a rate"};
  }
  if (!flags.has_duration && !load.stages.empty()) {
    load.duration = ConnectionRamp::length_of(load.stages);
  }
  const std::size_t most = ConnectionRamp{load}.most();
  if (most > std::numeric_limits<std::uint32_t>::max()) {
    throw wskit::Error{"--stage: too many connections"};
  }
  const std::size_t cpus = std::max(1U, std::thread::hardware_concurrency());
  load.threads = flags.threads.value_or(cpus);
  // A search may want more connections than it begins with.
  if (options.mode != Mode::search) load.threads = std::min(load.threads, most);
  if (load.duration.count() == 0) throw wskit::Error{"--duration must be above 0"};
  if (load.interval.count() == 0) throw wskit::Error{"--interval must be above 0"};
}

void complete_fanout(LoadOptions& load) {
  FanoutOptions& fanout = load.fanout;
  const bool is_http = fanout.url.starts_with("http://") || fanout.url.starts_with("https://");
  const bool is_redis = fanout.url.starts_with("redis");
  fanout.by = is_http ? PublishBy::http : is_redis ? PublishBy::redis : PublishBy::frame;
  if (load.scenario != Scenario::fanout) return;
  if (!load.payload.messages.empty() || load.payload.min_bytes < kStampBytes) {
    throw wskit::Error{fmt::format(
        "fanout knows its messages by what is in them: --size {} at least, and no --message",
        kStampBytes)};
  }
  if (fanout.publishers > 65'536) throw wskit::Error{"--publishers: 65,536 at most"};
  if (load.in_flight > RecentSequences<int>::kCapacity) {
    throw wskit::Error{
        fmt::format("--pipeline: fanout takes {} at most", RecentSequences<int>::kCapacity)};
  }
  if (!fanout.subscribe.empty()) MessageTemplate{fanout.subscribe};
}

std::vector<double> parse_percentiles(const std::string& list) {
  std::vector<double> percentiles;
  for (const std::string& text : split_at_commas(list)) {
    double percent = 0;
    if (!CLI::detail::lexical_cast(text, percent) || percent < 0 || percent > 100) {
      throw wskit::Error{fmt::format("--percentiles: '{}' is no percentage", text)};
    }
    percentiles.push_back(percent);
  }
  return percentiles;
}

void complete_outputs(Options& options, Flags& flags) {
  constexpr std::array<std::string_view, 7> kFormats{"json", "csv",  "junit",     "html",
                                                     "md",   "hgrm", "prometheus"};
  if (!flags.hdr_file.empty()) flags.outputs.push_back("hgrm=" + flags.hdr_file);
  if (flags.is_json) flags.outputs.emplace_back("json=-");
  for (const std::string& text : flags.outputs) {
    const std::size_t sign = std::min(text.find('='), text.size());
    Output output{text.substr(0, sign), sign < text.size() ? text.substr(sign + 1) : ""};
    if (std::ranges::count(kFormats, output.format) == 0 || output.target.empty()) {
      throw wskit::Error{
          fmt::format("--out takes json, csv, junit, html, md or hgrm with =FILE, or "
                      "prometheus=ADDR:PORT, not '{}'",
                      text)};
    }
    options.outputs.push_back(std::move(output));
  }
  if (std::ranges::count(options.outputs, "-", &Output::target) > 1) {
    throw wskit::Error{"only one report can go to standard output"};
  }
  if (!flags.percentiles.empty()) options.percentiles = parse_percentiles(flags.percentiles);
  options.has_live_screen = !flags.has_no_live_screen && isatty(STDERR_FILENO) != 0;
}

void complete(Options& options, Flags& flags) {
  choose_mode(options, flags);
  options.search.is_for_rate = flags.search != "conns";
  complete_urls(options, flags);
  complete_connection(options.client, flags.server, "WSBENCH");
  complete_messages(options, flags);
  complete_load(options, flags);
  complete_fanout(options.load);
  complete_outputs(options, flags);
  for (const std::string& text : flags.pids) {
    const auto pid = parse_count(text);
    if (!pid || *pid == 0 || *pid > 4'194'304) {
      throw wskit::Error{fmt::format("--pid: '{}' is no process id", text)};
    }
    options.pids.push_back(static_cast<int>(*pid));
  }
}

GivenOptions given_options(const CLI::App& app) {
  GivenOptions given;
  for (const CLI::Option* option : app.get_options()) {
    const bool is_given = option->count() > 0 && !option->get_lnames().empty();
    if (is_given) given.insert("--" + main_name(*option));
  }
  return given;
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  CLI::App app{kDescription, "wsbench"};
  Options options;
  Flags flags;
  options.load.ping_interval = std::chrono::seconds{25};
  add_flags(app, options, flags);
  CommandLine command_line{app, "wsbench [MODE] [OPTIONS] URL", kFooter};
  command_line.set_hints(foreign_options());
  command_line.set_modes({modes(), "merge"});
  const auto code = command_line.read(argc, argv, [&] {
    complete(options, flags);
    check_option_scopes(given_options(app), options);
  });
  if (code) return {std::nullopt, *code};
  return {std::move(options), kExitOk};
}
