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
      end_at(start + seconds_long(age(worker_.random())), client);
    } else {
      worker_.dialler().want(client);
    }
  }
}

void ChurnTraffic::end_at(TimePoint due, LoadClient& client) {
  ends_.push({due, &client, client.dial_count()});
  timer_.set(ends_.top().due);
}

void ChurnTraffic::end() {
  is_running_ = false;
  timer_.stop();
  worker_.dialler().forget_wanted();
}

void ChurnTraffic::on_open(LoadClient& client) {
  if (!is_running_) return;
  // At once, too, in a turn of its own: this is a call of the connection.
  end_at(Clock::now() + worker_.plan().options.lifetime, client);
}

void ChurnTraffic::close_due() {
  const TimePoint now = Clock::now();
  while (!ends_.empty() && ends_.top().due <= now) {
    const End end = ends_.top();
    ends_.pop();
    LoadClient& client = *end.client;
    const bool is_gone = client.dial_count() != end.dial_count || !client.is_open();
    if (!is_gone && !client.is_closing()) client.close();
  }
  if (!ends_.empty()) timer_.set(ends_.top().due);
}

void ChurnTraffic::on_message(LoadClient&, const wskit::MessageView&) {
  ++worker_.counts().other;
}

void ChurnTraffic::on_gone(LoadClient& client) {
  if (is_running_) worker_.dialler().want(client);
}
