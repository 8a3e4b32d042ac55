#include "crypto/websocket_accept.h"

#include <array>

#include <openssl/evp.h>

#include <wskit/base64.h>

#include "core/check.h"

namespace wskit {

std::string websocket_accept(std::string_view key) {
  // Looked up once: OpenSSL 3 searches its providers, under a lock, whenever it is given a name.
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest;
  WSKIT_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, kSha1, nullptr) == 1);
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace wskit
