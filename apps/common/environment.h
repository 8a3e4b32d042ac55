#pragma once

#include <functional>
#include <string>

/// The value of a variable; empty if it is not set.
using Environment = std::function<std::string(const char* name)>;

/// That of this process.
std::string environment(const char* name);
