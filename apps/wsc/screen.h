#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "line_editor.h"
#include "output_writer.h"
#include "pattern.h"
#include "transcript.h"

enum class Format : std::uint8_t {
  pretty,  ///< for eyes: escaped, JSON indented, a dump of what is binary
  raw,     ///< the payloads received, as they came
  json,    ///< a transcript_line() for everything that was sent or received
  hex,     ///< a dump of each payload
};

enum class Timestamps : std::uint8_t { none, absolute, delta, iso };

/// Empty for a word that is none.
std::optional<Format> parse_format(std::string_view word);
std::optional<Timestamps> parse_timestamps(std::string_view word);

struct ScreenOptions {
  Format format = Format::raw;
  Timestamps timestamps = Timestamps::none;
  char separator = '\n';  ///< after a text message in raw
  bool is_quiet = false;
  bool has_color = false;  ///< of status lines and marks
};

/// Where messages and status lines go: to standard output and standard error, or, with line
/// editing, to the terminal above the line that is being typed.
class Screen {
 public:
  /// `writer` outlives it.
  Screen(ScreenOptions options, OutputWriter& writer) : options_{options}, writer_{writer} {}

  /// From here on the terminal is this editor's.
  void use(LineEditor* editor) { editor_ = editor; }

  void show(const TranscriptEntry& entry);

  /// Whether show() looks at the time.
  bool needs_time() const {
    return options_.format == Format::json || options_.timestamps != Timestamps::none;
  }

  /// From now on shows only messages that match this pattern of RE2, or all if it is empty. Throws
  /// wskit::Error if it is malformed.
  void filter(const std::string& pattern);

  /// "* text" on standard error unless quiet. Control characters are escaped.
  void status(std::string_view text);

  /// Lines for those who asked for more, on standard error, with `mark` before each.
  void note(char mark, std::string_view text);

  /// Text of our own for standard output, as it is.
  void print(const std::string& text);

  /// Text of the server's for standard output; escaped if that is a terminal.
  void print_foreign(std::string_view text);

  /// Lines for standard error that are wanted even by those who want quiet.
  void problem(std::string_view text);

  /// Hands what was shown to the writer.
  void flush();

  ScreenOptions& options() { return options_; }

 private:
  void print_status(const std::string& lines);
  std::string time_mark(std::chrono::system_clock::time_point time);
  std::string describe(const TranscriptEntry& entry);

  ScreenOptions options_;
  OutputWriter& writer_;
  std::string output_;            ///< for standard output, not yet with the writer
  LineEditor* editor_ = nullptr;  ///< null: no line editing
  std::optional<std::chrono::system_clock::time_point> last_time_;
  std::optional<Pattern> filter_;  ///< empty: all are shown
};
