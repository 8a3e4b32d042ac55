#include "report_csv.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::ordered_json;

struct Column {
  const char* name;
  const char* pointer;  ///< in an interval (RFC 6901)
};

constexpr std::array<Column, 17> kColumns{{{"at_s", "/at_s"},
                                           {"length_s", "/length_s"},
                                           {"connections", "/connections"},
                                           {"opened", "/opened"},
                                           {"failed", "/failed"},
                                           {"ended", "/ended"},
                                           {"sent", "/sent"},
                                           {"received", "/received"},
                                           {"p50_ms", "/latency/p50"},
                                           {"p90_ms", "/latency/p90"},
                                           {"p99_ms", "/latency/p99"},
                                           {"p99.9_ms", "/latency/p99.9"},
                                           {"max_ms", "/latency/max"},
                                           {"generator_cpu", "/generator/cpu"},
                                           {"generator_lag_ms", "/generator/lag_max"},
                                           {"target_cpu", "/target/cpu"},
                                           {"target_rss_bytes", "/target/rss_bytes"}}};

/// To a millionth: a nanosecond, of milliseconds.
std::string number_text(const Json& number) {
  if (!number.is_number_float()) return number.dump();
  std::string text = fmt::format("{:.6f}", number.get<double>());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string report_csv(const Json& report) {
  std::string out = "run";
  for (const Column& column : kColumns) out += std::string{","} + column.name;
  out += "\r\n";
  for (std::size_t run = 0; run < report["runs"].size(); ++run) {
    for (const Json& interval : report["runs"][run]["intervals"]) {
      out += std::to_string(run + 1);
      for (const Column& column : kColumns) {
        const Json::json_pointer pointer{column.pointer};
        out += ",";
        if (interval.contains(pointer)) out += number_text(interval[pointer]);
      }
      out += "\r\n";
    }
  }
  return out;
}
