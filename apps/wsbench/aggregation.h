#pragma once

#include <vector>

#include "metrics.h"

/// Of some numbers, the one that `percent` of them do not exceed; interpolated, as k6 does.
/// `numbers` must not be empty.
double percentile_of(std::vector<double> numbers, double percent);

double mean_of(const std::vector<double>& numbers);

/// All metrics there are, without values: their names and kinds.
const Metrics& empty_metrics();
