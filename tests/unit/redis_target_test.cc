#include "redis/target.h"

#include <catch2/catch.hpp>

#include <wskit/error.h>

using namespace wskit;

namespace {

RedisTarget target_of(const std::string& url, const std::string& password = {},
                      const std::string& ca_file = {}) {
  RedisOptions options;
  options.url = url;
  options.password = password;
  options.ca_file = ca_file;
  return make_redis_target(options);
}

}  // namespace

TEST_CASE("Redis URL: host, port, database and credentials are taken apart") {
  const RedisTarget full = target_of("redis://us%40er:p%2Fw@r.example:7000/12");
  const RedisTarget bare = target_of("redis://r.example");
  const RedisTarget six = target_of("redis://[::1]/");

  CHECK(full.addresses.front().host == "r.example");
  CHECK(full.addresses.front().port == "7000");
  CHECK(full.user == "us@er");
  CHECK(full.password == "p/w");
  CHECK(full.database == "12");
  CHECK(full.tls == nullptr);
  CHECK(full.name() == "r.example:7000");
  CHECK(bare.addresses.front().port == "6379");
  CHECK((bare.user + bare.password + bare.database + bare.addresses.front().unix_path).empty());
  CHECK(six.addresses.front().host == "::1");
  CHECK(six.database.empty());
}

TEST_CASE("Redis URL: a unix socket's path is decoded, its database a parameter") {
  const RedisTarget bare = target_of("redis+unix:///run/a%20b.sock");
  const RedisTarget full = target_of("redis+unix://:pw@/run/redis.sock?db=3");

  CHECK(bare.addresses.front().unix_path == "/run/a b.sock");
  CHECK(bare.name() == "/run/a b.sock");
  CHECK(bare.database.empty());
  CHECK(full.addresses.front().unix_path == "/run/redis.sock");
  CHECK(full.database == "3");
  CHECK(full.password == "pw");
  CHECK(full.stream_target(full.addresses.front()).unix_path == "/run/redis.sock");
}

TEST_CASE("Redis URL: rediss means TLS, and only then a CA makes sense") {
  const RedisTarget target = target_of("rediss://r.example");

  CHECK(target.tls != nullptr);
  CHECK(target.stream_target(target.addresses.front()).tls == target.tls.get());
  CHECK_THROWS_AS(target_of("redis://h", "", "/ca.pem"), Error);
}

TEST_CASE("Redis URL: Sentinels and clusters are several hosts") {
  const RedisTarget sentinel = target_of("redis-sentinel://u:p@a,b:7,[::1]/mymaster/2");
  const RedisTarget cluster = target_of("rediss-cluster://a:1,b");

  CHECK(sentinel.topology == RedisTopology::sentinel);
  CHECK(sentinel.addresses ==
        std::vector<RedisAddress>{{"a", "26379"}, {"b", "7"}, {"::1", "26379"}});
  CHECK(sentinel.master_name == "mymaster");
  CHECK(sentinel.database == "2");
  CHECK(sentinel.user == "u");
  CHECK(sentinel.name() == "a:26379,b:7,::1:26379/mymaster");
  CHECK(cluster.topology == RedisTopology::cluster);
  CHECK(cluster.addresses == std::vector<RedisAddress>{{"a", "1"}, {"b", "6379"}});
  CHECK(cluster.tls != nullptr);
}

TEST_CASE("Redis URL: a password given apart overrides the URL's") {
  CHECK(target_of("redis://u:in-url@h", "apart").password == "apart");
  CHECK(target_of("redis://u:in-url@h", "apart").user == "u");
}

TEST_CASE("Redis URL: malformed ones are refused without telling their secrets") {
  const std::string url = GENERATE(
      "", "h", "http://u:secret@h", "redis://", "redis://u:secret@", "redis://u:secret@h:x",
      "redis://u:secret@h/a", "redis://u:secret@h/0/1", "redis://u:secret@h/12345",
      "redis://u:secret@h/-1", "redis://u:secret@h?db=1", "redis://u:secret@h/?x=1",
      "redis+unix://", "redis+unix:///", "redis+unix://u:secret@/s?db=x",
      "redis+unix://u:secret@/s?other=1", "redis+unix:///s?db=%2", "redis+unix:///%zz",
      "redis://u:secret@h,i", "redis-sentinel://u:secret@h", "redis-sentinel://u:secret@h,/m",
      "redis-cluster://u:secret@h/1", "redis-cluster://u:secret@,",
      "redis-cluster://u:secret@h,i:x", "redis://u:secret%zz@h", "redis://u:secret @h");
  INFO(url);

  try {
    target_of(url);
    FAIL_CHECK("accepted");
  } catch (const Error& error) {
    CHECK(std::string_view{error.what()}.find("secret") == std::string_view::npos);
    CHECK(std::string_view{error.what()}.starts_with("redis: "));
  }
}

TEST_CASE("Redis URL: says whether it carries a password") {
  CHECK(redis_url_has_password("redis://u:p@h"));
  CHECK(redis_url_has_password("redis://:p@h"));
  CHECK(redis_url_has_password("redis+unix://:p@/s"));
  CHECK(redis_url_has_password("redis-sentinel://:p@a:1,b:2/m"));
  CHECK_FALSE(redis_url_has_password("redis://u@h"));
  CHECK_FALSE(redis_url_has_password("redis://u:@h"));
  CHECK_FALSE(redis_url_has_password("redis://h:6379/1"));
  CHECK_FALSE(redis_url_has_password(""));
}
