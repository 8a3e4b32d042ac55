#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

/// What a report is compared with.
///
/// Judged are medians over the runs. Runs differ by chance: a change beyond the limit counts as a
/// regression only if even the best of the new runs is worse than the baseline's median, so that
/// one slow run of three does not fail a build.
class Baseline {
 public:
  /// Reads a JSON report. `limits` is as `rtt.p99=10%,rate=5%`. Throws wskit::Error naming the file
  /// or the entry that is malformed.
  Baseline(const std::string& file, const std::string& limits);

  /// The same with a report at hand, which is called `name`.
  Baseline(std::string name, nlohmann::ordered_json report, const std::string& limits);

  /// `baseline` of the report.
  nlohmann::ordered_json compare(const nlohmann::ordered_json& report) const;

 private:
  struct Limit {
    std::string metric;
    double share;
  };

  void parse_limits(const std::string& limits);
  nlohmann::ordered_json compare(const Limit& limit, const nlohmann::ordered_json& metrics) const;

  std::string name_;
  nlohmann::ordered_json report_;
  std::vector<Limit> limits_;
};

/// One sentence about a comparison that is not ok.
std::string describe_regression(const nlohmann::ordered_json& comparison);
