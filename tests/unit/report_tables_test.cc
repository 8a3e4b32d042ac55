#include "report_tables.h"

#include <catch2/catch.hpp>

#include "support/sample_report.h"

namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

}  // namespace

TEST_CASE("tables_of: one run without checks has none") {
  CHECK(tables_of(sample_report()).empty());
}

TEST_CASE("tables_of: a search shows its trials") {
  Json report = sample_report();
  report["search"] = {
      {"for", "rate"},
      {"best", 10},
      {"trials",
       {{{"load", 10}, {"holds", true}, {"limited_by_generator", false}, {"reason", ""}},
        {{"load", 20}, {"holds", false}, {"limited_by_generator", false}, {"reason", "slow"}}}}};

  const auto tables = tables_of(report);

  REQUIRE(tables.size() == 1);
  CHECK(tables[0].title == "search for the highest rate: 10/s");
  CHECK(tables[0].rows == std::vector<Row>{{"10/s", "yes", ""}, {"20/s", "no", "slow"}});
  CHECK(name_of_run(report, 0) == "the best trial");
  CHECK(title_of(report) == "search echo ws://h/p");
}

TEST_CASE("tables_of: repeated runs have medians and their spread") {
  Json report = sample_report();
  report["runs"].push_back(report["runs"][0]);

  const auto tables = tables_of(report);

  REQUIRE(tables.size() == 1);
  CHECK(tables[0].title == "medians of 2 runs");
  CHECK(tables[0].rows[0] == Row{"rate.value", "800/s", "800/s", "800/s", "0 %"});
  CHECK(name_of_run(report, 1) == "run 2");
}

TEST_CASE("tables_of: thresholds with their values, and comparisons with their limits") {
  Json report = sample_report();
  report["thresholds"].push_back({{"expression", "rtt:max<1s"},
                                  {"run", 1},
                                  {"value", 1.0},
                                  {"ok", true},
                                  {"text", "1.00 ms"}});
  report["baseline"] = {{"file", "base"},
                        {"comparisons",
                         {{{"metric", "target_us.value"},
                           {"unit", "us"},
                           {"baseline", 1130.0},
                           {"value", 565.0},
                           {"change", -0.5},
                           {"limit", 0.1},
                           {"spread", 0.0},
                           {"ok", true}},
                          {{"metric", "rate.value"},
                           {"unit", "1/s"},
                           {"baseline", nullptr},
                           {"value", 123'456.0},
                           {"change", nullptr},
                           {"limit", nullptr},
                           {"spread", 0.0},
                           {"ok", true}}}},
                        {"warnings", Json::array()}};

  const auto tables = tables_of(report);

  REQUIRE(tables.size() == 2);
  CHECK(tables[0].rows == std::vector<Row>{{"rtt:max<1s", "1.00 ms", "yes"}});
  CHECK(tables[1].title == "against base");
  CHECK(tables[1].rows ==
        std::vector<Row>{{"target_us.value", "1.13 ms", "565 µs", "-50.0 %", "10 %", "yes"},
                         {"rate.value", "–", "123k/s", "–", "–", "–"}});
}
