#include "likely_cause.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "common/printable.h"
#include "redact.h"

namespace {

std::string header(const wskit::HandshakeResponse& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, &wskit::Header::name);
  return found == response.headers.end() ? std::string{} : printable_line(found->value);
}

std::string cause_of_redirect(const wskit::ConnectError& error) {
  const std::string location = header(error.response, "location");
  constexpr std::string_view kNotFollowed = "a redirect that is not followed: ";
  if (const auto at = error.message.find(kNotFollowed); at != std::string::npos) {
    return error.message.substr(at);
  }
  if (location.empty()) return {};
  return "the server is elsewhere, at " + redact_url(location) + "; --location goes there";
}

std::string cause_of_missing_upgrade(const wskit::HandshakeResponse& response) {
  const std::string version = header(response, "sec-websocket-version");
  if (!version.empty() && version != "13") {
    return "the server speaks version " + version + " of the protocol, not 13";
  }
  return "the server did not see the Upgrade header: a proxy in between that does not pass it on?";
}

std::string cause_of_refusal(const wskit::ConnectError& error) {
  switch (error.response.status) {
    case 200:
    case 204:
      return "the server took no notice of the upgrade: a web page is served at this path, or a "
             "proxy in between removed the Upgrade header";
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return cause_of_redirect(error);
    case 400:
      return "the server found something missing or wrong in the request: an Origin (--origin), a "
             "subprotocol (--subprotocol), a parameter of the URL, or the Upgrade header, which a "
             "proxy in between does not pass on?";
    case 401:
      return "the server wants credentials: --bearer, --user, --cookie or --header send them";
    case 403:
      return "the server does not let this client in: its Origin (--origin), its token, its "
             "address?";
    case 404:
      return "nothing is served at this path";
    case 405:
    case 426:
      return cause_of_missing_upgrade(error.response);
    case 429:
    case 503:
      return "the server has too much to do at the moment";
    case 502:
    case 504:
      return "a proxy in between cannot reach the server behind it";
    default:
      return {};
  }
}

std::string cause_of_rejected_certificate(const std::string& message) {
  const auto says = [&message](std::string_view part) {
    return message.find(part) != std::string::npos;
  };
  if (says("expired")) return "the server's certificate was not renewed, or this clock is wrong";
  if (says("not yet valid")) return "this clock is wrong, or the certificate is for later";
  if (says("mismatch")) {
    return "the certificate is for another name; --sni NAME asks for and expects that one";
  }
  if (says("self-signed") || says("issuer")) {
    return "nobody whom this machine trusts has signed it; --cacert FILE trusts its authority, "
           "--insecure accepts any";
  }
  return {};
}

}  // namespace

std::string likely_cause(const wskit::ConnectError& error) {
  const auto says = [&error](std::string_view part) {
    return error.message.find(part) != std::string::npos;
  };
  switch (error.failure) {
    case wskit::ConnectFailure::upgrade_refused:
      return cause_of_refusal(error);
    case wskit::ConnectFailure::certificate_rejected:
      return cause_of_rejected_certificate(error.message);
    case wskit::ConnectFailure::tls_failed:
      if (says("does not speak TLS") && says("the proxy")) return "is it http:// for the proxy?";
      if (says("certificate required") || says("handshake failure")) {
        return "the server may want a certificate: --cert and --key show one";
      }
      if (says("does not speak TLS")) return "is it ws:// instead of wss://?";
      if (says("version")) return "it speaks other versions of TLS; see --tls-min and --tls-max";
      return {};
    case wskit::ConnectFailure::bad_upgrade:
      if (says("Accept")) return "a cache or proxy in between has answered for the server";
      if (says("HTTP")) return "another protocol is spoken there: is it wss:// instead of ws://?";
      return {};
    case wskit::ConnectFailure::lost:
      return "is it wss:// instead of ws://, or another protocol?";
    case wskit::ConnectFailure::not_connected:
      if (says("refused")) return "nobody listens there: is the server running, the port right?";
      return {};
    case wskit::ConnectFailure::timed_out:
      return "a firewall that drops packets, or a server that hangs";
    default:
      return {};
  }
}
