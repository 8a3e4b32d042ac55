#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "metrics.h"

/// The report's `metrics`: of each figure, such as `rtt.p99`, the median over the runs, the lowest,
/// the highest, and their distance as a share of the median. Metrics without values are left out.
nlohmann::ordered_json summarise(const std::vector<Metrics>& runs);
