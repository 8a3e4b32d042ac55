#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

/// A part of the report that is about all runs together, in words.
struct ReportTable {
  std::string title;
  std::vector<std::string> columns;  ///< the first has no name: it says what a row is about
  std::vector<std::vector<std::string>> rows;
  bool has_text_at_end = false;  ///< the last column is prose
};

/// The search, the medians of repeated runs, thresholds and comparisons, as far as they are there.
std::vector<ReportTable> tables_of(const nlohmann::ordered_json& report);

/// What a run is called among several, such as "run 2, server 1"; empty if there is only one.
std::string name_of_run(const nlohmann::ordered_json& report, std::size_t index);

/// What of some servers was compared, or of one was measured, and how: "compare echo".
std::string title_of(const nlohmann::ordered_json& report);
