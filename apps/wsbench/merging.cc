#include "merging.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "report_reader.h"

namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void reject(const std::string& file, const std::string& problem) {
  throw wskit::Error{fmt::format("{}: {}", file, problem)};
}

void check_unique(const std::vector<std::string>& files) {
  std::set<std::filesystem::path> seen;
  for (const std::string& file : files) {
    std::error_code ignored;
    const auto path = std::filesystem::weakly_canonical(file, ignored);
    if (!seen.insert(path).second) reject(file, "it is given twice");
  }
}

/// Generators share a load; what else they do has to be the same.
void merge_load(LoadOptions& load, const LoadOptions& other, const std::string& file) {
  if (other.scenario != load.scenario) reject(file, "its scenario differs from that of the first");
  if ((other.rate > 0) != (load.rate > 0)) {
    reject(file, "one of open and closed loop, of which the first is the other");
  }
  load.connections += other.connections;
  load.threads += other.threads;
  load.messages += other.messages;
  load.rate += other.rate;
  load.connect_rate += other.connect_rate;
}

std::string describe_difference(const LoadOptions& load, const LoadOptions& other) {
  if (other.warmup != load.warmup) return "warm-up";
  if (other.duration != load.duration) return "duration";
  if (other.in_flight != load.in_flight) return "pipeline";
  if (other.is_busy_polling != load.is_busy_polling) return "polling";
  const bool is_same_size = other.payload.min_bytes == load.payload.min_bytes &&
                            other.payload.max_bytes == load.payload.max_bytes;
  return is_same_size ? "" : "size of messages";
}

/// Collects what is said about the reports; what is said about all of them is said once.
class Remarks {
 public:
  explicit Remarks(std::size_t file_count) : file_count_{file_count} {}

  void add(const std::string& file, const std::string& text) {
    std::vector<std::string>& files = files_[text];
    if (files.empty()) texts_.push_back(text);
    files.push_back(file);
  }

  std::vector<std::string> take() const {
    std::vector<std::string> all;
    for (const std::string& text : texts_) {
      const std::vector<std::string>& files = files_.at(text);
      if (files.size() == file_count_) {
        all.push_back(text);
        continue;
      }
      for (const std::string& file : files) all.push_back(fmt::format("{}: {}", file, text));
    }
    return all;
  }

 private:
  std::size_t file_count_;
  std::vector<std::string> texts_;  ///< in the order in which they came
  std::map<std::string, std::vector<std::string>> files_;
};

/// An invalid report makes the whole invalid. Thresholds and baselines are those of the merging.
void merge_verdict(MergedReports& merged, Remarks& remarks, const Json& verdict,
                   const std::string& file) {
  const auto status = verdict["status"].get<std::string>();
  const Json& reasons = verdict["reasons"];
  bool is_explained = status == "passed";
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const auto of =
        verdict.contains("statuses") ? verdict["statuses"][i].get<std::string>() : status;
    const auto reason = reasons[i].get<std::string>();
    is_explained = is_explained || of == status;
    if (of == "invalid") {
      merged.problems.push_back(fmt::format("{}: {}", file, reason));
    } else {
      remarks.add(file, fmt::format("{}: {}", of, reason));
    }
  }
  for (const Json& warning : verdict["warnings"]) remarks.add(file, warning.get<std::string>());
  if (is_explained) return;
  if (status == "invalid") {
    merged.problems.push_back(fmt::format("{}: {}", file, status));
  } else {
    remarks.add(file, status);
  }
}

void merge_runs(MergedReports& merged, const Json& runs, const LoadOptions& load,
                const std::string& file) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    RunResult result = read_run(runs[i], load.scenario, file);
    const std::size_t wanted = read_wanted_connections(runs[i], file);
    if (i == merged.runs.size()) {
      merged.runs.push_back({load, std::move(result)});
      merged.runs[i].load.connections = wanted;
    } else {
      merge_run(merged.runs[i].result, result);
      merged.runs[i].load.connections += wanted;
    }
  }
}

/// Reports do not say which intervals are of the warm-up.
void mark_warmup(RunResult& result, std::chrono::milliseconds warmup) {
  constexpr double kEarlySeconds = 0.01;  // by which an interval may begin before its time
  const double from_s = std::chrono::duration<double>(warmup).count() - kEarlySeconds;
  for (IntervalPoint& point : result.intervals) {
    point.is_measured = point.at_s - point.length_s >= from_s;
  }
}

}  // namespace

MergedReports merge_reports(const std::vector<std::string>& files) {
  check_unique(files);
  MergedReports merged;
  Remarks remarks{files.size()};
  for (const std::string& file : files) {
    const Json report = read_report(file);
    const LoadOptions load = read_load(report, file);
    const auto started = report["started"].get<std::string>();
    if (&file == &files.front()) {
      merged.load = load;
      merged.url = report["url"].get<std::string>();
      merged.started = started;
    } else {
      if (report["runs"].size() != merged.runs.size()) {
        reject(file, fmt::format("it has {} runs, the first has {}", report["runs"].size(),
                                 merged.runs.size()));
      }
      const std::string difference = describe_difference(merged.load, load);
      if (!difference.empty()) remarks.add(file, "its " + difference + " is not that of the first");
      merge_load(merged.load, load, file);
    }
    merged.started = std::min(merged.started, started);
    merge_runs(merged, report["runs"], load, file);
    merge_verdict(merged, remarks, report["verdict"], file);
  }
  for (MergedReports::Run& run : merged.runs) {
    mark_warmup(run.result, merged.load.warmup);
    const std::size_t wanted = run.load.connections;
    run.load = merged.load;
    run.load.connections = wanted;
  }
  merged.warnings = remarks.take();
  return merged;
}
