#include "plan.h"

#include "connection_ramp.h"
#include "share.h"

std::size_t Plan::connections_of(std::size_t thread) const {
  return share_of_thread(ConnectionRamp{options}.most(), thread);
}

std::size_t Plan::share_of_thread(std::size_t total, std::size_t thread) const {
  return share_of(total, thread, options.threads);
}
