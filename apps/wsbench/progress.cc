#include "progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "figures.h"
#include "scenario_name.h"

namespace {

constexpr std::size_t kBarWidth = 30;

std::size_t terminal_width() {
  winsize size{};
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

std::string bar(double share) {
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * kBarWidth);
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string latency_line(const std::string& name, const LatencyFigures& latency) {
  if (latency.count == 0) return fmt::format("  {:<9} –\n", name);
  return fmt::format("  {:<9} p50 {}  p90 {}  p99 {}  p99.9 {}  max {}\n", name,
                     figure_of_time(latency.p50), figure_of_time(latency.p90),
                     figure_of_time(latency.p99), figure_of_time(latency.p99_9),
                     figure_of_time(latency.max));
}

/// The same for a line among others.
std::string latency_words(const std::string& name, const LatencyFigures& latency) {
  if (latency.count == 0) return {};
  return fmt::format(", {} p50 {} p99 {} max {}", name, figure_of_time(latency.p50),
                     figure_of_time(latency.p99), figure_of_time(latency.max));
}

std::string error_line(const Counts& total) {
  std::string text;
  const auto add = [&text](const char* name, std::uint64_t count) {
    if (count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                          figure_of_count(static_cast<double>(count)), name);
  };
  add("failed to connect", total.failed);
  add("connections lost", total.ended);
  add("unsent", total.unsent);
  add("duplicated", total.duplicated);
  add("reordered", total.reordered);
  add("mismatched", total.mismatched);
  return text.empty() ? "none" : text;
}

std::string process_line(const IntervalPoint& point) {
  std::string text =
      fmt::format("  generator {:.2f} cores, late by {} at most", point.generator_cpu,
                  figure_of_time(point.interval.longest_lag_ns));
  if (point.target_rss_bytes) {
    text += fmt::format("   target {:.2f} cores, {}", *point.target_cpu,
                        figure_of_bytes(static_cast<double>(*point.target_rss_bytes)));
  }
  return text;
}

}  // namespace

Progress::Progress(const Plan& plan, bool is_live) : plan_{plan}, is_live_{is_live} {}

Progress::~Progress() {
  if (drawn_lines_ > 0) std::fputs("\n", stderr);
}

void Progress::on_opening(std::size_t open_count, const Counts& counts) {
  const std::size_t wanted = plan_.options.connections;
  const std::string line =
      fmt::format("opening: {} of {} connections, {} failed", open_count, wanted, counts.failed);
  const double share = static_cast<double>(open_count) / static_cast<double>(wanted);
  show(line, fmt::format("{}\n  {}", line, bar(share)));
}

void Progress::on_interval(const IntervalPoint& point, const RunResult& so_far) {
  const Interval& interval = point.interval;
  const LoadOptions& options = plan_.options;
  const double warmup_s = std::chrono::duration<double>(options.warmup).count();
  const double length_s = warmup_s + std::chrono::duration<double>(options.duration).count();
  const std::string name = latency_name(options.scenario);
  const double sent = static_cast<double>(interval.counts.sent) / point.length_s;
  const double received = static_cast<double>(interval.counts.received) / point.length_s;
  const Counts& total = so_far.tally.total;
  const bool has_latency = so_far.tally.latency.count() + point.latency.count > 0;
  const bool is_warmup = point.at_s <= warmup_s;

  const std::string line =
      fmt::format("{:6.1f}s{} {} connections, {}/s sent, {}/s received{}{}", point.at_s,
                  is_warmup ? " (warm-up)" : "", interval.open_count, figure_of_count(sent),
                  figure_of_count(received), latency_words(name, point.latency),
                  error_line(total) == "none" ? "" : ", errors: " + error_line(total));
  const std::string head =
      options.messages > 0
          ? fmt::format("{} {:.0f} s, {} of {} messages", scenario_name(options.scenario),
                        point.at_s, total.sent, options.messages)
          : fmt::format("{} {:.0f} of {:.0f} s {} {}", scenario_name(options.scenario), point.at_s,
                        length_s, bar(point.at_s / length_s), is_warmup ? "warm-up" : "");
  show(line,
       fmt::format("{}\n  {} connections   {}/s sent   {}/s received\n{}{}\n  errors    {}", head,
                   interval.open_count, figure_of_count(sent), figure_of_count(received),
                   has_latency ? latency_line(name, point.latency) : "", process_line(point),
                   error_line(total)));
}

void Progress::show(const std::string& line, const std::string& block) {
  if (!is_live_) {
    std::fputs((line + "\n").c_str(), stderr);
    return;
  }
  // Back to the block's first column, and over it.
  std::string out = drawn_lines_ > 1 ? fmt::format("\r\x1b[{}A", drawn_lines_ - 1) : "\r";
  const std::size_t width = terminal_width();
  drawn_lines_ = 0;
  for (std::size_t begin = 0; begin <= block.size();) {
    const std::size_t end = std::min(block.find('\n', begin), block.size());
    if (drawn_lines_ > 0) out += "\n";
    out += first_columns(std::string_view{block}.substr(begin, end - begin), width - 1) + "\x1b[K";
    ++drawn_lines_;
    begin = end + 1;
  }
  out += "\x1b[J";
  std::fputs(out.c_str(), stderr);
  std::fflush(stderr);
}
