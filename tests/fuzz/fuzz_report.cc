// JSON reports that wsbench is told to merge or to compare with, and the histograms in them.

#include <cstdint>
#include <string>
#include <string_view>

#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "hdr_encoding.h"
#include "report_reader.h"

namespace {

void check_histogram(std::string_view text) {
  try {
    const Histogram histogram = decode_hdr(text);
    const Histogram again = decode_hdr(encode_hdr(histogram));
    WSKIT_CHECK(again.count() == histogram.count());
    WSKIT_CHECK(again.value_at(99) == histogram.value_at(99));
  } catch (const wskit::Error&) {
  }
}

void check_run(std::string_view text) {
  const auto run = nlohmann::ordered_json::parse(text, nullptr, false);
  if (run.is_discarded()) return;
  try {
    RunResult result = read_run(run, Scenario::echo, "file");
    const RunResult other = result;
    merge_run(result, other);
    WSKIT_CHECK(result.tally.latency.count() == 2 * other.tally.latency.count());
    WSKIT_CHECK(result.intervals.size() == other.intervals.size());
  } catch (const wskit::Error&) {
  }
}

void check_report(std::string_view text) {
  try {
    const auto report = parse_report(std::string{text}, "file");
    const LoadOptions load = read_load(report, "file");
    for (const auto& run : report["runs"]) {
      read_run(run, load.scenario, "file");
      read_wanted_connections(run, "file");
    }
  } catch (const wskit::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check_histogram(bytes);
  check_run(bytes);
  check_report(bytes);
  return 0;
}
