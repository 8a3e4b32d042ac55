#pragma once

#include <string>

/// Throws wskit::Error naming the file if it cannot be read.
std::string read_file(const std::string& name);
