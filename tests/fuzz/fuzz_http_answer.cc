// An answer to a post, as a server may spoil it: it means the same in whatever pieces it comes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/http_answer_reader.h"

namespace {

constexpr std::size_t kMaxBodyBytes = 64;

std::string read_in_pieces(std::string_view bytes, std::size_t piece_size) {
  using Progress = wskit::HttpAnswerReader::Progress;
  wskit::HttpAnswerReader reader{kMaxBodyBytes};
  auto progress = Progress::needs_more;
  while (!bytes.empty() && progress == Progress::needs_more) {
    progress = reader.feed(bytes.substr(0, piece_size));
    bytes.remove_prefix(std::min(piece_size, bytes.size()));
  }
  if (progress == Progress::needs_more) progress = reader.end();
  WSKIT_CHECK(progress != Progress::needs_more);
  if (progress == Progress::failed) {
    WSKIT_CHECK(!reader.problem().empty());
    return "failed";
  }
  WSKIT_CHECK(reader.status() >= 200 && reader.status() <= 999);
  WSKIT_CHECK(reader.body().size() <= kMaxBodyBytes);
  return std::to_string(reader.status()) + ' ' + reader.body();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::size_t piece_size = std::size_t{data[0]} % 16 + 1;
  WSKIT_CHECK(read_in_pieces(bytes, bytes.size() + 1) == read_in_pieces(bytes, piece_size));
  return 0;
}
