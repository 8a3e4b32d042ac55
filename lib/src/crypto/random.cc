#include "crypto/random.h"

#include <cstring>
#include <span>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "core/check.h"
#include "crypto/hex.h"

namespace wskit {
namespace {

void fill(std::span<std::uint8_t> bytes) {
  WSKIT_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

}  // namespace

std::string random_hex(std::size_t byte_count) {
  std::array<std::uint8_t, 32> bytes;
  WSKIT_CHECK(byte_count <= bytes.size());
  const std::span used = std::span{bytes}.first(byte_count);
  fill(used);
  return to_hex(used);
}

std::string random_websocket_key() {
  std::array<std::uint8_t, 16> bytes;
  fill(bytes);
  std::string key(24, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(key.data()), bytes.data(), bytes.size());
  return key;
}

double random_unit() {
  std::array<std::uint8_t, 4> bytes;
  fill(bytes);
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return static_cast<double>(value) / 4294967296.0;
}

Mask random_mask() {
  thread_local std::array<std::uint8_t, 1024> block;
  thread_local std::size_t used = sizeof block;
  if (used + sizeof(Mask) > block.size()) {
    fill(block);
    used = 0;
  }
  Mask mask;
  std::memcpy(mask.data(), block.data() + used, mask.size());
  used += mask.size();
  return mask;
}

}  // namespace wskit
