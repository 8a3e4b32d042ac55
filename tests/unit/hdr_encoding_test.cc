#include "hdr_encoding.h"

#include <zlib.h>
#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <wskit/base64.h>
#include <wskit/error.h>

namespace {

using Catch::Matchers::Contains;

constexpr std::uint64_t kHighest = Histogram::kHighestTrackable;

// 0 twice, 7, 1500 three times, 1000000 and 2^47 - 1, as HdrHistogram 2.1.11 for Java and
// hdr-histogram-js 3.0.1 encode them.
constexpr std::string_view kFromJava =
    "HISTFAAAAC54nJNpmSzMwMDAxwABzFCakYGh/j8I2H+ACLBwMy0XZ2ufzsi0cyMzEwAAXQtn";
constexpr std::string_view kFromJavaScript =
    "HISTFAAAADF4nJNpmSzMwMDAx8DAwMjAwMDMAAGMDAz1/0EAxmfhZlouztY+nZFp50ZmJgDnbgo6";

constexpr std::string_view kEmptyFromJava = "HISTFAAAAB54nJNpmSzMwMDAyAABzFAayK//DwL2H6AiAH/qB/U=";

Histogram sample() {
  Histogram histogram;
  histogram.record(0, 2);
  histogram.record(7);
  histogram.record(1500, 3);
  histogram.record(1'000'000);
  histogram.record(kHighest);
  return histogram;
}

std::vector<std::tuple<std::size_t, std::uint64_t>> counts_of(const Histogram& histogram) {
  std::vector<std::tuple<std::size_t, std::uint64_t>> counts;
  for (const Histogram::Bucket bucket : histogram) counts.emplace_back(bucket.index, bucket.count);
  return counts;
}

std::string big_endian(std::uint64_t number, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i > 0; --i, number >>= 8U) bytes[i - 1] = static_cast<char>(number);
  return bytes;
}

std::string deflated(const std::string& bytes) {
  auto size = compressBound(static_cast<uLong>(bytes.size()));
  std::string result(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(result.data()), &size,
                   reinterpret_cast<const Bytef*>(bytes.data()),
                   static_cast<uLong>(bytes.size())) == Z_OK);
  return result.substr(0, size);
}

std::string packed(const std::string& compressed) {
  return wskit::base64_encode(big_endian(0x1c849314, 4) + big_endian(compressed.size(), 4) +
                              compressed);
}

/// The fields of an encoding, good unless changed.
struct Fields {
  std::uint64_t cookie = 0x1c849313;
  std::uint64_t digits = 3;
  std::uint64_t lowest = 1;
  std::string counts = std::string{"\x02", 1};
  std::size_t missing_bytes = 0;

  std::string plain() const {
    return big_endian(cookie, 4) + big_endian(counts.size() + missing_bytes, 4) + big_endian(0, 4) +
           big_endian(digits, 4) + big_endian(lowest, 8) + big_endian(kHighest, 8) +
           big_endian(0x3ff0000000000000, 8) + counts;
  }
  std::string text() const { return packed(deflated(plain())); }
};

/// As hostile input has to end: in a histogram or in an error.
void decode_anything(const std::string& text) {
  try {
    encode_hdr(decode_hdr(text));
  } catch (const wskit::Error&) {
  }
}

}  // namespace

TEST_CASE("decode_hdr: reads what other HdrHistograms write") {
  for (const std::string_view text : {kFromJava, kFromJavaScript}) {
    const Histogram histogram = decode_hdr(text);

    CHECK(histogram.count() == 8);
    CHECK(counts_of(histogram) == counts_of(sample()));
  }
}

TEST_CASE("encode_hdr: what it writes says the same as another HdrHistogram's") {
  const auto plain_of = [](std::string_view text) {
    const std::string bytes = wskit::base64_decode(text).value_or("").substr(8);
    std::string plain(1000, '\0');
    auto size = static_cast<uLong>(plain.size());
    REQUIRE(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                       reinterpret_cast<const Bytef*>(bytes.data()),
                       static_cast<uLong>(bytes.size())) == Z_OK);
    return plain.substr(0, size);
  };

  const std::string text = encode_hdr(sample());

  CHECK(text.starts_with("HISTFAAAA"));
  CHECK(plain_of(text) == plain_of(kFromJava));
  CHECK(plain_of(encode_hdr(Histogram{})) == plain_of(kEmptyFromJava));
}

