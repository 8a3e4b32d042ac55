#include "churn_traffic.h"

#include <algorithm>
#include <random>

ChurnTraffic::ChurnTraffic(Worker& worker)
    : worker_{worker}, timer_{worker.loop(), [this] { close_due(); }} {}

void ChurnTraffic::begin(TimePoint start) {
  is_running_ = true;
  const double lifetime = std::chrono::duration<double>(worker_.plan().options.lifetime).count();
  // As if they had been there for some time: they do not all end at once.
  std::uniform_real_distribution<double> age{0, lifetime};
  for (LoadClient& client : worker_.clients()) {
    if (client.is_open()) {
      ends_.push({start + seconds_long(age(worker_.random())), &client});
    } else {
      worker_.dialler().want(client);
    }
  }
  if (!ends_.empty()) timer_.set(ends_.top().due);
}

void ChurnTraffic::end() {
  is_running_ = false;
  timer_.stop();
  worker_.dialler().forget_wanted();
}

void ChurnTraffic::on_open(LoadClient& client) {
  if (!is_running_) return;
  // At once, too, in a turn of its own: this is a call of the connection.
  ends_.push({Clock::now() + worker_.plan().options.lifetime, &client});
  timer_.set(ends_.top().due);
}

void ChurnTraffic::close_due() {
  const TimePoint now = Clock::now();
  while (!ends_.empty() && ends_.top().due <= now) {
    LoadClient& client = *ends_.top().client;
    ends_.pop();
    if (client.is_open() && !client.is_closing()) client.close();
  }
  if (!ends_.empty()) timer_.set(ends_.top().due);
}

void ChurnTraffic::on_message(LoadClient&, wskit::MessageView) {
  ++worker_.counts().other;
}

void ChurnTraffic::on_gone(LoadClient& client) {
  if (is_running_) worker_.dialler().want(client);
}
