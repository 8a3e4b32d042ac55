#include "report_junit.h"

#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "baseline.h"

namespace {

using Json = nlohmann::ordered_json;

struct Case {
  std::string name;
  std::string failure = {};  ///< empty: passed
};

/// XML 1.0 section 2.2 knows few control characters, and none of them can be escaped.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      out += c;
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    }
  }
  return out;
}

std::string joined(const Json& reasons) {
  std::string text;
  for (const Json& reason : reasons) {
    text += (text.empty() ? "" : "; ") + reason.get<std::string>();
  }
  return text;
}

void add_comparisons(std::vector<Case>& cases, const Json& compared) {
  for (const Json& comparison : compared["comparisons"]) {
    const bool is_ok = comparison["ok"].get<bool>();
    cases.push_back({comparison["metric"].get<std::string>() + " against " +
                         compared["file"].get<std::string>(),
                     is_ok ? "" : describe_regression(comparison)});
  }
}

std::vector<Case> cases_of(const Json& report) {
  const Json& verdict = report["verdict"];
  const auto status = verdict["status"].get<std::string>();
  const std::string reasons = joined(verdict["reasons"]);
  std::vector<Case> cases;
  cases.push_back(
      {"connections", status == "not connected" ? "no connection could be opened" : ""});
  cases.push_back({"the result is valid",
                   status == "invalid" || status == "interrupted" ? status + ": " + reasons : ""});
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
