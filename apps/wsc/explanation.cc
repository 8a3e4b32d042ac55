#include "explanation.h"

#include <fmt/format.h>

#include "common/printable.h"
#include "exit_code.h"
#include "likely_cause.h"
#include "redact.h"

namespace {

/// Longer or of several lines, and it goes below the sentence.
constexpr std::size_t kMaxInlineBody = 200;
constexpr std::size_t kMaxBody = 2048;

int exit_code(wskit::ConnectFailure failure) {
  switch (failure) {
    case wskit::ConnectFailure::bad_url:
      return kExitBadUrl;
    case wskit::ConnectFailure::own_certificate:
      return kExitOwnCertificate;
    case wskit::ConnectFailure::proxy_not_resolved:
      return kExitProxyNotResolved;
    case wskit::ConnectFailure::proxy_refused:
      return kExitNotConnected;
    case wskit::ConnectFailure::name_not_resolved:
      return kExitNameNotResolved;
    case wskit::ConnectFailure::not_connected:
      return kExitNotConnected;
    case wskit::ConnectFailure::timed_out:
      return kExitTimeout;
    case wskit::ConnectFailure::tls_failed:
      return kExitTls;
    case wskit::ConnectFailure::certificate_rejected:
      return kExitCertificate;
    case wskit::ConnectFailure::upgrade_refused:
      return kExitRefused;
    case wskit::ConnectFailure::bad_upgrade:
      return kExitOther;
    case wskit::ConnectFailure::lost:
      return kExitLost;
  }
  return kExitOther;
}

std::string describe_body(std::string_view body) {
  const auto end = body.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  body = body.substr(0, end + 1);
  const bool is_short = body.size() <= kMaxInlineBody && body.find('\n') == std::string_view::npos;
  if (is_short) return ": " + printable_line(body);
  const std::string_view cut = body.size() > kMaxBody ? "\n[...]" : "";
  return fmt::format(":\n{}{}", printable(body.substr(0, kMaxBody)), cut);
}

std::string describe_refusal(const wskit::HandshakeResponse& response) {
  const std::string_view separator = response.reason.empty() ? "" : " ";
  return fmt::format("refused: {}{}{}{}", response.status, separator,
                     printable_line(response.reason), describe_body(response.body));
}

std::string describe_details(const wskit::ConnectError& error) {
  std::string lines;
  const auto add = [&lines](const std::string& line) {
    lines += (lines.empty() ? "  " : "\n  ") + printable_line(line);
  };
  for (const wskit::Header& header : error.response.headers) {
    add(redact_header(header.name + ": " + header.value));
  }
  for (const std::string& certificate : error.certificates) add("certificate: " + certificate);
  if (const std::string cause = likely_cause(error); !cause.empty()) add("Likely: " + cause);
  return lines;
}

}  // namespace

Explanation explain(const wskit::ConnectError& error) {
  Explanation explanation{exit_code(error.failure), printable_line(error.message),
                          describe_details(error)};
  if (error.failure == wskit::ConnectFailure::bad_upgrade) {
    explanation.text = "not a WebSocket server: " + explanation.text;
  } else if (error.failure == wskit::ConnectFailure::upgrade_refused) {
    explanation.text = describe_refusal(error.response);
  }
  return explanation;
}

Explanation explain(const wskit::CloseStatus& status) {
  using namespace wskit;
  const std::string_view separator = status.reason.empty() ? "" : " ";
  const std::string reason = printable_line(status.reason);
  if (status.code == close_code::abnormal) {
    return {kExitLost,
            fmt::format("connection lost (1006){}{}", separator.empty() ? "" : ": ", reason)};
  }
  const bool is_normal = status.code == close_code::normal ||
                         status.code == close_code::going_away ||
                         status.code == close_code::no_status;
  return {is_normal ? kExitOk : kExitClosedWithError,
          fmt::format("closed by the server: {}{}{}", status.code, separator, reason)};
}
