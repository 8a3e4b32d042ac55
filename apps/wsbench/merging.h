#pragma once

#include <string>
#include <vector>

#include "load_options.h"
#include "run_result.h"

/// What several generators have measured at the same time, as if one had.
struct MergedReports {
  struct Run {
    LoadOptions load;  ///< with the connections that this run wanted
    RunResult result;
  };

  LoadOptions load;     ///< of all generators together
  std::string url;      ///< of the first, as the report shows it
  std::string started;  ///< when the first began, RFC 3339
  std::vector<Run> runs;
  std::vector<std::string> problems;  ///< each names a report that is invalid, and why
  std::vector<std::string> warnings;
};

/// Reads JSON reports, one at least. Throws wskit::Error naming the file that cannot be read, is
/// malformed, is there twice, or was not measured as the first was.
MergedReports merge_reports(const std::vector<std::string>& files);
