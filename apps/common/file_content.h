#pragma once

#include <string>

/// Throws wskit::Error naming the file if it cannot be read.
std::string read_file(const std::string& name);

/// The value itself, or what is in the file that "@FILE" names, without its last line end. Throws
/// as read_file().
std::string text_or_file(const std::string& value);
