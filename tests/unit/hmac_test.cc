#include <wskit/hmac.h>

#include <catch2/catch.hpp>
#include <string>

using wskit::hmac_sha256_hex;

// RFC 4231 section 4; test case 5 is of a shortened digest.

TEST_CASE("RFC 4231 4.2: a key of 20 bytes") {
  CHECK(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There") ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST_CASE("RFC 4231 4.3: a key shorter than the digest") {
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("RFC 4231 4.4: bytes that are no text") {
  CHECK(hmac_sha256_hex(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST_CASE("RFC 4231 4.5: a key of 25 bytes") {
  std::string key;
  for (char byte = 1; byte <= 25; ++byte) key.push_back(byte);
  CHECK(hmac_sha256_hex(key, std::string(50, '\xcd')) ==
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

TEST_CASE("RFC 4231 4.7: a key longer than a block") {
  CHECK(hmac_sha256_hex(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("RFC 4231 4.8: key and text longer than a block") {
  CHECK(hmac_sha256_hex(std::string(131, '\xaa'),
                        "This is a test using a larger than block-size key and a larger than "
                        "block-size data. The key needs to be hashed before being used by the "
                        "HMAC algorithm.") ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("HMAC: key and text may be empty") {
  CHECK(hmac_sha256_hex("", "") ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("secrets are the same only if they are equal") {
  CHECK(wskit::is_same_secret("", ""));
  CHECK(wskit::is_same_secret("a key", "a key"));
  CHECK_FALSE(wskit::is_same_secret("a key", "a kez"));
  CHECK_FALSE(wskit::is_same_secret("a key", "a key "));
  CHECK_FALSE(wskit::is_same_secret("a key", ""));
}
