#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

/// How much worse one figure of a report's `metrics` may be.
struct RegressionLimit {
  std::string metric;
  std::optional<double> share;  ///< of the baseline's; empty: it is only shown
};

/// Reads `rtt.p99=10%,rate=5%`. Throws wskit::Error naming the entry that is malformed.
std::vector<RegressionLimit> parse_regression_limits(const std::string& text);

/// What a report is compared with.
///
/// Judged are medians over the runs. Runs differ by chance: a change beyond the limit counts as a
/// regression only if even the best of the new runs is worse than the baseline's median, so that
/// one slow run of three does not fail a build. Without limits the main figures that both reports
/// have are shown.
class Baseline {
 public:
  /// Reads a JSON report. Throws wskit::Error naming the file if it is malformed.
  Baseline(const std::string& file, std::vector<RegressionLimit> limits);

  /// The same with a report at hand, which is called `name`.
  Baseline(std::string name, nlohmann::ordered_json report, std::vector<RegressionLimit> limits);

  /// `baseline` of the report, which has `metrics` already.
  nlohmann::ordered_json compare(const nlohmann::ordered_json& report) const;

 private:
  nlohmann::ordered_json compare(const RegressionLimit& limit,
                                 const nlohmann::ordered_json& metrics) const;

  std::string name_;
  nlohmann::ordered_json report_;
  std::vector<RegressionLimit> limits_;
};

/// One sentence about a comparison that is not ok.
std::string describe_regression(const nlohmann::ordered_json& comparison);
