#include "plan.h"

std::size_t Plan::connections_of(std::size_t thread) const {
  const std::size_t threads = options.threads;
  return options.connections / threads + (thread < options.connections % threads ? 1 : 0);
}
