#include "core/base64.h"

#include <catch2/catch.hpp>

using wskit::base64_encode;

TEST_CASE("base64_encode: gives RFC 4648's test vectors") {
  CHECK(base64_encode("").empty());
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foo") == "Zm9v");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_encode("\xff\xfe\xfd") == "//79");
}