TEST_CASE("decode_hdr: the minimum and the maximum become their buckets' bounds") {
  Histogram histogram;
  histogram.record(1'000'000);
  histogram.record(3'000'000);

  const Histogram decoded = decode_hdr(encode_hdr(histogram));

  CHECK(decoded.min() == 999'936);
  CHECK(decoded.max() == 3'000'319);
}

TEST_CASE("encode_hdr: counts come back, whatever their size and distance") {
  Histogram histogram;
  for (const unsigned bits : {0U, 5U, 6U, 13U, 20U, 27U, 34U, 41U, 48U, 50U}) {
    histogram.record(std::uint64_t{1} << (bits / 2), std::uint64_t{1} << bits);
    histogram.record(bits * 1000, (std::uint64_t{1} << bits) - 1);
  }
  CHECK(counts_of(decode_hdr(encode_hdr(histogram))) == counts_of(histogram));

  Histogram full;
  for (std::size_t i = 0; i < Histogram::kCountsLength; ++i) full.record_bucket(i, i * i + 1);
  CHECK(counts_of(decode_hdr(encode_hdr(full))) == counts_of(full));

  const Histogram empty = decode_hdr(encode_hdr(Histogram{}));
  CHECK(empty.count() == 0);
  CHECK(empty.max() == 0);
}

TEST_CASE("decode_hdr: another layout is refused by name") {
  CHECK_NOTHROW(decode_hdr(Fields{}.text()));
  CHECK_THROWS_WITH(decode_hdr(Fields{.digits = 2}.text()), Contains("digits is 2, not 3"));
  CHECK_THROWS_WITH(decode_hdr(Fields{.lowest = 1000}.text()), Contains("value is 1000, not 1"));
  CHECK_THROWS_WITH(decode_hdr(Fields{.cookie = 0x1c849301}.text()), Contains("cookie"));
  CHECK_THROWS_WITH(decode_hdr(wskit::base64_encode(big_endian(0x1c849302, 4))),
                    Contains("cookie"));
}

TEST_CASE("decode_hdr: counts must fit") {
  const std::string first_zeros = {'\xfd', '\xdf', '\x04'};  // all buckets but the last
  const std::string all_zeros = {'\xff', '\xdf', '\x04'};
  const std::string endless(9, '\xff');  // 2^63
  const std::string most = {'\x80', '\x80', '\x80', '\x80',
                            '\x80', '\x80', '\x80', '\x20'};  // 2^53

  CHECK(decode_hdr(Fields{.counts = first_zeros + '\x02'}.text()).max() == kHighest);
  CHECK_NOTHROW(decode_hdr(Fields{.counts = all_zeros}.text()));
  CHECK_THROWS_WITH(decode_hdr(Fields{.counts = all_zeros + '\x02'}.text()),
                    Contains("values above 140737488355327"));
  CHECK_THROWS_WITH(decode_hdr(Fields{.counts = endless}.text()), Contains("values above"));

  CHECK(decode_hdr(Fields{.counts = most}.text()).count() == std::uint64_t{1} << 53U);
  CHECK_THROWS_WITH(decode_hdr(Fields{.counts = most + '\x02'}.text()),
                    Contains("more than 9007199254740992"));
}

TEST_CASE("decode_hdr: lengths must be true") {
  CHECK_THROWS_WITH(decode_hdr(Fields{.missing_bytes = 1}.text()), Contains("is 2, not 1"));
  CHECK_THROWS_WITH(decode_hdr(Fields{.counts = "\x80"}.text()), Contains("too early"));
  CHECK_THROWS_WITH(decode_hdr(packed(deflated(Fields{}.plain().substr(0, 39)))),
                    Contains("too early"));
  CHECK_THROWS_WITH(decode_hdr(packed(deflated(Fields{}.plain()) + "x")),
                    Contains("1 bytes after"));

  const std::string compressed = deflated(Fields{}.plain());
  CHECK_THROWS_WITH(decode_hdr(wskit::base64_encode(big_endian(0x1c849314, 4) +
                                                    big_endian(0xffffffff, 4) + compressed)),
                    Contains("compressed length is 4294967295"));
}

TEST_CASE("decode_hdr: what would unpack to too much is refused") {
  const std::string bomb = packed(deflated(std::string(1'000'000, '\0')));

  CHECK_THROWS_WITH(decode_hdr(bomb), Contains("too long"));
  CHECK_THROWS_WITH(decode_hdr(std::string(1'000'000, 'A')), Contains("1000000 bytes"));
}

TEST_CASE("decode_hdr: what is cut off is refused") {
  CHECK_THROWS_WITH(decode_hdr("HISTFAAAA*"), Contains("not base64"));
  for (std::size_t size = 0; size < kFromJava.size(); ++size) {
    CHECK_THROWS_AS(decode_hdr(kFromJava.substr(0, size)), wskit::Error);
  }
  const std::string bytes = wskit::base64_decode(kFromJava).value_or("");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(decode_hdr(wskit::base64_encode(bytes.substr(0, size))), wskit::Error);
  }
}

TEST_CASE("decode_hdr: a flipped bit gives an error or a histogram") {
  const std::string bytes = wskit::base64_decode(kFromJava).value_or("");
  const std::string plain = Fields{.counts = {'\x04', '\x83', '\x02', '\xff', '\x01'}}.plain();

  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    decode_anything(wskit::base64_encode(damaged));
  }
  for (std::size_t bit = 0; bit < 8 * plain.size(); ++bit) {
    std::string damaged = plain;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    decode_anything(packed(deflated(damaged)));
  }
}
