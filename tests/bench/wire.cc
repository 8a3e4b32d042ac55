#include "wire.h"

#include <strings.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace bench {

void write_header(char* out, Opcode opcode, std::size_t payload_bytes) {
  out[0] = static_cast<char>(0x80 | static_cast<int>(opcode));
  const std::size_t length_bytes = header_bytes_for(payload_bytes) - 2;
  if (length_bytes == 0) {
    out[1] = static_cast<char>(payload_bytes);
    return;
  }
  out[1] = length_bytes == 2 ? 126 : 127;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    out[2 + i] = static_cast<char>(payload_bytes >> (8 * (length_bytes - 1 - i)));
  }
}

void apply_mask(char* data, std::size_t size, MaskKey key, std::size_t offset) {
  // Four words a step, so that the compiler may take one vector register for them.
  std::array<char, 32> pattern;
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = key[(offset + i) % kMaskBytes];
  std::array<std::uint64_t, 4> mask;
  std::memcpy(mask.data(), pattern.data(), sizeof mask);

  std::size_t done = 0;
  for (; done + sizeof mask <= size; done += sizeof mask) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), data + done, sizeof words);
    for (std::size_t i = 0; i < words.size(); ++i) words[i] ^= mask[i];
    std::memcpy(data + done, words.data(), sizeof words);
  }
  for (std::size_t i = 0; done < size; ++i, ++done) {
    data[done] = static_cast<char>(data[done] ^ pattern[i]);
  }
}

std::string accept_for(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> encoded;
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

std::string_view header_value(std::string_view head, std::string_view name) {
  for (std::size_t line = head.find("\r\n"); line != head.npos; line = head.find("\r\n", line)) {
    line += 2;
    const std::string_view rest = head.substr(line);
    if (rest.size() <= name.size() || rest[name.size()] != ':') continue;
    if (strncasecmp(rest.data(), name.data(), name.size()) != 0) continue;
    const std::string_view value =
        rest.substr(name.size() + 1, rest.find("\r\n") - name.size() - 1);
    return value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
  }
  return {};
}

}  // namespace bench
