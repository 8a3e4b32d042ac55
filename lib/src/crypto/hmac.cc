#include <wskit/hmac.h>

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/check.h"
#include "crypto/hex.h"

namespace wskit {

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> digest;
  WSKIT_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
                   nullptr) != nullptr);
  return to_hex(digest);
}

}  // namespace wskit
