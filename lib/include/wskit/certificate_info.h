#pragma once

#include <chrono>
#include <string>

namespace wskit {

/// Of the certificate that a server presents.
struct CertificateInfo {
  std::string fingerprint;  ///< SHA-256 of the DER form, in lower-case hex
  std::chrono::system_clock::time_point expires;
};

}  // namespace wskit
