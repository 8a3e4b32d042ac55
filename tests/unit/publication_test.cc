#include <wskit/publication.h>

#include <catch2/catch.hpp>

using namespace wskit;
using namespace std::string_literals;

namespace {

Publication accepted(std::string_view json) {
  INFO(json);
  auto parsed = parse_publication(json);
  REQUIRE(std::holds_alternative<Publication>(parsed));
  return std::get<Publication>(std::move(parsed));
}

/// The error's code, or empty if there was none.
std::string code_of(std::string_view json) {
  const auto parsed = parse_publication(json);
  const auto* error = std::get_if<RequestError>(&parsed);
  if (error == nullptr) return {};
  CHECK(error->message.ends_with('.'));
  return error->code;
}

std::string data_of(const std::string& data) {
  const Publication publication = accepted(R"({"all":true,"data":)" + data + "}");
  CHECK(publication.message.opcode() == Opcode::text);
  return std::string(publication.message.payload());
}

std::string nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

}  // namespace

TEST_CASE("publication: goes to everyone, a user or a channel") {
  CHECK(accepted(R"({"all":true,"text":"x"})").channel == "*");
  CHECK(accepted(R"({"user":"ann","text":"x"})").channel == "@ann");
  CHECK(accepted(R"({"user":"\u5b89 *","text":"x"})").channel == "@安 *");
  CHECK(accepted(R"({"text":"x","channel":"news:1"})").channel == "news:1");
}

TEST_CASE("publication: text is decoded, base64 becomes binary") {
  const Publication text = accepted(R"({"all":true,"text":"a\n\u5fc3\ud83d\ude00\u0000"})");
  const Publication binary = accepted(R"({"all":true,"base64":"AP\/+"})");
  const Publication empty = accepted(R"({"all":true,"base64":""})");

  CHECK(text.message.payload() == "a\n心😀\0"s);
  CHECK(text.message.opcode() == Opcode::text);
  CHECK(binary.message.payload() == "\0\xFF\xFE"s);
  CHECK(binary.message.opcode() == Opcode::binary);
  CHECK(empty.message.payload().empty());
}

TEST_CASE("publication: data is carried as the bytes it was written with") {
  const std::string data =
      GENERATE(R"({"b":1,"a":2,"b":3})", R"({ "x" : [ 1 ,	2 ] })",
               "[1.0, 1e2, 1E+02, -0.0, 0.10]", "123456789012345678901234567890",
               R"("\u0041\/\u00e9 é \ud83d\ude00")", R"({"}":"]","\"":"\\"})", R"("a,b}c")", "null",
               "true", "-1", "[]", "{}", "[[{\"a\":[{}]}],\n \"[\"]", R"("")");

  CHECK(data_of(data) == data);
  CHECK(data_of(" \n" + data + "\t ") == data);
  CHECK(accepted("{\"data\":" + data + ",\"channel\":\"c\"}").message.payload() == data);
}

TEST_CASE("publication: white space around everything is allowed") {
  const Publication publication = accepted(" \r\n{ \"all\"\t:\ntrue , \"data\" : 1 }\n ");
  CHECK(publication.message.payload() == "1");
}

TEST_CASE("publication: what is not one JSON object is bad_json") {
  const std::string json = GENERATE(
      ""s, " "s, "null"s, "[]"s, "1"s, "\"x\""s, "{"s, "}"s, R"({"all":true,"text":"x"}})"s,
      R"({"all":true,"text":"x"} {})"s, R"({"all":true,"text":"x",})"s,
      R"({"all":true "text":"x"})"s, R"({all:true,"text":"x"})"s, R"({"all":true,"data":})"s,
      R"({"all":true,"data":01})"s, R"({"all":true,"data":[1,]})"s, R"({"all":true,"data":NaN})"s,
      R"({"all":true,"data":'x'})"s, R"({"all":true,"data":1/**/})"s, "\xEF\xBB\xBF{}"s,
      "{\"all\":true,\"text\":\"a\nb\"}"s, "{\"all\":true,\"text\":\"\xFF\"}"s,
      "{\"all\":true,\"text\":\"\xED\xA0\x80\"}"s, "{\"all\":true,\"text\":\"x\"}\0"s,
      "{\"all\":true,\"text\":\"x\"}\0{"s, "\0{\"all\":true,\"text\":\"x\"}"s);
  INFO(Catch::Detail::stringify(json));

  CHECK(code_of(json) == "bad_json");
}

