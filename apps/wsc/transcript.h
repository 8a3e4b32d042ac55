#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/message.h>

enum class Direction : std::uint8_t { in, out };

/// One thing that went over the connection.
struct TranscriptEntry {
  enum class Kind : std::uint8_t { text, binary, ping, pong, close };

  std::chrono::system_clock::time_point time;
  Direction direction = Direction::in;
  Kind kind = Kind::text;
  std::string_view payload;  ///< of a close: its reason
  std::uint16_t close_code = 0;
};

/// The same, as read from a line.
struct RecordedEntry {
  std::chrono::system_clock::time_point time;
  Direction direction = Direction::in;
  TranscriptEntry::Kind kind = TranscriptEntry::Kind::text;
  std::string payload;
  std::uint16_t close_code = 0;
};

/// As a line of JSON without its end: `time` with microseconds, `direction`, `opcode`, then `data`
/// (text), `base64` (what is not text), or `code` and `reason`.
std::string transcript_line(const TranscriptEntry& entry);

/// "2026-11-23T09:05:00.123456Z"
std::string iso_time(std::chrono::system_clock::time_point time);

/// Whether it is a text or a binary message.
bool is_message(TranscriptEntry::Kind kind);

/// Of a message.
TranscriptEntry::Kind kind_of(wskit::Opcode opcode);

/// Empty if the line is none of these; members that are not known are ignored.
std::optional<RecordedEntry> parse_transcript_line(std::string_view line);
