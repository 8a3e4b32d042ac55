#include "hdr_encoding.h"

#include <zlib.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>

#include <wskit/base64.h>
#include <wskit/error.h>

namespace {

// The high half of the last byte tells the word size, which V2 does not use.
constexpr std::uint32_t kCookie = 0x1c849303;
constexpr std::uint32_t kCompressedCookie = 0x1c849304;
constexpr std::uint32_t kWordSize = 0x10;
constexpr std::uint32_t kWordSizeMask = 0xf0;

constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kMaxWordBytes = 9;
constexpr std::size_t kMaxPlainBytes = kHeaderBytes + Histogram::kCountsLength * kMaxWordBytes;
/// Deflate adds less than 1/1000 and a few bytes to what it cannot compress, base64 a third.
constexpr std::size_t kMaxTextBytes = kMaxPlainBytes / 2 * 3;
/// Doubles hold such counts exactly, and adding many of them does not overflow.
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 53U;

template <typename Integer>
void append_big_endian(std::string& bytes, Integer number) {
  for (std::size_t shift = 8 * sizeof(Integer); shift > 0; shift -= 8) {
    bytes.push_back(static_cast<char>(number >> (shift - 8) & 0xffU));
  }
}

/// LEB128-64b9B: seven bits a byte, the lowest first, but all eight in the ninth byte.
void append_word(std::string& bytes, std::int64_t number) {
  const auto sign = static_cast<std::uint64_t>(number >> 63);
  std::uint64_t zigzag = static_cast<std::uint64_t>(number) << 1U ^ sign;
  for (std::size_t i = 1; i < kMaxWordBytes && zigzag > 0x7f; ++i) {
    bytes.push_back(static_cast<char>((zigzag & 0x7f) | 0x80));
    zigzag >>= 7U;
  }
  bytes.push_back(static_cast<char>(zigzag));
}

/// A run of zeros is its negative length, but a single one a count of zero.
void append_zeros(std::string& bytes, std::size_t length) {
  if (length > 0) append_word(bytes, length == 1 ? 0 : -static_cast<std::int64_t>(length));
}

std::string encode_counts(const Histogram& histogram) {
  std::string bytes;
  std::size_t next = 0;
  for (const Histogram::Bucket bucket : histogram) {
    append_zeros(bytes, bucket.index - next);
    append_word(bytes, static_cast<std::int64_t>(bucket.count));
    next = bucket.index + 1;
  }
  if (bytes.empty()) append_zeros(bytes, 1);
  return bytes;
}

std::string deflate_all(const std::string& bytes) {
  auto size = compressBound(static_cast<uLong>(bytes.size()));
  std::string deflated(size, '\0');
  const int error =
      compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
               reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
  if (error != Z_OK) throw std::bad_alloc{};
  deflated.resize(size);
  return deflated;
}

std::string inflate_all(std::string_view deflated) {
  std::string bytes(kMaxPlainBytes, '\0');
  auto size = static_cast<uLong>(bytes.size());
  auto read_bytes = static_cast<uLong>(deflated.size());
  const int error = uncompress2(reinterpret_cast<Bytef*>(bytes.data()), &size,
                                reinterpret_cast<const Bytef*>(deflated.data()), &read_bytes);
  if (error != Z_OK) throw wskit::Error{"histogram's compressed counts are damaged or too long"};
  if (read_bytes != deflated.size()) {
    throw wskit::Error{"histogram has " + std::to_string(deflated.size() - read_bytes) +
                       " bytes after its compressed counts"};
  }
  bytes.resize(size);
  return bytes;
}

/// Reads numbers off the front of bytes; throws where they end too early.
class NumberReader {
 public:
  explicit NumberReader(std::string_view bytes) : rest_{bytes} {}

  std::string_view rest() const { return rest_; }

  template <typename Integer>
  Integer big_endian() {
    Integer number = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) number = number << 8U | byte();
    return number;
  }

