#include "report_junit.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "baseline.h"
#include "common/printable.h"

namespace {

using Json = nlohmann::ordered_json;

struct Case {
  std::string name;
  std::string failure = {};  ///< empty: passed
};

/// XML 1.0 section 2.2 knows few control characters, and none of them can be escaped: they are
/// shown as printable_line() does.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : printable_line(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c == '\t' ? ' ' : c;
    }
  }
  return out;
}

/// The reasons of that status; empty: there are none.
std::string reasons_of(const Json& verdict, const std::string& status) {
  std::string text;
  for (std::size_t i = 0; i < verdict["reasons"].size(); ++i) {
    if (verdict["statuses"][i] != status) continue;
    text += (text.empty() ? "" : "; ") + verdict["reasons"][i].get<std::string>();
  }
  return text;
}

void add_comparisons(std::vector<Case>& cases, const Json& compared) {
  const std::string of =
      compared.contains("target_number")
          ? fmt::format("server {}: ", compared["target_number"].get<std::size_t>())
          : "";
  for (const Json& comparison : compared["comparisons"]) {
    if (comparison["limit"].is_null()) continue;
    const bool is_ok = comparison["ok"].get<bool>();
    cases.push_back({of + comparison["metric"].get<std::string>() + " against " +
                         compared["file"].get<std::string>(),
                     is_ok ? "" : describe_regression(comparison)});
  }
}

std::vector<Case> cases_of(const Json& report) {
  const Json& verdict = report["verdict"];
  std::vector<Case> cases{{"connections", reasons_of(verdict, "not connected")},
                          {"the run went on to its end", reasons_of(verdict, "interrupted")},
                          {"the result is valid", reasons_of(verdict, "invalid")}};
  if (report.contains("search")) {
    const bool has_best = report["search"]["best"].get<std::uint64_t>() > 0;
    cases.push_back({"a load holds", has_best ? "" : reasons_of(verdict, "failed")});
  }
  for (const Json& threshold : report.value("thresholds", Json::array())) {
    const std::string name = fmt::format("{} (run {})", threshold["expression"].get<std::string>(),
                                         threshold["run"].get<std::size_t>());
    cases.push_back(
        {name, threshold["ok"].get<bool>() ? "" : "it is " + threshold["text"].get<std::string>()});
  }
  if (report.contains("baseline")) add_comparisons(cases, report["baseline"]);
  for (const Json& compared : report.value("comparisons", Json::array())) {
    add_comparisons(cases, compared);
  }
  // Whatever else it is: what does not pass has a case that does not.
  const bool is_told =
      std::ranges::any_of(cases, [](const Case& each) { return !each.failure.empty(); });
  const auto status = verdict["status"].get<std::string>();
  if (status != "passed" && !is_told) {
    const std::string reasons = reasons_of(verdict, status);
    cases.push_back({"the verdict", reasons.empty() ? status : reasons});
  }
  return cases;
}

}  // namespace

std::string report_junit(const Json& report) {
  const std::vector<Case> cases = cases_of(report);
  double time = 0;
  for (const Json& run : report["runs"]) {
    time += run["opening_s"].get<double>() + run["measured_s"].get<double>();
  }
  std::size_t failures = 0;
  std::string body;
  const std::string name = escaped(fmt::format(
      "wsbench {} {}", report["scenario"].get<std::string>(), report["url"].get<std::string>()));
  for (const Case& each : cases) {
    body += fmt::format("  <testcase classname=\"{}\" name=\"{}\"", name, escaped(each.name));
    if (each.failure.empty()) {
      body += "/>\n";
      continue;
    }
    ++failures;
    body += fmt::format("><failure message=\"{}\"/></testcase>\n", escaped(each.failure));
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\">\n{}"
      "</testsuite>\n",
      name, cases.size(), failures, time, body);
}
