#pragma once

#include <cstddef>

#include <nlohmann/json_fwd.hpp>

/// Joins neighbours among a run's intervals until there are at most `most`, which is above 0.
/// Returns how many each of them is made of.
///
/// Counts and lengths are added, CPU is averaged. Of latencies, lag and memory the highest is kept:
/// what went wrong stays to be seen, and percentiles are never averaged.
std::size_t thin_out(nlohmann::ordered_json& intervals, std::size_t most);
