#include "option_flags.h"

#include <limits>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/option_group.h"
#include "quantities.h"

namespace {

/// "1k" for numbers that people write with a suffix.
template <typename Target>
void add_quantity(OptionGroup& group, const std::string& names, Target& target,
                  const std::string& help) {
  group.parsed(names, "N", help, [&target](const std::string& text) {
    const auto number = parse_quantity(text);
    if (!number || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
      throw CLI::ValidationError{"'" + text + "' is no number above 0, such as 250 or 10k"};
    }
    target = static_cast<std::size_t>(*number);
  });
}

void add_rate(OptionGroup& group, const std::string& names, double& target,
              const std::string& help) {
  group.parsed(names, "N", help, [&target](const std::string& text) {
    const auto number = parse_rate(text);
    if (!number || *number <= 0) {
      throw CLI::ValidationError{"'" + text + "' is no rate, such as 250, 10k or 0.5"};
    }
    target = *number;
  });
}

Stage stage_value(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string target = colon == std::string::npos ? "" : text.substr(colon + 1);
  const auto number = parse_rate(target);
  if (!number)
    throw CLI::ValidationError{"'" + text + "' is no stage, such as 30s:10k or 1m:500/s"};
  return {duration_value(text.substr(0, colon)), *number, target.ends_with("/s")};
}

void add_load_flags(CLI::App& app, Options& options, Flags& flags) {
  LoadOptions& load = options.load;
  OptionGroup group{app, "Load"};
  add_quantity(group, "-c,--connections", load.connections, "So many connections (10)");
  add_quantity(group, "-t,--threads", flags.threads, "Shared by so many threads (the CPUs)");
  group.flag("--busy-poll", load.is_busy_polling,
             "Threads never sleep, so that the server need not wake them");
  group.parsed("-d,--duration", "S", "Measure for so long (10, or as long as the stages last)",
               [&load, &flags](const std::string& text) {
                 load.duration = duration_value(text);
                 flags.has_duration = true;
               });
  group.parsed("-n,--messages", "N", "End after so many messages instead",
               [&load](const std::string& text) {
                 const auto number = parse_quantity(text);
                 if (!number || *number == 0) {
                   throw CLI::ValidationError{"'" + text + "' is no number of messages"};
                 }
                 load.messages = *number;
               });
  add_rate(group, "-R,--rate,--throughput", load.rate,
           "Send so many messages a second in all, whatever comes back (open loop)");
  add_rate(group, "--rate-per-conn", flags.rate_per_connection,
           "Send so many messages a second on each connection");
  add_quantity(group, "-p,--pipeline", load.in_flight,
               "Without a rate: messages under way on each connection (1)");
  add_rate(group, "--connect-rate,--ramp-rate", load.connect_rate,
           "Open so many connections a second (as fast as it goes)");
  add_quantity(group, "--connect-concurrency", load.connect_concurrency,
               "Open so many connections at a time (100)");
  group.each("--stage,--stages", "S:N",
             "Go to N connections, or N/s messages a second, in this time",
             [&load](const std::string& text) { load.stages.push_back(stage_value(text)); });
  group.duration("--warmup,--warm-up-time", load.warmup,
                 "Do the same before, unmeasured, for so long");
  group.duration("--drain", load.drain, "Wait so long for what is still to come at the end (2)");
  add_quantity(group, "--repeat", options.repeat_count, "Measure so many times (1)");
}

void add_message_flags(CLI::App& app, Options& options, Flags& flags) {
  LoadOptions& load = options.load;
  OptionGroup group{app, "Messages"};
  group.parsed("-s,--size", "N[-M]", "Messages of so many bytes (64)",
               [&load, &flags](const std::string& text) {
                 const auto sizes = parse_size_range(text);
                 if (!sizes)
                   throw CLI::ValidationError{"'" + text + "' is no size, such as 1KiB or 16-4K"};
                 std::tie(load.payload.min_bytes, load.payload.max_bytes) = *sizes;
                 flags.has_size = true;
               });
  group.list("-m,--message", flags.messages, "TEXT", "Send this; several take turns");
  group.list("-f,--message-file", flags.message_files, "FILE", "Send what is in this file");
  group.flag("--template", load.payload.is_template,
             "Replace {{seq}} {{conn}} {{now}} {{rand N}} {{uuid}} in them");
  group.value("--first-message", load.first_message, "TEXT", "Send this first on each connection");
  group.flag("-b,--binary", load.payload.is_binary, "Send binary messages");
  group.flag("--verify", load.is_verified, "echo: each reply must be what was sent");
}

void add_scenario_flags(CLI::App& app, Options& options, Flags& flags) {
  LoadOptions& load = options.load;
  FanoutOptions& fanout = load.fanout;
  OptionGroup group{app, "Scenarios"};
  add_quantity(group, "--subscribers", load.connections, "fanout: the same as --connections");
  add_quantity(group, "--publishers", fanout.publishers, "fanout: so many publish (1)");
  group.value("--subscribe", fanout.subscribe, "TEXT", "fanout: each subscriber sends this first");
  group.value("--subscribe-ack", fanout.subscribe_ack, "TEXT",
              "fanout: what the answer to it contains");
  group.value("--publish", fanout.publish, "TEXT",
              "fanout: publish this, with {{payload}}; for Redis a command");
  group.value("--publish-url", fanout.url, "URL",
              "fanout: publish there: ws, http or redis, or a path (the subscribers' URL)");
  group.list("--publish-header", fanout.headers, "'K: V'", "fanout: send this header there");
  group.duration("--ping-interval", load.ping_interval,
                 "idle: each connection sends a Ping in this interval; 0: none (25)");
  group.duration("--ping-timeout", load.ping_timeout,
                 "idle: without its Pong for so long it is dead; 0: never (0)");
  group.duration("--lifetime", load.lifetime, "churn: each connection lasts so long (0)");
  group.parsed("--drop", "SHARE", "storm: drop so much of the connections at once (30%)",
               [&load](const std::string& text) {
                 const auto share = parse_share(text);
                 if (!share || *share <= 0)
                   throw CLI::ValidationError{"'" + text + "' is no share, such as 30%"};
                 load.drop_share = *share;
               });
  group.duration("--at", load.drop_at, "storm: so long after the start (0)");
  group.choice("--search", flags.search, "rate|conns", "search: for the highest one (rate)");
  group.list("--slo", options.search.slo, "EXPR", "search: what must hold, as a threshold");
}

void add_check_flags(CLI::App& app, Options& options, Flags& flags) {
  CheckOptions& checks = options.checks;
  OptionGroup target{app, "Target"};
  target.list("--pid", flags.pids, "N", "Measure this process and its children, too");
  target.value("--unit", options.unit, "NAME", "Measure this unit of systemd, too");
  OptionGroup group{app, "Checks"};
  group.list("--threshold", checks.thresholds, "EXPR", "As 'rtt:p(99)<20ms'; else exit 99");
  group.flag("--abort-on-fail", checks.aborts_on_fail, "End when a threshold is crossed for good");
  group.value("--baseline", checks.baseline_file, "FILE", "Compare with this JSON report");
  group.value("--max-regression", checks.max_regression, "LIST",
              "As 'rtt.p99=10%,rate=5%': else exit 98");
  group.flag("--accept-invalid", checks.accepts_invalid,
             "Do not exit 97 when the generator was the limit");
}

void add_output_flags(CLI::App& app, Options& options, Flags& flags) {
  OptionGroup group{app, "Output"};
  group.list("-o,--out", flags.outputs, "FORMAT=FILE",
             "json, csv, junit, html, md or hgrm to FILE or -; prometheus=ADDR:PORT");
  group.flag("-j,--json", flags.is_json, "Print the report as JSON");
  group.value("--hdr", flags.hdr_file, "FILE", "The same as -o hgrm=FILE");
  group.flag("--latency", options.shows_spectrum, "Print the whole spectrum of latencies");
  group.value("--percentiles", flags.percentiles, "LIST",
              "Print these (50,90,99,99.9,99.99,99.999)");
  group.flag("--no-latency-correction", options.shows_uncorrected_only,
             "Print latencies since messages were sent, not since they were due");
  group.duration("--interval", options.load.interval, "How often to show and record figures (1)");
  group.flag("--no-tui", flags.has_no_live_screen,
             "Print a line in each interval, on terminals, too");
  group.flag("-q,--quiet", options.is_quiet, "Print the report only");
}

}  // namespace

void add_flags(CLI::App& app, Options& options, Flags& flags) {
  app.add_option("MODE", flags.words, "What to do, and the URL")->type_name("")->group("");
  add_load_flags(app, options, flags);
  add_message_flags(app, options, flags);
  add_scenario_flags(app, options, flags);
  add_handshake_flags(app, options.client, flags.server, "WSBENCH", OptionLetters::few);
  add_tls_flags(app, options.client, flags.server, "WSBENCH");
  add_route_flags(app, options.client, flags.server, OptionLetters::few);
  OptionGroup{app, "Route"}.list("-l,--local-addr,--local-ips,--source-ip", options.local_addresses,
                                 "ADDRS", "Connect from these: A,B, A-B, A/24 or auto");
  add_check_flags(app, options, flags);
  add_output_flags(app, options, flags);
}
