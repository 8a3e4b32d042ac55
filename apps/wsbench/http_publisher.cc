#include "http_publisher.h"

#include <utility>

#include <fmt/format.h>

namespace {

/// Requests under way, each on a connection of its own that is kept.
constexpr std::size_t kConnections = 32;

}  // namespace

HttpPublisher::HttpPublisher(wskit::Loop& loop, const Plan& plan, std::size_t number,
                             PublisherEvents events)
    : number_{number},
      events_{std::move(events)},
      template_{plan.options.fanout.publish},
      headers_{plan.publish_headers},
      ready_{loop} {
  for (std::size_t i = 0; i < kConnections; ++i) {
    clients_.push_back(std::make_unique<wskit::HttpClient>(loop, plan.publish_http));
    free_.push_back(clients_.back().get());
  }
  ready_.start(std::chrono::milliseconds{0}, [this] { events_.on_ready(); });
}

bool HttpPublisher::publish(std::string_view payload, std::uint64_t sequence) {
  if (free_.empty()) return false;
  // The one used last, whose connection is still there.
  wskit::HttpClient& client = *free_.back();
  free_.pop_back();
  client.post(headers_, std::string{template_.fill(payload, sequence, number_)},
              [this, &client, sequence](const wskit::HttpResult& result) {
                on_answer(client, sequence, result);
              });
  return true;
}

void HttpPublisher::on_answer(wskit::HttpClient& client, std::uint64_t sequence,
                              const wskit::HttpResult& result) {
  free_.push_back(&client);
  if (result.status == 0) {
    events_.on_refused(sequence, "the publisher: " + result.problem);
  } else if (result.status < 200 || result.status > 299) {
    events_.on_refused(sequence, fmt::format("the publisher was answered {}: {}", result.status,
                                             result.body.substr(0, 200)));
  }
}
