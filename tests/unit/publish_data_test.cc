#include "wsd/publish_data.h"

#include <catch2/catch.hpp>

#include <wskit/error.h>

namespace {

PublishCommand to_all(DataKind kind, std::string data) {
  PublishCommand publish;
  publish.to_all = true;
  publish.kind = kind;
  publish.data = std::move(data);
  return publish;
}

}  // namespace

TEST_CASE("publish_body: JSON goes with exactly its bytes") {
  CHECK(publish_body(to_all(DataKind::json, R"( {"b": 1.50, "a":2})")) ==
        R"({"all":true,"data": {"b": 1.50, "a":2}})");
}

TEST_CASE("publish_body: names and text are escaped, bytes are base64") {
  PublishCommand publish;
  publish.user = "a\"b";
  publish.data = "x\ny";
  publish.idempotency_key = "k";
  CHECK(publish_body(publish) == R"({"idempotency_key":"k","text":"x\ny","user":"a\"b"})");
  CHECK(publish_body(to_all(DataKind::binary, "\xff")) == R"({"all":true,"base64":"/w=="})");
}

TEST_CASE("check_publish_data: what could be taken for more than one JSON value is refused") {
  for (const char* data : {"", "1,\"user\":\"x\"", "1}", "{a}", "1 2", "// x\n1", "\"\xff\""}) {
    CAPTURE(data);
    CHECK_THROWS_WITH(check_publish_data(to_all(DataKind::json, data)),
                      Catch::StartsWith("the data is not JSON"));
  }
  CHECK_NOTHROW(check_publish_data(to_all(DataKind::json, "\n\"x\"\n")));
}

TEST_CASE("check_publish_data: text and names must be UTF-8, binary data need not") {
  CHECK_THROWS_WITH(check_publish_data(to_all(DataKind::text, "\xff")),
                    Catch::Contains("--binary"));
  CHECK_NOTHROW(check_publish_data(to_all(DataKind::binary, "\xff")));
  PublishCommand publish;
  publish.user = "\xff";
  CHECK_THROWS_AS(check_publish_data(publish), wskit::Error);
}
