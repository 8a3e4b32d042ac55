#include "report_csv.h"

#include <catch2/catch.hpp>

#include "support/sample_report.h"

TEST_CASE("report_csv: numbers have as many digits as were measured") {
  const std::string csv = report_csv(sample_report());

  CHECK(csv.find("\r\n1,0.170751,1,0,1,0,0,400,400,1,") != std::string::npos);
}
