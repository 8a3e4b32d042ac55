#include "explanation.h"

#include <fmt/format.h>

#include "common/printable.h"
#include "exit_code.h"

namespace {

/// Longer or of several lines, and it goes below the sentence.
constexpr std::size_t kMaxInlineBody = 200;
constexpr std::size_t kMaxBody = 2048;

int exit_code(wskit::ConnectFailure failure) {
  switch (failure) {
    case wskit::ConnectFailure::bad_url:
      return kExitBadUrl;
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

bool is_secret(const wskit::Header& header) {
  return header.name == "set-cookie";
}

}  // namespace

Explanation explain(const wskit::ConnectError& error) {
  const int code = exit_code(error.failure);
  if (error.failure == wskit::ConnectFailure::bad_upgrade) {
    return {code, "not a WebSocket server: " + error.message};
  }
  if (error.failure != wskit::ConnectFailure::upgrade_refused) return {code, error.message};
  const wskit::HandshakeResponse& response = error.response;
  const std::string_view separator = response.reason.empty() ? "" : " ";
  return {code, fmt::format("refused: {}{}{}{}", response.status, separator,
                            printable_line(response.reason), describe_body(response.body))};
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

std::string describe_answer(const wskit::HandshakeResponse& response) {
  std::string text = fmt::format("answer: {} {}", response.status, response.reason);
  for (const wskit::Header& header : response.headers) {
    text += fmt::format("\n  {}: {}", header.name, is_secret(header) ? "[hidden]" : header.value);
  }
  return text;
}
