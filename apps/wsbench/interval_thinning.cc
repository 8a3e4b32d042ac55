#include "interval_thinning.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::ordered_json;

void keep_higher(Json& one, const Json& other) {
  if (other.get<double>() > one.get<double>()) one = other;
}

void add_count(Json& one, const Json& other) {
  one = one.get<std::uint64_t>() + other.get<std::uint64_t>();
}

/// `next` comes after `joined`.
void join(Json& joined, const Json& next) {
  const auto length_s = joined["length_s"].get<double>();
  const auto next_length_s = next["length_s"].get<double>();
  const double total_s = length_s + next_length_s;
  const auto average = [=](Json& one, const Json& other) {
    const double sum = one.get<double>() * length_s + other.get<double>() * next_length_s;
    if (total_s > 0) one = sum / total_s;
  };
  average(joined["generator"]["cpu"], next["generator"]["cpu"]);
  keep_higher(joined["generator"]["lag_max"], next["generator"]["lag_max"]);
  if (joined.contains("target") && next.contains("target")) {
    average(joined["target"]["cpu"], next["target"]["cpu"]);
    keep_higher(joined["target"]["rss_bytes"], next["target"]["rss_bytes"]);
  }
  for (const char* count : {"opened", "failed", "ended", "sent", "received"}) {
    add_count(joined[count], next[count]);
  }
  add_count(joined["latency"]["count"], next["latency"]["count"]);
  for (const char* figure : {"p50", "p90", "p99", "p99.9", "max"}) {
    keep_higher(joined["latency"][figure], next["latency"][figure]);
  }
  joined["length_s"] = total_s;
  joined["at_s"] = next["at_s"];
  joined["connections"] = next["connections"];
}

}  // namespace

std::size_t thin_out(Json& intervals, std::size_t most) {
  const std::size_t joined_count = std::max<std::size_t>(1, (intervals.size() + most - 1) / most);
  if (joined_count == 1) return 1;
  Json kept = Json::array();
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (i % joined_count == 0) {
      kept.push_back(std::move(intervals[i]));
    } else {
      join(kept.back(), intervals[i]);
    }
  }
  intervals = std::move(kept);
  return joined_count;
}
