#pragma once

#include <string>

struct x509_st;

namespace wskit {

/// Subject, issuer, alternative names and dates in one line. A certificate comes from a peer: what
/// it says may be anything.
std::string describe_certificate(const x509_st* certificate);

}  // namespace wskit
