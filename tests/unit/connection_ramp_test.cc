#include "connection_ramp.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("ConnectionRamp: goes from target to target, linearly") {
  LoadOptions options;
  options.connections = 10;
  options.stages = {{10s, 110}, {5s, 500, true}, {10s, 0}};
  const ConnectionRamp ramp{options};

  CHECK(ramp.is_needed());
  CHECK(ramp.most() == 110);
  CHECK(ramp.wanted_at(0s) == 10);
  CHECK(ramp.wanted_at(5s) == 60);
  CHECK(ramp.wanted_at(10s) == 110);
  CHECK(ramp.wanted_at(15s) == 55);
  CHECK(ramp.wanted_at(1min) == 0);
  CHECK(ConnectionRamp::length_of(options.stages) == 20s);
}

TEST_CASE("ConnectionRamp: without stages the number stays") {
  LoadOptions options;
  options.stages = {{5s, 500, true}};
  const ConnectionRamp ramp{options};

  CHECK_FALSE(ramp.is_needed());
  CHECK(ramp.wanted_at(1h) == options.connections);
}
