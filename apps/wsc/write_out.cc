#include "write_out.h"

#include <array>
#include <functional>
#include <string_view>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/printable.h"

namespace {

std::string seconds(const RunSummary::Time& time) {
  return fmt::format(
      "{:.6f}", std::chrono::duration<double>(time.value_or(std::chrono::microseconds{0})).count());
}

struct Variable {
  std::string_view name;
  std::string (*value)(const RunSummary&);
};

template <auto member>
std::string number(const RunSummary& summary) {
  return std::to_string(summary.*member);
}

template <auto member>
std::string time(const RunSummary& summary) {
  return seconds(summary.*member);
}

constexpr std::array<Variable, 17> kVariables{{
    {"time_namelookup", time<&RunSummary::name_found>},
    {"time_connect", time<&RunSummary::connected>},
    {"time_appconnect", time<&RunSummary::encrypted>},
    {"time_upgrade", time<&RunSummary::upgraded>},
    {"time_starttransfer", time<&RunSummary::first_message>},
    {"time_total", [](const RunSummary& summary) { return seconds(summary.total); }},
    {"remote", [](const RunSummary& summary) { return summary.remote; }},
    {"http_code", number<&RunSummary::http_status>},
    {"response_code", number<&RunSummary::http_status>},
    {"close_code", number<&RunSummary::close_code>},
    {"num_redirects", number<&RunSummary::redirect_count>},
    {"num_connects", number<&RunSummary::connect_count>},
    {"num_received", number<&RunSummary::received_count>},
    {"size_download", number<&RunSummary::received_bytes>},
    {"num_sent", number<&RunSummary::sent_count>},
    {"size_upload", number<&RunSummary::sent_bytes>},
    {"exitcode", number<&RunSummary::exit_code>},
}};

std::string value_of(std::string_view name, const RunSummary& summary) {
  for (const Variable& each : kVariables) {
    if (each.name == name) return each.value(summary);
  }
  std::string known;
  for (const Variable& each : kVariables) known += fmt::format(" {}", each.name);
  throw wskit::Error(
      fmt::format("--write-out: there is no %{{{}}}; there are{}", printable_line(name), known));
}

std::string_view unescaped(char c) {
  switch (c) {
    case 'n':
      return "\n";
    case 'r':
      return "\r";
    case 't':
      return "\t";
    default:
      return {};
  }
}

}  // namespace

std::string expand_write_out(const std::string& format, const RunSummary& summary) {
  std::string text;
  std::string_view rest = format;
  while (!rest.empty()) {
    std::size_t taken = 1;
    const auto end = rest.starts_with("%{") ? rest.find('}') : std::string_view::npos;
    if (end != std::string_view::npos) {
      text += value_of(rest.substr(2, end - 2), summary);
      taken = end + 1;
    } else if (rest.starts_with("%%")) {
      text += '%';
      taken = 2;
    } else if (rest.size() > 1 && rest[0] == '\\' && !unescaped(rest[1]).empty()) {
      text += unescaped(rest[1]);
      taken = 2;
    } else {
      text += rest.front();
    }
    rest.remove_prefix(taken);
  }
  return text;
}
