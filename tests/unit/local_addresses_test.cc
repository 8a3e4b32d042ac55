#include "local_addresses.h"

#include <algorithm>
#include <string>
#include <vector>

#include <wskit/error.h>
#include <catch2/catch.hpp>

namespace {

using Catch::Matchers::Contains;
using Strings = std::vector<std::string>;

Strings parse(const Strings& values, const std::string& target = "10.9.9.9",
              std::size_t connections = 1) {
  return parse_local_addresses(values, target, connections);
}

}  // namespace

TEST_CASE("LocalAddresses: values and lists come in order, each once") {
  CHECK(parse({}).empty());
  CHECK(parse({"10.0.0.7,10.0.0.3", "10.0.0.7", "10.0.0.1"}) ==
        Strings{"10.0.0.7", "10.0.0.3", "10.0.0.1"});
  CHECK(parse({"2001:db8:0::1,2001:DB8::1"}, "2001:db8::9") == Strings{"2001:db8::1"});
}

TEST_CASE("LocalAddresses: a range ends with an address or with its last byte") {
  const Strings four{"10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"};

  CHECK(parse({"10.0.0.254-10.0.1.1"}) == four);
  CHECK(parse({"10.0.0.1-3"}) == Strings{"10.0.0.1", "10.0.0.2", "10.0.0.3"});
  CHECK(parse({"10.0.0.1-1"}) == Strings{"10.0.0.1"});
  CHECK(parse({"::1-::3"}, "::1") == Strings{"::1", "::2", "::3"});
}

TEST_CASE("LocalAddresses: the highest addresses end a range") {
  CHECK(parse({"255.255.255.254-255.255.255.255"}).size() == 2);
  CHECK(parse({"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "::1").size() == 1);
}

TEST_CASE("LocalAddresses: a block of IPv4 lacks its network's and its broadcast's address") {
  CHECK(parse({"10.0.0.5/30"}) == Strings{"10.0.0.5", "10.0.0.6"});
  CHECK(parse({"10.0.0.4/31"}) == Strings{"10.0.0.4", "10.0.0.5"});
  CHECK(parse({"10.0.0.4/32"}) == Strings{"10.0.0.4"});
  CHECK(parse({"10.0.0.0/28"}).size() == 14);
  CHECK(parse({"10.0.0.0/16"}).size() == 65'534);
}

TEST_CASE("LocalAddresses: a block of IPv6 is whole") {
  CHECK(parse({"2001:db8::/126"}, "2001:db8::9") ==
        Strings{"2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"});
  CHECK(parse({"2001:db8::1/128"}, "2001:db8::9") == Strings{"2001:db8::1"});
  CHECK(parse({"2001:db8::/112"}, "2001:db8::9").size() == 65'536);
}

TEST_CASE("LocalAddresses: what is malformed is named") {
  const auto value = GENERATE(
      as<std::string>{}, "", "10.0.0", "10.0.0.256", "010.0.0.1", " 10.0.0.1", "eth0", "10.0.0.1-",
      "-10.0.0.1", "10.0.0.1-2-3", "10.0.0.1-256", "10.0.0.1-x", "10.0.0.0/", "10.0.0.0/33",
      "10.0.0.0/-1", "10.0.0.0/8/8", "/8", "10.0.0.1-10.0.0.0/24", "::1-3", "::/129", "Auto");

  CHECK_THROWS_AS(parse({value}, ""), wskit::Error);
  CHECK_THROWS_WITH(parse({"10.0.0.1," + value}, ""), Contains("--local-addr: '" + value + "'"));
}

TEST_CASE("LocalAddresses: a prefix longer than the address is no block") {
  CHECK_THROWS_WITH(parse({"10.0.0.0/33"}), "--local-addr: '10.0.0.0/33' is no CIDR block");
  CHECK_THROWS_WITH(parse({"::/129"}, "::1"), "--local-addr: '::/129' is no CIDR block");
}

TEST_CASE("LocalAddresses: a reversed range and a mixed one are rejected") {
  CHECK_THROWS_WITH(parse({"10.0.0.20-10.0.0.1"}),
                    "--local-addr: '10.0.0.20-10.0.0.1' ends before it begins");
  CHECK_THROWS_WITH(parse({"10.0.0.20-1"}), Contains("'10.0.0.20-1' ends before it begins"));
  CHECK_THROWS_WITH(parse({"10.0.0.1-::1"}), Contains("'10.0.0.1-::1' mixes"));
}

TEST_CASE("LocalAddresses: the target's family decides, if it is known") {
  CHECK_THROWS_WITH(parse({"::1"}), "--local-addr: '::1' cannot reach 10.9.9.9");
  CHECK_THROWS_WITH(parse({"10.0.0.0/30"}, "fe80::1%eth0"), Contains("cannot reach fe80::1%eth0"));
  CHECK(parse({"10.0.0.1,::1"}, "").size() == 2);
  CHECK(parse({"10.0.0.1"}, "example.org").size() == 1);
}

TEST_CASE("LocalAddresses: more than 65,536 are rejected, alone or together") {
  const auto value = GENERATE(as<std::string>{}, "10.0.0.0/15", "0.0.0.0/0", "::/0", "::/111",
                              "10.0.0.0-10.1.0.0", "::-::1:0");

  CHECK_THROWS_WITH(parse({value}, ""),
                    "--local-addr: '" + value + "' is more than 65,536 addresses");
  CHECK(parse({"10.0.0.0-10.0.255.255", "10.0.9.0/24"}).size() == 65'536);
  CHECK_THROWS_WITH(parse({"10.0.0.0-10.0.255.255", "10.1.0.1"}), Contains("'10.1.0.1' makes"));
}

TEST_CASE("LocalAddresses: auto gives a loopback target one address for 20,000 connections") {
  CHECK(parse({"auto"}, "127.0.0.1", 0) == Strings{"127.0.0.1"});
  CHECK(parse({"auto"}, "127.0.0.1", 20'000) == Strings{"127.0.0.1"});
  CHECK(parse({"auto"}, "127.1.2.3", 20'001) == Strings{"127.0.0.1", "127.0.0.2"});
  CHECK(parse({"auto"}, "127.0.0.1", 20'000 * 256).back() == "127.0.1.0");
  CHECK(parse({"127.0.0.2,auto"}, "127.0.0.1", 40'000) == Strings{"127.0.0.2", "127.0.0.1"});
  CHECK(parse({"auto"}, "::1", 50'000) == Strings{"::1"});
  CHECK_THROWS_WITH(parse({"auto"}, "127.0.0.1", static_cast<std::size_t>(-1)), Contains("'auto'"));
}

TEST_CASE("LocalAddresses: auto gives another target what reaches beyond this machine") {
  const auto target = GENERATE(as<std::string>{}, "192.0.2.1", "2001:db8::1", "126.255.255.255");
  const bool is_v6 = target.find(':') != std::string::npos;

  const Strings addresses = parse({"auto"}, target);

  for (const std::string& address : addresses) {
    CHECK((address.find(':') != std::string::npos) == is_v6);
    CHECK_FALSE(address.starts_with("127."));
    CHECK_FALSE(address.starts_with("169.254."));
    CHECK_FALSE(address.starts_with("fe80:"));
    CHECK(address != "::1");
    CHECK(std::ranges::count(addresses, address) == 1);
  }
}

TEST_CASE("LocalAddresses: auto needs a target with an address") {
  CHECK_THROWS_WITH(parse({"auto"}, ""), "--local-addr: 'auto' needs a server with an address");
}
