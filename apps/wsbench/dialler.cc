#include "dialler.h"

#include <algorithm>
#include <utility>

Dialler::Dialler(wskit::Loop& loop, double rate, std::size_t concurrency, Dial dial)
    : timer_{loop, [this] { dial_due(); }},
      dial_{std::move(dial)},
      concurrency_{concurrency},
      step_{rate > 0 ? seconds_long(1 / rate) : Clock::duration{0}} {}

void Dialler::want(LoadClient& client) {
  if (wanted_.empty()) {
    // Time in which nothing was wanted is not made up for.
    next_ = std::max(next_, Clock::now());
    timer_.set(next_);
  }
  wanted_.push_back(&client);
}

void Dialler::forget_wanted() {
  wanted_.clear();
  timer_.stop();
}

bool Dialler::forget(const LoadClient& client) {
  // Most likely it was wanted last.
  const auto found = std::find(wanted_.rbegin(), wanted_.rend(), &client);
  if (found == wanted_.rend()) return false;
  wanted_.erase(std::prev(found.base()));
  return true;
}

void Dialler::on_settled() {
  --pending_count_;
  // In a turn of its own: the connection that calls this may be the next.
  if (!wanted_.empty()) timer_.set(next_);
}

void Dialler::dial_due() {
  const TimePoint now = Clock::now();
  while (!wanted_.empty() && pending_count_ < concurrency_ && next_ <= now) {
    LoadClient& client = *wanted_.front();
    wanted_.pop_front();
    ++pending_count_;
    next_ += step_;
    dial_(client);
  }
  if (!wanted_.empty() && pending_count_ < concurrency_) timer_.set(next_);
}
