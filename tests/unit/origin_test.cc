#include "core/origin.h"

#include <catch2/catch.hpp>

using namespace wskit;

namespace {

bool is_allowed(std::string_view origin, std::vector<std::string> patterns) {
  return is_origin_allowed(origin, "unrelated.example", false, patterns);
}

}  // namespace

TEST_CASE("origin: only the scheme, host and port that were written match") {
  const std::vector<std::string> patterns{"https://good.example"};
  CHECK(is_allowed("https://good.example", patterns));
  CHECK(is_allowed("HTTPS://Good.EXAMPLE:443", patterns));
  const std::string origin = GENERATE(
      "http://good.example", "https://good.example:8443", "https://good.example.evil.com",
      "https://evilgood.example", "https://good.example.", "https://sub.good.example", "null", "",
      "good.example", "https://", "https://good.example/", "https://good.example/x",
      "https://evil@good.example", "https://good.example@evil", "https://good.example?",
      "https://good.example#", "https://good.example https://evil", "ftp://good.example", "*",
      "https://*", "https://*.example", "wss://good.example");
  INFO(origin);

  CHECK_FALSE(is_allowed(origin, patterns));
}

TEST_CASE("origin: a port that is not the scheme's must be written") {
  CHECK(is_allowed("https://h:8443", {"https://h:8443"}));
  CHECK_FALSE(is_allowed("https://h", {"https://h:8443"}));
  CHECK(is_allowed("http://h:80", {"http://h"}));
  CHECK_FALSE(is_allowed("http://h:443", {"http://h"}));
}

TEST_CASE("origin: *.host matches below that host only, * matches anything") {
  const std::vector<std::string> below{"https://*.example.com"};
  CHECK(is_allowed("https://a.example.com", below));
  CHECK(is_allowed("https://a.b.example.com", below));
  CHECK_FALSE(is_allowed("https://example.com", below));
  CHECK_FALSE(is_allowed("https://.example.com", below));
  CHECK_FALSE(is_allowed("https://evilexample.com", below));
  CHECK_FALSE(is_allowed("https://a.example.com.evil", below));
  CHECK_FALSE(is_allowed("http://a.example.com", below));
  CHECK_FALSE(is_allowed("https://*.example.com", below));
  CHECK(is_allowed("null", {"https://h", "*"}));
  CHECK(is_allowed("https://b", {"https://a", "https://b"}));
}

TEST_CASE("origin: without patterns the request's own host and loopback names are let through") {
  const auto is_own = [](std::string_view origin, std::string_view host, bool is_tls) {
    return is_origin_allowed(origin, host, is_tls, {});
  };
  CHECK(is_own("http://h.example", "h.example", false));
  CHECK(is_own("http://h.example:8080", "H.example:8080", false));
  CHECK(is_own("https://h.example", "h.example:443", true));
  CHECK(is_own("https://h.example", "h.example", false));  // TLS ends before us
  CHECK_FALSE(is_own("http://h.example", "h.example", true));
  CHECK_FALSE(is_own("http://h.example:8080", "h.example", false));
  CHECK_FALSE(is_own("http://evil.example", "h.example", false));
  CHECK_FALSE(is_own("http://h.example.evil", "h.example", false));
  CHECK_FALSE(is_own("null", "h.example", false));
  for (const char* local : {"http://localhost:3000", "https://127.0.0.1:1", "http://[::1]:9"}) {
    CHECK(is_own(local, "h.example", true));
  }
  CHECK_FALSE(is_own("http://localhost.evil", "h.example", false));
  CHECK_FALSE(is_own("http://127.0.0.1.evil", "h.example", false));
}

TEST_CASE("origin: patterns are checked at set-up") {
  for (const char* good : {"*", "https://h", "http://h:8080", "https://*.h.example"}) {
    CHECK(is_origin_pattern(good));
  }
  for (const char* bad : {"", "h", "https://h/", "https://", "https://*", "https://a.*.b",
                          "https://*a.b", "https://*.*.b", "null", "https://h.", "x://h"}) {
    INFO(bad);
    CHECK_FALSE(is_origin_pattern(bad));
  }
}
