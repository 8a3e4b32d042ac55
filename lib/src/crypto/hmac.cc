#include <wskit/hmac.h>

#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/check.h"
#include "crypto/hex.h"
#include "crypto/random.h"

namespace wskit {

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> digest;
  WSKIT_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
                   nullptr) != nullptr);
  return to_hex(digest);
}

bool is_same_secret(std::string_view one, std::string_view other) {
  // Digests have one length, whatever that of the secrets is.
  const std::string key = random_hex(16);
  const std::string first = hmac_sha256_hex(key, one);
  const std::string second = hmac_sha256_hex(key, other);
  return CRYPTO_memcmp(first.data(), second.data(), first.size()) == 0;
}

}  // namespace wskit
