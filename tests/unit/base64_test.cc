#include <wskit/base64.h>

#include <catch2/catch.hpp>

using wskit::base64_decode, wskit::base64_encode;

TEST_CASE("base64_encode: gives RFC 4648's test vectors") {
  CHECK(base64_encode("").empty());
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foo") == "Zm9v");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_encode("\xff\xfe\xfd") == "//79");
}

TEST_CASE("base64_decode: reads back what was encoded, any bytes and sizes") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(base64_decode(base64_encode(bytes)) == bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
}

TEST_CASE("base64_decode: has one spelling for every value") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "=", "====", "Zg==Zg==", "Zm9v\n",
                           "Zm-_", " Zg=", "Z===", "Zm9vZg=x"}) {
    INFO(text);
    CHECK_FALSE(base64_decode(text));
  }
}
