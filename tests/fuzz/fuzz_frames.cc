// Frames of a peer: whatever pieces the bytes come in, the events are the same.
//
// Input: one byte for the role, one for the number of cuts, the cuts, then what the peer sent.

#include <cstdint>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/utf8.h"
#include "support/recorded_events.h"

namespace {

constexpr std::size_t kLimit = 1000;

void check_sound(const std::vector<std::string>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string& event = events[i];
    const bool is_end = event.starts_with("close ") || event.starts_with("violation ");
    WSKIT_CHECK(!is_end || i + 1 == events.size());
    WSKIT_CHECK(!event.starts_with("text ") || wskit::is_utf8(event));
    WSKIT_CHECK(!event.starts_with("close ") || wskit::is_utf8(event));
    WSKIT_CHECK(event.size() <= kLimit + 10);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto sender = data[0] % 2 == 0 ? wskit::Role::client : wskit::Role::server;
  const std::size_t cut_count = data[1] % 16;
  if (size < 2 + cut_count) return 0;
  const std::vector<std::size_t> pieces(data + 2, data + 2 + cut_count);
  const std::string bytes(data + 2 + cut_count, data + size);

  const auto whole = events_of(bytes, sender, kLimit);
  check_sound(whole);
  WSKIT_CHECK(events_of(bytes, sender, kLimit, pieces) == whole);
  WSKIT_CHECK(events_of(bytes, sender, kLimit, std::vector<std::size_t>(bytes.size(), 1)) == whole);
  return 0;
}
