#include "core/frame.h"

#include <catch2/catch.hpp>

using wskit::CloseStatus, wskit::FrameHeaderResult, wskit::FrameOpcode, wskit::Role;
using Kind = FrameHeaderResult::Kind;
using namespace std::string_literals;

TEST_CASE("RFC 6455 5.7: the example frames are written as the RFC shows them") {
  std::string unmasked, masked;
  wskit::append_frame(unmasked, {.opcode = FrameOpcode::text}, "Hello");
  wskit::append_frame(
      masked, {.mask = {0x37, 0xfa, 0x21, 0x3d}, .opcode = FrameOpcode::text, .is_masked = true},
      "Hello");

  CHECK(unmasked == "\x81\x05Hello");
  CHECK(masked == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("RFC 6455 5.2: lengths take their shortest form both ways") {
  for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 65535UL, 65536UL, 100000UL}) {
    std::string frame;
    wskit::append_frame(frame, {.opcode = FrameOpcode::binary}, std::string(size, 'x'));

    const auto result = wskit::decode_frame_header(frame, Role::server);

    REQUIRE(result.kind == Kind::complete);
    CHECK(result.header.payload_bytes == size);
    CHECK(result.header_bytes + size == frame.size());
  }
  CHECK(wskit::decode_frame_header("\x82\x7e\x00\x7d"s, Role::server).kind == Kind::malformed);
  CHECK(
      wskit::decode_frame_header("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff"s, Role::server).kind ==
      Kind::malformed);
  CHECK(
      wskit::decode_frame_header("\x82\x7f\x80\x00\x00\x00\x00\x01\x00\x00"s, Role::server).kind ==
      Kind::malformed);
}

TEST_CASE("RFC 6455 5.1, 5.2, 5.5: what a header may not say") {
  const auto kind = [](std::string bytes, Role sender) {
    return wskit::decode_frame_header(bytes, sender).kind;
  };
  CHECK(kind("\x81\x05", Role::client) == Kind::malformed);  // not masked
  CHECK(kind("\x81\x85", Role::server) == Kind::malformed);  // masked
  CHECK(kind("\xC1", Role::client) == Kind::malformed);      // RSV1
  CHECK(kind("\xA1", Role::client) == Kind::malformed);      // RSV2
  CHECK(kind("\x91", Role::client) == Kind::malformed);      // RSV3
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    CHECK(kind(std::string(1, static_cast<char>(0x80 | opcode)), Role::client) == Kind::malformed);
  }
  CHECK(kind("\x09", Role::client) == Kind::malformed);      // ping in fragments
  CHECK(kind("\x89\xFE", Role::client) == Kind::malformed);  // ping over 125 bytes
  CHECK(kind("\x89", Role::client) == Kind::incomplete);
}

TEST_CASE("frame: every cut of a header is incomplete") {
  std::string frame;
  wskit::append_frame(frame,
                      {.mask = {1, 2, 3, 4}, .opcode = FrameOpcode::binary, .is_masked = true},
                      std::string(70000, 'x'));
  for (std::size_t size = 0; size < 14; ++size) {
    CHECK(wskit::decode_frame_header(frame.substr(0, size), Role::client).kind == Kind::incomplete);
  }
  CHECK(wskit::decode_frame_header(frame.substr(0, 14), Role::client).kind == Kind::complete);
}

TEST_CASE("frame: masking in pieces equals masking at once") {
  const wskit::Mask mask{0x11, 0x22, 0x33, 0x44};
  const std::string plain = "The quick brown fox jumps over the lazy dog";
  std::string whole = plain;
  wskit::apply_mask(whole, mask);
  for (std::size_t cut = 0; cut <= plain.size(); ++cut) {
    std::string pieces = plain;
    wskit::apply_mask(std::span{pieces}.first(cut), mask);
    wskit::apply_mask(std::span{pieces}.subspan(cut), mask, cut);
    CHECK(pieces == whole);
  }
}

TEST_CASE("RFC 6455 7.4: which close codes may travel") {
  const auto parse = [](unsigned code) {
    return wskit::parse_close_payload(
        std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
  };
  for (const unsigned code : {1000U, 1003U, 1007U, 1012U, 1014U, 3000U, 4999U}) CHECK(parse(code));
  for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 2999U, 5000U, 65535U}) {
    CHECK_FALSE(parse(code));
  }
  CHECK(wskit::parse_close_payload("") == CloseStatus{});
  CHECK_FALSE(wskit::parse_close_payload("\x03"));
}

TEST_CASE("frame: a close reason is cut at a character, and codes not to be sent give none") {
  std::string reason;
  while (reason.size() < 150) reason += "心";

  const std::string payload = wskit::close_payload({1000, reason});

  CHECK(payload.size() == 2 + 123);
  CHECK(wskit::close_payload({1005, "x"}).empty());
  CHECK(wskit::close_payload({1006, "x"}).empty());
}
