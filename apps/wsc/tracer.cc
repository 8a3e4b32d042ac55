#include "tracer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "hex_dump.h"
#include "redact.h"

namespace {

/// Of one read or write.
constexpr std::size_t kMaxShownBytes = 4096;

std::string_view opcode_name(std::uint8_t opcode) {
  constexpr std::array<std::string_view, 16> kNames{
      "continuation", "text",        "binary",      "reserved 3", "reserved 4", "reserved 5",
      "reserved 6",   "reserved 7",  "close",       "ping",       "pong",       "reserved 11",
      "reserved 12",  "reserved 13", "reserved 14", "reserved 15"};
  return kNames[opcode & 15U];
}

/// Lines that end as a terminal's do, without credentials.
std::string redact_head(std::string_view head) {
  std::string lines;
  for (bool is_first = true; !head.empty(); is_first = false) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string line{head.substr(0, end)};
    if (!is_first) lines += '\n';
    lines += is_first ? redact_url(line) : redact_header(line);
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return lines;
}

}  // namespace

std::chrono::microseconds Tracer::passed() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               began_);
}

void Tracer::on_step(wskit::ConnectStep step, const std::string& detail) {
  status_.begin_connecting();
  std::string_view text;
  switch (step) {
    case wskit::ConnectStep::name_found:
      summary_.name_found = passed();
      text = "addresses: ";
      break;
    case wskit::ConnectStep::connected:
      summary_.connected = passed();
      summary_.remote = detail;
      ++summary_.connect_count;
      text = "connected to ";
      break;
    case wskit::ConnectStep::proxied:
      text = "the proxy connects to ";
      break;
    case wskit::ConnectStep::encrypted:
      summary_.encrypted = passed();
      text = "TLS: ";
      break;
    case wskit::ConnectStep::redirected:
      ++summary_.redirect_count;
      text = "redirected to ";
      break;
  }
  if (verbosity_ > 0) screen_.note('*', std::string(text) + redact_url(detail));
}

void Tracer::on_request(std::string_view head) {
  if (verbosity_ > 0) screen_.note('>', redact_head(head));
}

void Tracer::on_response(std::string_view head) {
  summary_.upgraded = passed();
  response_head_ = redact_head(head);
  if (includes_headers_) screen_.print_foreign(head);
  if (verbosity_ > 0) screen_.note('<', response_head_);
}

void Tracer::on_frame(const wskit::FrameTrace& frame) {
  status_.add_frame(frame);
  if (verbosity_ < 2) return;
  std::string text = fmt::format("{}, {} bytes{}", opcode_name(frame.opcode), frame.payload_bytes,
                                 frame.is_final ? ", fin" : "");
  if (frame.is_masked) text += fmt::format(", mask {:08x}", frame.mask);
  if (frame.reserved_bits != 0) text += fmt::format(", rsv {:03b}", frame.reserved_bits);
  screen_.note(frame.is_outgoing ? '>' : '<', text);
}

void Tracer::on_bytes(bool is_outgoing, std::string_view bytes) {
  if (verbosity_ < 3) return;
  screen_.note(is_outgoing ? '>' : '<', hex_dump(bytes, kMaxShownBytes));
}
