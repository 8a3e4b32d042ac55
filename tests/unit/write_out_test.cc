#include "write_out.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("expand_write_out: variables, escapes and everything else") {
  RunSummary summary;
  summary.connected = 1500us;
  summary.http_status = 101;

  CHECK(expand_write_out(R"(%{http_code} %{time_connect} %{time_appconnect}\n%% \x %{)", summary) ==
        "101 0.001500 0.000000\n% \\x %{");
}

TEST_CASE("expand_write_out: a variable that there is not is named") {
  CHECK_THROWS_WITH(expand_write_out("%{time_conect}", {}),
                    Catch::StartsWith("--write-out: there is no %{time_conect}; there are"));
}
