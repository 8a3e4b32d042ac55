// Echoes each message after a delay that is known: what a load tester reports can be compared with.
//
// Usage: delay_server uniform FIRST_MS LAST_MS COUNT [tell]
//        delay_server stalls EVERY STALL_MS [tell]
//        delay_server stop AFTER_MS STOP_MS
//
// `uniform` spreads the delays of COUNT messages evenly; `stalls` delays one message of EVERY;
// `stop` does nothing at all for a while, once.
//
// Prints "port=N" and serves until it is ended. What it did none but the server can know: when the
// last connection ends, `tell` prints how long it kept each message, and `stop` when it answered
// each, both in milliseconds, the latter since the first came.

#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include <wskit/broker.h>
#include <wskit/error.h>
#include <wskit/precise_timer.h>
#include <wskit/server.h>

namespace {

using Clock = wskit::Loop::Clock;
using Delay = std::function<Clock::duration(std::uint64_t number)>;

Clock::duration in_ms(double ms) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>{ms});
}

void tell(const std::string& what, const std::vector<Clock::duration>& times) {
  std::cout << what << "_ms=";
  for (const auto time : times) {
    std::cout << std::chrono::duration<double, std::milli>{time}.count() << ' ';
  }
  std::cout << std::endl;
}

/// Thread: that of the one worker.
class DelayedEcho final : public wskit::MessageHandler {
 public:
  DelayedEcho(Delay delay, bool tells) : delay_{std::move(delay)}, tells_{tells} {}

  void on_open(wskit::Session& session) override {
    open_.insert(&session);
    if (timer_) return;
    timer_ = std::make_unique<wskit::PreciseTimer>(session.loop(), [this] { echo_due(); });
    if (tells_) turn_end_ = session.loop().on_turn_end([this] { note_answered(); });
  }

  void on_message(wskit::Session& session, const wskit::MessageView& message) override {
    const auto now = Clock::now();
    const auto due = now + delay_(number_++);
    waiting_.push({due, now, &session, std::string{message.payload}});
    if (waiting_.top().due == due) timer_->set(due);
  }

  void on_close(wskit::Session& session, const wskit::CloseStatus&) override {
    open_.erase(&session);
    if (!open_.empty()) return;
    // The timer must be gone when the loop ends.
    waiting_ = {};
    timer_ = nullptr;
    turn_end_ = nullptr;
    if (tells_) tell("kept", kept_);
  }

 private:
  struct Waiting {
    Clock::time_point due;
    Clock::time_point arrived;
    wskit::Session* session;
    std::string text;
    bool operator<(const Waiting& other) const { return due > other.due; }
  };

  void echo_due() {
    while (!waiting_.empty() && waiting_.top().due <= Clock::now()) {
      const Waiting& next = waiting_.top();
      if (open_.contains(next.session)) {
        static_cast<void>(next.session->send({wskit::Opcode::text, next.text}));
        if (tells_) answered_.push_back(next.arrived);
      }
      waiting_.pop();
    }
    if (!waiting_.empty()) timer_->set(waiting_.top().due);
  }

  /// What was sent in this turn is on its way.
  void note_answered() {
    const auto now = Clock::now();
    for (const auto arrived : answered_) kept_.push_back(now - arrived);
    answered_.clear();
  }

  const Delay delay_;
  const bool tells_;
  std::uint64_t number_ = 0;
  std::set<wskit::Session*> open_;
  std::priority_queue<Waiting> waiting_;
  std::unique_ptr<wskit::PreciseTimer> timer_;
  std::shared_ptr<void> turn_end_;
  std::vector<Clock::time_point> answered_;  ///< in this turn; when they had come
  std::vector<Clock::duration> kept_;
};

/// Answers at once, but for one stop of everything: it begins with the first message that comes so
/// long after the first of all. For one connection. Thread: that of the one worker.
class StoppingEcho final : public wskit::MessageHandler {
 public:
  StoppingEcho(Clock::duration after, Clock::duration stop) : after_{after}, stop_{stop} {}

  void on_open(wskit::Session& session) override {
    turn_end_ = session.loop().on_turn_end([this] {
      if (first_) answered_.resize(count_, Clock::now() - *first_);
    });
  }

  void on_message(wskit::Session& session, const wskit::MessageView& message) override {
    const auto now = Clock::now();
    if (!first_) first_ = now;
    if (!stopped_ && now - *first_ >= after_) {
      stopped_ = true;
      // Not asleep: a CPU that was takes milliseconds to be fast again.
      while (Clock::now() - now < stop_) continue;
    }
    static_cast<void>(session.send({message.opcode, message.payload}));
    ++count_;
  }

  void on_close(wskit::Session&, const wskit::CloseStatus&) override {
    turn_end_ = nullptr;
    tell("answered", answered_);
  }

 private:
  const Clock::duration after_;
  const Clock::duration stop_;
  std::optional<Clock::time_point> first_;
  bool stopped_ = false;
  std::size_t count_ = 0;
  std::vector<Clock::duration> answered_;  ///< since the first
  std::shared_ptr<void> turn_end_;
};

/// Every delay once, in an order that looks like chance: 7919 is prime, and no factor of COUNT.
Delay uniform(double first_ms, double last_ms, std::uint64_t count) {
  return [=](std::uint64_t number) {
    const auto place = static_cast<double>(number * 7919 % count);
    return in_ms(first_ms + (last_ms - first_ms) * (place + 0.5) / static_cast<double>(count));
  };
}

Delay stalls(std::uint64_t every, double stall_ms) {
  return [=](std::uint64_t number) { return in_ms(number % every == every - 1 ? stall_ms : 0); };
}

std::unique_ptr<wskit::MessageHandler> echo_of(std::vector<std::string> words) {
  const auto number = [&words](std::size_t place) { return std::stod(words[place]); };
  const bool tells = !words.empty() && words.back() == "tell";
  if (tells) words.pop_back();
  const std::string kind = words.empty() ? "" : words[0];
  if (kind == "uniform" && words.size() == 4) {
    return std::make_unique<DelayedEcho>(uniform(number(1), number(2), std::stoull(words[3])),
                                         tells);
  }
  if (kind == "stalls" && words.size() == 3)
    return std::make_unique<DelayedEcho>(stalls(std::stoull(words[1]), number(2)), tells);
  if (kind == "stop" && words.size() == 3 && !tells)
    return std::make_unique<StoppingEcho>(in_ms(number(1)), in_ms(number(2)));
  throw wskit::Error{
      "delay_server uniform FIRST_MS LAST_MS COUNT [tell] | stalls EVERY STALL_MS [tell] | "
      "stop AFTER_MS STOP_MS"};
}

void serve(const std::vector<std::string>& words) {
  const auto log = wskit::make_stderr_log({.level = wskit::LogLevel::warn});
  wskit::Loop control;
  const auto broker = wskit::make_local_broker();
  const auto echo = echo_of(words);
  wskit::HandlerRegistry handlers;
  handlers.add({.path = "/", .handler = echo.get(), .interceptors = {}, .allowed_origins = {"*"}});
  wskit::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.worker_count = 1;
  wskit::Server server{control, std::move(options), handlers, *broker, *log};
  server.start();
  const std::string& address = server.addresses().front();
  std::cout << "port=" << address.substr(address.rfind(':') + 1) << std::endl;
  server.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    serve({argv + 1, argv + argc});
    return 0;
  } catch (const wskit::Error& error) {
    std::cerr << "delay_server: " << error.what() << '\n';
    return 1;
  }
}
