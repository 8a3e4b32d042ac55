#pragma once

#include <string>
#include <vector>

#include "plan.h"
#include "run_result.h"

/// Why a run's figures are not to be believed: the generator, and not the server, was the limit.
struct Distrust {
  std::vector<std::string> problems;  ///< the run is invalid
  std::vector<std::string> warnings;
};

/// Empty, or why there was nothing to measure: nobody to send or to receive, or nobody left.
std::string find_absence(const Plan& plan, const RunResult& result);

Distrust distrust(const Plan& plan, const RunResult& result);
