// Recorded files that wsc is told to play, and what it shows and sends of any text.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "json_indent.h"
#include "lab_frame.h"
#include "transcript.h"

namespace {

void check_line(std::string_view line) {
  const auto entry = parse_transcript_line(line);
  if (!entry) return;
  const TranscriptEntry view{.time = entry->time,
                             .direction = entry->direction,
                             .kind = entry->kind,
                             .payload = entry->payload,
                             .close_code = entry->close_code};
  const auto again = parse_transcript_line(transcript_line(view));
  WSKIT_CHECK(again && again->payload == entry->payload && again->time == entry->time);
  WSKIT_CHECK(again->kind == entry->kind && again->close_code == entry->close_code);
}

void check_indent(std::string_view text) {
  const auto indented = indent_json(text);
  if (!indented) return;
  WSKIT_CHECK(nlohmann::json::parse(*indented) == nlohmann::json::parse(text));
  WSKIT_CHECK(indent_json(*indented) == indented);
}

void check_frame(std::string_view text) {
  try {
    const LabFrame frame = parse_lab_frame(text, 0x01020304);
    WSKIT_CHECK(frame.encode().size() >= 2 + frame.payload.size());
  } catch (const wskit::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check_line(bytes.substr(0, bytes.find('\n')));
  check_indent(bytes);
  check_frame(bytes);
  return 0;
}
