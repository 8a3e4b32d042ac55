#include "common/environment.h"

#include <cstdlib>

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}