  std::int64_t word() {
    std::uint64_t zigzag = 0;
    for (std::size_t i = 0; i < kMaxWordBytes; ++i) {
      const std::uint64_t next = byte();
      const bool is_ninth = i + 1 == kMaxWordBytes;
      zigzag |= (is_ninth ? next : next & 0x7f) << (7 * i);
      if (next < 0x80) break;
    }
    return static_cast<std::int64_t>(zigzag >> 1U ^ (~(zigzag & 1) + 1));
  }

 private:
  std::uint8_t byte() {
    if (rest_.empty()) throw wskit::Error{"histogram ends too early"};
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  std::string_view rest_;
};

void expect(std::string_view what, std::uint64_t found, std::uint64_t wanted) {
  if (found == wanted) return;
  throw wskit::Error{"histogram's " + std::string{what} + " is " + std::to_string(found) +
                     ", not " + std::to_string(wanted)};
}

void read_header(NumberReader& reader) {
  expect("cookie", reader.big_endian<std::uint32_t>() & ~kWordSizeMask, kCookie);
  const auto length = reader.big_endian<std::uint32_t>();
  // How the writer turned its array, and what it divided by: neither changes what is counted.
  reader.big_endian<std::uint32_t>();
  expect("number of digits", reader.big_endian<std::uint32_t>(), Histogram::kSignificantDigits);
  expect("lowest value", reader.big_endian<std::uint64_t>(), Histogram::kLowestDiscernible);
  // Nor does the highest value it could have counted.
  reader.big_endian<std::uint64_t>();
  reader.big_endian<std::uint64_t>();
  expect("length of counts", length, reader.rest().size());
}

Histogram read_counts(NumberReader& reader) {
  Histogram histogram;
  std::size_t index = 0;
  while (!reader.rest().empty()) {
    const std::int64_t word = reader.word();
    const std::uint64_t length = word < 0 ? ~static_cast<std::uint64_t>(word) + 1 : 1;
    if (length > Histogram::kCountsLength - index) {
      throw wskit::Error{"histogram has values above " +
                         std::to_string(Histogram::kHighestTrackable)};
    }
    if (word > 0) {
      const auto count = static_cast<std::uint64_t>(word);
      if (count > kMaxCount - histogram.count()) {
        throw wskit::Error{"histogram has more than " + std::to_string(kMaxCount) + " values"};
      }
      histogram.record_bucket(index, count);
    }
    index += static_cast<std::size_t>(length);
  }
  return histogram;
}

}  // namespace

std::string encode_hdr(const Histogram& histogram) {
  const std::string counts = encode_counts(histogram);
  std::string plain;
  append_big_endian<std::uint32_t>(plain, kCookie | kWordSize);
  append_big_endian(plain, static_cast<std::uint32_t>(counts.size()));
  append_big_endian<std::uint32_t>(plain, 0);
  append_big_endian<std::uint32_t>(plain, Histogram::kSignificantDigits);
  append_big_endian(plain, Histogram::kLowestDiscernible);
  append_big_endian(plain, Histogram::kHighestTrackable);
  append_big_endian(plain, std::bit_cast<std::uint64_t>(1.0));
  plain += counts;

  const std::string deflated = deflate_all(plain);
  std::string bytes;
  append_big_endian<std::uint32_t>(bytes, kCompressedCookie | kWordSize);
  append_big_endian(bytes, static_cast<std::uint32_t>(deflated.size()));
  return wskit::base64_encode(bytes + deflated);
}

Histogram decode_hdr(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    throw wskit::Error{"histogram has " + std::to_string(text.size()) + " bytes, more than " +
                       std::to_string(kMaxTextBytes)};
  }
  const std::optional<std::string> bytes = wskit::base64_decode(text);
  if (!bytes) throw wskit::Error{"histogram is not base64"};

  NumberReader outer{*bytes};
  expect("compressed cookie", outer.big_endian<std::uint32_t>() & ~kWordSizeMask,
         kCompressedCookie);
  const auto deflated_bytes = outer.big_endian<std::uint32_t>();
  expect("compressed length", deflated_bytes, outer.rest().size());
  const std::string plain = inflate_all(outer.rest());

  NumberReader inner{plain};
  read_header(inner);
  return read_counts(inner);
}
