#include "net/listener_set.h"

namespace wskit {
namespace {

bool is_shared(const std::string& address, unsigned loop_count) {
  return !is_unix_address(address) && loop_count > 1;
}

}  // namespace

ListenerSet::ListenerSet(const std::vector<std::string>& wanted, unsigned loop_count)
    : loop_count_{loop_count} {
  for (std::string address : wanted) {
    const bool has_several = is_shared(address, loop_count);
    // SO_REUSEPORT would let a second server in without a word: look first who is there.
    if (has_several) Listener{address, {}};
    for (unsigned i = 0; i < (has_several ? loop_count : 1); ++i) {
      listeners_.push_back(
          std::make_unique<Listener>(address, Listener::Options{.is_shared = has_several}));
      address = listeners_.back()->address();
    }
    addresses_.push_back(address);
  }
}

std::vector<int> ListenerSet::descriptors(unsigned loop) const {
  std::vector<int> own;
  std::size_t next = 0;
  for (const std::string& address : addresses_) {
    const bool has_several = is_shared(address, loop_count_);
    own.push_back(listeners_[next + (has_several ? loop : 0)]->descriptor());
    next += has_several ? loop_count_ : 1;
  }
  return own;
}

void ListenerSet::stop() {
  for (const auto& listener : listeners_) listener->stop();
}

}  // namespace wskit