TEST_CASE("publication: lone surrogates are bad_json, in names and values and in data") {
  for (const char* escape : {R"(\ud800)", R"(\udc00)", R"(\ud800\ud800)", R"(\udbffx)"}) {
    const std::string text = escape;
    CHECK(code_of(R"({"all":true,"text":")" + text + "\"}") == "bad_json");
    CHECK(code_of(R"({"all":true,"data":[")" + text + "\"]}") == "bad_json");
    CHECK(code_of(R"({"all":true,"data":{")" + text + "\":1}}") == "bad_json");
    CHECK(code_of(R"({"all":true,"text":"x",")" + text + "\":1}") == "bad_json");
  }
}

TEST_CASE("publication: 32 levels are borne, 33 are not, and brackets in strings are none") {
  CHECK(data_of(nested(31)) == nested(31));
  CHECK(code_of(R"({"all":true,"data":)" + nested(32) + "}") == "bad_json");
  CHECK(code_of(std::string(100000, '[')) == "bad_json");
  CHECK(code_of(R"({"all":true,"data":)" + std::string(100000, '{')) == "bad_json");
  const std::string brackets = "\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"";
  CHECK(data_of(brackets) == brackets);
  CHECK(data_of("[[],[],{},{\"a\":[]},[[]],[[]]]") == "[[],[],{},{\"a\":[]},[[]],[[]]]");
}

TEST_CASE("publication: a top-level member that comes twice is bad_json, however it is spelt") {
  CHECK(code_of(R"({"all":true,"text":"a","text":"b"})") == "bad_json");
  CHECK(code_of(R"({"all":true,"text":"a","te\u0078t":"b"})") == "bad_json");
  CHECK(accepted(R"({"all":true,"te\u0078t":"b"})").message.payload() == "b");
}

TEST_CASE("publication: over 1024 members are bad_json") {
  const auto with_members = [](int count) {
    std::string json = R"({"m0":0)";
    for (int i = 1; i < count; ++i) json += ",\"m" + std::to_string(i) + "\":0";
    return json + "}";
  };
  CHECK(code_of(with_members(1024)) == "bad_request");
  CHECK(code_of(with_members(1025)) == "bad_json");
}

TEST_CASE("publication: exactly one address and one body are required, nothing else") {
  for (const char* json :
       {R"({})", R"({"all":true})", R"({"text":"x"})", R"({"all":true,"user":"u","text":"x"})",
        R"({"user":"u","channel":"c","text":"x"})", R"({"all":true,"text":"x","data":1})",
        R"({"all":true,"text":"x","base64":""})", R"({"all":true,"text":"x","other":1})",
        R"({"all":false,"text":"x"})", R"({"all":"true","text":"x"})", R"({"all":1,"text":"x"})",
        R"({"user":1,"text":"x"})", R"({"channel":null,"text":"x"})", R"({"all":true,"text":1})",
        R"({"all":true,"base64":[]})", R"({"ALL":true,"text":"x"})"}) {
    INFO(json);
    CHECK(code_of(json) == "bad_request");
  }
}

TEST_CASE("publication: malformed names and base64 are told by their own codes") {
  CHECK(code_of(R"({"channel":"","text":"x"})") == "bad_channel");
  CHECK(code_of(R"({"channel":"a b","text":"x"})") == "bad_channel");
  CHECK(code_of(R"({"channel":"*","text":"x"})") == "bad_channel");
  CHECK(code_of(R"({"channel":"@ann","text":"x"})") == "bad_channel");
  CHECK(code_of(R"({"user":"","text":"x"})") == "bad_user");
  CHECK(code_of(R"({"user":"a\u0000","text":"x"})") == "bad_user");
  for (const char* base64 :
       {"A", "AA", "AA=", "AB==", "====", "A===", "AA==AA==", "A_==", " AA=="}) {
    CHECK(code_of(R"({"all":true,"base64":")" + std::string(base64) + "\"}") == "bad_request");
  }
}
