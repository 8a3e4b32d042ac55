#include <wskit/client_request.h>

#include <catch2/catch.hpp>

using namespace wskit;
using Type = ClientRequest::Type;

namespace {

ClientRequest accepted(std::string_view json) {
  INFO(json);
  auto parsed = parse_client_request({Opcode::text, json});
  REQUIRE(std::holds_alternative<ClientRequest>(parsed));
  return std::get<ClientRequest>(std::move(parsed));
}

ClientRequestError refused(std::string_view json) {
  INFO(json);
  auto parsed = parse_client_request({Opcode::text, json});
  REQUIRE(std::holds_alternative<ClientRequestError>(parsed));
  return std::get<ClientRequestError>(std::move(parsed));
}

}  // namespace

TEST_CASE("ClientRequest: each type with its members") {
  const auto subscribe = accepted(R"({"type":"subscribe","ref":1,"channel":"news","since":"5-1"})");
  CHECK(subscribe.type == Type::subscribe);
  CHECK(subscribe.ref == "1");
  CHECK(subscribe.channel == "news");
  CHECK(subscribe.since == MessageId{5, 1});
  CHECK(accepted(R"({"type":"unsubscribe","channel":"a"})").type == Type::unsubscribe);
  const auto publish = accepted(R"({"channel":"a","data":[1, 2],"type":"publish"})");
  CHECK(publish.message->payload() == "[1, 2]");
  CHECK(publish.message->is_json());
  const auto history = accepted(R"({"type":"history","channel":"a","limit":7,"before":"9-0"})");
  CHECK(history.limit == 7);
  CHECK(history.before == MessageId{9, 0});
  CHECK(accepted(R"({"type":"history","channel":"a"})").limit == 50);
  CHECK(accepted(R"({"type":"presence","channel":"a"})").type == Type::presence);
  CHECK(accepted(R"({"type":"refresh","token":"t"})").token == "t");
  CHECK(accepted(R"({"type":"ping","ref":"x"})").ref == "\"x\"");
}

TEST_CASE("ClientRequest: a refusal carries the ref") {
  const auto error = refused(R"({"type":"subscribe","ref":"r","channel":"no name"})");
  CHECK(error.ref == "\"r\"");
  CHECK(error.error.code == "bad_channel");
}

TEST_CASE("ClientRequest: what is not as documented is a bad request") {
  for (const char* json :
       {R"({})", R"({"type":1})", R"({"type":"nope"})", R"({"type":"subscribe"})",
        R"({"type":"subscribe","channel":1})", R"({"type":"ping","channel":"a"})",
        R"({"type":"ping","ref":null})", R"({"type":"ping","ref":[1]})",
        R"({"type":"subscribe","channel":"a","since":5})",
        R"({"type":"history","channel":"a","limit":0})",
        R"({"type":"history","channel":"a","limit":1001})",
        R"({"type":"history","channel":"a","limit":-1})",
        R"({"type":"history","channel":"a","limit":1.5})", R"({"type":"publish","channel":"a"})",
        R"({"type":"publish","channel":"a","data":1,"text":"b"})", R"({"type":"refresh"})"}) {
    CHECK(refused(json).error.code == "bad_request");
  }
}

TEST_CASE("ClientRequest: what is no JSON object is bad_json") {
  const std::string deep = R"({"type":)" + std::string(40, '[') + std::string(40, ']') + "}";
  for (const std::string& json : {std::string("x"), std::string("[]"), std::string("{} {}"),
                                  std::string(R"({"type":"\ud800"})"), deep}) {
    CHECK(refused(json).error.code == "bad_json");
  }
  CHECK(std::holds_alternative<ClientRequestError>(
      parse_client_request({Opcode::binary, R"({"type":"ping"})"})));
}

TEST_CASE("ClientRequest: replies and errors") {
  CHECK(reply_object("1", "{}") == R"({"type":"reply","ref":1,"result":{}})");
  CHECK(reply_object("", "[]") == R"({"type":"reply","result":[]})");
  CHECK(error_object("2", {"forbidden", "You may not."}) ==
        R"({"type":"reply","ref":2,"error":{"code":"forbidden","message":"You may not."}})");
}
