#include "screen.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "common/printable.h"
#include "hex_dump.h"
#include "json_indent.h"

namespace {

/// Goes to the writer at once then, and otherwise at the end of the loop's turn.
constexpr std::size_t kMaxOutputBytes = 64 * 1024;

/// Of a binary message on a terminal.
constexpr std::size_t kMaxDumpBytes = 4096;

constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kReset = "\033[0m";

std::string_view color(Direction direction) {
  return direction == Direction::in ? "\033[36m" : "\033[32m";
}

std::string local_time(std::chrono::system_clock::time_point time) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = ms.count() / 1000;
  return fmt::format("{:%T}.{:03}", fmt::localtime(seconds), ms.count() % 1000);
}

}  // namespace

std::optional<Format> parse_format(std::string_view word) {
  if (word == "pretty") return Format::pretty;
  if (word == "raw") return Format::raw;
  if (word == "json") return Format::json;
  if (word == "hex") return Format::hex;
  return std::nullopt;
}

std::optional<Timestamps> parse_timestamps(std::string_view word) {
  if (word == "none") return Timestamps::none;
  if (word == "abs") return Timestamps::absolute;
  if (word == "delta") return Timestamps::delta;
  if (word == "iso") return Timestamps::iso;
  return std::nullopt;
}

void Screen::filter(const std::string& pattern) {
  filter_ = pattern.empty() ? std::nullopt : std::optional<Pattern>{Pattern{pattern, "filter"}};
}

void Screen::show(const TranscriptEntry& entry) {
  const bool is_hidden = filter_ && is_message(entry.kind) && entry.direction == Direction::in &&
                         !filter_->matches(entry.payload);
  if (is_hidden) return;
  if (options_.format == Format::json) return print(transcript_line(entry) + "\n");
  if (!is_message(entry.kind)) return;
  if (options_.format != Format::raw) return print(describe(entry));
  if (entry.direction == Direction::out) return;
  const bool is_text = entry.kind == TranscriptEntry::Kind::text;
  if (editor_ != nullptr) {
    return print(time_mark(entry.time) + std::string(entry.payload) + options_.separator);
  }
  if (options_.timestamps != Timestamps::none) output_ += time_mark(entry.time);
  output_ += entry.payload;
  if (is_text) output_ += options_.separator;
  if (output_.size() > kMaxOutputBytes) flush();
}

std::string Screen::describe(const TranscriptEntry& entry) {
  const char mark = entry.direction == Direction::in ? '<' : '>';
  const std::string start =
      time_mark(entry.time) + (options_.has_color
                                   ? fmt::format("{}{}{} ", color(entry.direction), mark, kReset)
                                   : fmt::format("{} ", mark));
  const bool is_text = entry.kind == TranscriptEntry::Kind::text;
  if (options_.format == Format::hex || !is_text) {
    return fmt::format("{}{} {} bytes\n{}", start, is_text ? "text" : "binary",
                       entry.payload.size(), hex_dump(entry.payload, kMaxDumpBytes));
  }
  const auto indented = indent_json(entry.payload);
  return start + printable(indented ? *indented : entry.payload) + "\n";
}

std::string Screen::time_mark(std::chrono::system_clock::time_point time) {
  std::string mark;
  switch (options_.timestamps) {
    case Timestamps::none:
      return {};
    case Timestamps::absolute:
      mark = local_time(time);
      break;
    case Timestamps::iso:
      mark = iso_time(time);
      break;
    case Timestamps::delta: {
      const std::chrono::duration<double> passed = time - last_time_.value_or(time);
      mark = fmt::format("{:+10.6f}", passed.count());
      break;
    }
  }
  last_time_ = time;
  return options_.has_color ? fmt::format("{}{}{} ", kDim, mark, kReset) : mark + " ";
}

void Screen::print(const std::string& text) {
  if (editor_ != nullptr) return editor_->print(text);
  output_ += text;
  if (output_.size() > kMaxOutputBytes) flush();
}

void Screen::print_foreign(std::string_view text) {
  if (isatty(STDOUT_FILENO) == 0) return print(std::string(text));
  std::string lines{text};
  std::erase(lines, '\r');
  print(printable(lines));
}

void Screen::status(std::string_view text) {
  if (!options_.is_quiet) note('*', text);
}

void Screen::note(char mark, std::string_view text) {
  std::string lines;
  const std::string shown = printable(text);
  for (std::string_view rest = shown; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines += fmt::format("{}{} {}{}\n", options_.has_color ? kDim : "", mark, rest.substr(0, end),
                         options_.has_color ? kReset : "");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (lines.empty()) lines = std::string{mark} + "\n";
  print_status(lines);
}

void Screen::print_status(const std::string& lines) {
  if (editor_ != nullptr && isatty(STDERR_FILENO) != 0) return editor_->print(lines);
  flush();
  writer_.write(STDERR_FILENO, lines);
}

void Screen::problem(std::string_view text) {
  print_status(fmt::format("wsc: {}\n", text));
}

void Screen::flush() {
  if (output_.empty()) return;
  writer_.write(STDOUT_FILENO, output_);
  output_.clear();
  if (output_.capacity() > 4 * kMaxOutputBytes) output_.shrink_to_fit();
}
