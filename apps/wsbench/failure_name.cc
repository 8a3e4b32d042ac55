#include "failure_name.h"

std::string failure_name(const wskit::ConnectError& error) {
  using wskit::ConnectFailure;
  switch (error.failure) {
    case ConnectFailure::bad_url:
      return "bad URL";
    case ConnectFailure::own_certificate:
      return "own certificate";
    case ConnectFailure::proxy_not_resolved:
    case ConnectFailure::proxy_refused:
      return "proxy";
    case ConnectFailure::name_not_resolved:
      return "name not resolved";
    case ConnectFailure::not_connected:
      return "not connected";
    case ConnectFailure::timed_out:
      return "timed out";
    case ConnectFailure::tls_failed:
      return "TLS";
    case ConnectFailure::certificate_rejected:
      return "certificate";
    case ConnectFailure::upgrade_refused:
      return "HTTP " + std::to_string(error.response.status);
    case ConnectFailure::bad_upgrade:
      return "bad upgrade";
    case ConnectFailure::lost:
      return "lost";
  }
  return "other";
}
