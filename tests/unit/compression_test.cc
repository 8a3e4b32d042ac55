#include "core/compression.h"

#include <catch2/catch.hpp>

using namespace wskit;
using namespace std::string_literals;
using Result = Decompressor::Result;

namespace {

bool is_sound(std::string_view header) {
  return std::holds_alternative<CompressionParameters>(parse_compression_answer(header));
}

}  // namespace

TEST_CASE("RFC 7692 7.1: a server's answer is read") {
  const auto answer = parse_compression_answer(
      "permessage-deflate; server_no_context_takeover ; client_max_window_bits=\"10\";"
      "server_max_window_bits=8");

  const auto& parameters = std::get<CompressionParameters>(answer);
  CHECK(parameters.client_keeps_context);
  CHECK_FALSE(parameters.server_keeps_context);
  CHECK(parameters.client_window_bits == 10);
  CHECK(parameters.server_window_bits == 8);
}

TEST_CASE("RFC 7692 7.1: what was not offered or is malformed is refused") {
  CHECK(is_sound("permessage-deflate"));
  for (const char* header : {"", "x", "permessage-deflate, permessage-deflate",
                             "permessage-deflate; x", "permessage-deflate; client_max_window_bits",
                             "permessage-deflate; server_max_window_bits=7",
                             "permessage-deflate; server_max_window_bits=16",
                             "permessage-deflate; server_max_window_bits=",
                             "permessage-deflate; client_no_context_takeover=1"}) {
    INFO(header);
    CHECK_FALSE(is_sound(header));
  }
}

TEST_CASE("RFC 7692 7.2.3: the examples of a compressed hello") {
  Decompressor decompressor{{}};

  CHECK(decompressor.decompress("\xf2\x48\xcd\xc9\xc9\x07\x00"s, 100) == Result::done);
  CHECK(decompressor.message() == "Hello");
  // The same message again, from the context.
  CHECK(decompressor.decompress("\xf2\x00\x11\x00\x00"s, 100) == Result::done);
  CHECK(decompressor.message() == "Hello");
  // A block without compression, and one with BFINAL.
  CHECK(decompressor.decompress("\x00\x05\x00\xfa\xffHello\x00"s, 100) == Result::done);
  CHECK(decompressor.message() == "Hello");
  CHECK(decompressor.decompress("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, 100) == Result::done);
  CHECK(decompressor.message() == "Hello");
}

TEST_CASE("Compressor: what it makes is read again, with and without context") {
  for (const bool keeps : {true, false}) {
    const CompressionParameters parameters{.client_keeps_context = keeps,
                                           .server_keeps_context = keeps};
    Compressor compressor{parameters};
    Decompressor decompressor{parameters};
    for (const std::size_t size : {0u, 1u, 100u, 16384u, 100000u}) {
      std::string message;
      for (std::size_t i = 0; i < size; ++i) message += static_cast<char>(i * i % 251);
      CHECK(decompressor.decompress(compressor.compress(message), size) == Result::done);
      CHECK(decompressor.message() == message);
    }
  }
}

TEST_CASE("Decompressor: corrupt data and bombs end it") {
  Compressor compressor{{}};
  const std::string bomb{compressor.compress(std::string(10'000'000, 'x'))};

  CHECK(bomb.size() < 20'000);
  CHECK(Decompressor{{}}.decompress(bomb, 1'000'000) == Result::too_big);
  CHECK(Decompressor{{}}.decompress("\xff\xff\xff", 100) == Result::corrupt);
}
