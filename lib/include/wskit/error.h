#pragma once

#include <stdexcept>

#include <wskit/export.h>

namespace wskit {

/// What is wrong with the set-up: an option, an address, a certificate, a URL.
///
/// Thrown only until Server::start() returns; what() is one line that names the file, line or
/// option at fault and never holds a secret. What goes wrong later is a value.
class WSKIT_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace wskit
