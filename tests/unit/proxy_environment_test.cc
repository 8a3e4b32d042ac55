#include "proxy_environment.h"

#include <map>

#include <catch2/catch.hpp>

namespace {

Environment of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string{} : found->second;
  };
}

}  // namespace

TEST_CASE("environment_proxy: by scheme, then the one for all") {
  const Environment all =
      of({{"http_proxy", "h"}, {"HTTPS_PROXY", "s"}, {"ALL_PROXY", "a"}, {"HTTP_PROXY", "never"}});

  CHECK(environment_proxy("ws://x/", all) == "h");
  CHECK(environment_proxy("x:80", all) == "h");
  CHECK(environment_proxy("WSS://x/", all) == "s");
  CHECK(environment_proxy("ws+unix:/a:/b", all).empty());
  CHECK(environment_proxy("ws://x/", of({{"HTTP_PROXY", "never"}})).empty());
  CHECK(environment_proxy("ws://x/", of({{"all_proxy", "a"}})) == "a");
}

TEST_CASE("is_excluded_from_proxy: names, all below them, or everything") {
  CHECK(is_excluded_from_proxy("ws://a.example.com:80/x", "other, example.com"));
  CHECK(is_excluded_from_proxy("wss://u:p@EXAMPLE.com", ".example.com"));
  CHECK(is_excluded_from_proxy("ws://[::1]:80/", "::1"));
  CHECK(is_excluded_from_proxy("anything", "*"));
  CHECK_FALSE(is_excluded_from_proxy("ws://badexample.com/", "example.com"));
  CHECK_FALSE(is_excluded_from_proxy("ws://example.com/", ""));
}
