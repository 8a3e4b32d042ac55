#include "report_output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"
#include "hdr_encoding.h"
#include "hgrm.h"
#include "measures.h"
#include "report_csv.h"
#include "report_html.h"
#include "report_junit.h"
#include "report_markdown.h"
#include "report_text.h"

namespace {

using Json = nlohmann::ordered_json;

/// Of the scenario's messages, corrected, of all runs together.
std::string report_hgrm(const Json& report) {
  Histogram all;
  for (const Json& run : report["runs"]) {
    for (const char* name : {"rtt", "delivery"}) {
      if (!run["latencies"].contains(name)) continue;
      all.add(decode_hdr(run["latencies"][name]["hdr"].get<std::string>()));
    }
  }
  std::ostringstream text;
  write_hgrm(text, all, kNanosecondsPerMillisecond);
  return text.str();
}

/// What peers say need not be UTF-8, and must not drive a terminal.
std::string json_text(const Json& report) {
  return escape_in_json(report.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string render(const Json& report, const std::string& format) {
  if (format == "json") return json_text(report);
  if (format == "csv") return report_csv(report);
  if (format == "junit") return report_junit(report);
  if (format == "html") return report_html(report);
  if (format == "md") return report_markdown(report);
  return report_hgrm(report);
}

std::string cannot_write(const std::string& name, int error) {
  return fmt::format("cannot write {}: {}", name, std::generic_category().message(error));
}

/// Empty, or why it could not be written.
std::string write_file(const std::string& name, const std::string& text) {
  errno = 0;
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? "" : cannot_write(name, errno);
}

/// Empty, or why it could not be written as things are now. Leaves no file behind.
std::string find_obstacle(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(name, ignored)) return cannot_write(name, EISDIR);
  const fs::path folder = fs::path{name}.parent_path();
  const fs::path place = fs::exists(name, ignored) ? fs::path{name} : folder.empty() ? "." : folder;
  return access(place.c_str(), W_OK) == 0 ? "" : cannot_write(name, errno);
}

}  // namespace

void check_outputs(const Options& options) {
  for (const Output& output : options.outputs) {
    if (output.format == "prometheus" || output.target == "-") continue;
    const std::string obstacle = find_obstacle(output.target);
    if (!obstacle.empty()) throw OutputError{obstacle};
  }
}

void write_outputs(const Json& report, const Options& options) {
  std::string problem;
  std::string printed;
  for (const Output& output : options.outputs) {
    if (output.format == "prometheus") continue;
    std::string text = render(report, output.format);
    if (output.target == "-") {
      printed = std::move(text);
      continue;
    }
    const std::string failed = write_file(output.target, text);
    if (problem.empty()) problem = failed;
  }
  if (printed.empty()) printed = report_text(report, options);
  const bool is_printed = std::fputs(printed.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  if (!is_printed && problem.empty()) problem = "cannot write to standard output";
  if (!problem.empty()) throw OutputError{problem};
}
