#include "core/frame_scanner.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace wskit;
using namespace std::string_literals;

namespace {

std::vector<FrameTrace> scan(const std::string& bytes, std::size_t piece) {
  FrameScanner scanner;
  std::vector<FrameTrace> frames;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    scanner.feed(std::string_view{bytes}.substr(at, piece),
                 [&](const FrameTrace& frame) { frames.push_back(frame); });
  }
  return frames;
}

}  // namespace

TEST_CASE("FrameScanner: finds every header, however the bytes come") {
  const std::string bytes = "\x81\x82\x01\x02\x03\x04xy"s + "\x02\x7e\x01\x00"s +
                            std::string(256, 'a') + "\xf9\x00"s +
                            "\x80\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s;

  for (const std::size_t piece : {1u, 3u, 1000u}) {
    const auto frames = scan(bytes, piece);

    REQUIRE(frames.size() == 4);
    CHECK((frames[0].opcode == 1 && frames[0].is_final && frames[0].mask == 0x01020304));
    CHECK((frames[1].opcode == 2 && !frames[1].is_final && frames[1].payload_bytes == 256));
    CHECK((frames[2].opcode == 9 && frames[2].reserved_bits == 7 && !frames[2].is_masked));
    CHECK((frames[3].opcode == 0 && frames[3].payload_bytes == 65536));
  }
}
