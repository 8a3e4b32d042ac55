#include "crypto/websocket_accept.h"

#include <array>

#include <openssl/evp.h>

#include "core/check.h"

namespace wskit {

std::string websocket_accept(std::string_view key) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest;
  WSKIT_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) ==
              1);
  std::string accept(28, '\0');
  // EVP_EncodeBlock ends its output with a zero byte, where std::string keeps its own.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(accept.data()), digest.data(), digest.size());
  return accept;
}

}  // namespace wskit
