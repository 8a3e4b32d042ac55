#include "report_html.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "hdr_encoding.h"
#include "interval_thinning.h"
#include "measures.h"

namespace {

using Json = nlohmann::ordered_json;

/// Percentiles that are evenly spaced on the axis 1 / (1 - p), to six nines. The encoding of
/// histograms has lost the exact maximum.
Json spectrum_of(const Histogram& histogram, double max_ms) {
  constexpr int kStepsPerNine = 12;
  Json points = Json::array();
  for (int step = 0; step <= 6 * kStepsPerNine; ++step) {
    const double percent = 100 - 100 / std::pow(10, static_cast<double>(step) / kStepsPerNine);
    points.push_back({percent, std::min(in_ms(histogram.value_at(percent)), max_ms)});
    // Beyond the last value there is nothing to see.
    if ((100 - percent) / 100 * static_cast<double>(histogram.count()) < 1) break;
  }
  return points;
}

/// What the page shows: of histograms their percentiles, and as many intervals as there is room
/// for.
Json condensed(Json report) {
  constexpr std::size_t kMostIntervals = 1000;
  for (Json& run : report["runs"]) {
    run["joined_intervals"] = thin_out(run["intervals"], kMostIntervals);
    for (auto& [name, latency] : run["latencies"].items()) {
      latency["spectrum"] =
          spectrum_of(decode_hdr(latency["hdr"].get<std::string>()), latency["max"].get<double>());
      latency.erase("hdr");
    }
    run["generator"]["lag"].erase("hdr");
  }
  return report;
}

/// Peers choose what they say: nothing of it may end the script that it is in.
std::string escaped(const std::string& json) {
  std::string out;
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string report_html(const Json& report) {
  constexpr std::string_view kPlace = "@REPORT@";
  std::string page{report_page()};
  const std::string json = condensed(report).dump(-1, ' ', false, Json::error_handler_t::replace);
  page.replace(page.find(kPlace), kPlace.size(), escaped(json));
  return page;
}
