#pragma once

#include <string>

namespace wskit {

/// Throws Error, naming the file, unless both PEM files can be read and the key belongs to the
/// certificate.
void check_certificate(const std::string& certificate_file, const std::string& key_file);

}  // namespace wskit
