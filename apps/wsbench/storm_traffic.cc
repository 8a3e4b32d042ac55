#include "storm_traffic.h"

#include <algorithm>
#include <cmath>

StormTraffic::StormTraffic(Worker& worker)
    : worker_{worker},
      timer_{worker.loop(), [this] { break_some(); }},
      is_away_(worker.plan().connections_of(worker.number())) {}

void StormTraffic::begin(TimePoint start) {
  const LoadOptions& options = worker_.plan().options;
  is_running_ = true;
  timer_.set(start + options.warmup + options.drop_at);
}

void StormTraffic::end() {
  is_running_ = false;
  timer_.stop();
  worker_.dialler().forget_wanted();
}

void StormTraffic::break_some() {
  std::vector<LoadClient*> open;
  for (LoadClient& client : worker_.clients()) {
    if (client.is_open()) open.push_back(&client);
  }
  std::ranges::shuffle(open, worker_.random());
  const LoadOptions& options = worker_.plan().options;
  const double broken = std::ceil(static_cast<double>(options.connections) * options.drop_share);
  const std::size_t here =
      worker_.plan().share_of_thread(static_cast<std::size_t>(broken), worker_.number());
  open.resize(std::min(open.size(), here));
  broken_at_ = Clock::now();
  for (LoadClient* const client : open) {
    is_away_[client->index()] = true;
    worker_.drop(*client);
    worker_.dialler().want(*client);
  }
  worker_.tally().broken += open.size();
}

void StormTraffic::on_open(LoadClient& client) {
  const std::size_t index = client.index();
  if (!is_away_[index]) return;
  is_away_[index] = false;
  worker_.tally().recovery.record(Clock::now() - broken_at_);
}

void StormTraffic::on_message(LoadClient&, const wskit::MessageView&) {
  ++worker_.counts().other;
}

/// Tries again until it is back, as users' programs do.
void StormTraffic::on_gone(LoadClient& client) {
  if (is_running_ && is_away_[client.index()]) worker_.dialler().want(client);
}
