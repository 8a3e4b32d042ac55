#pragma once

#include <memory>
#include <string>
#include <vector>

#include <wskit/http_client.h>

#include "publish_template.h"
#include "publisher.h"

/// Publishes by HTTP POST, over so many connections at a time as may be in flight.
class HttpPublisher final : public Publisher {
 public:
  HttpPublisher(wskit::Loop& loop, const Plan& plan, std::size_t number, PublisherEvents events);

  bool publish(std::string_view payload, std::uint64_t sequence) override;
  bool has_room() const override { return !free_.empty(); }

 private:
  void on_answer(wskit::HttpClient& client, std::uint64_t sequence,
                 const wskit::HttpResult& result);

  const std::size_t number_;
  PublisherEvents events_;
  PublishTemplate template_;
  std::vector<wskit::Header> headers_;
  std::vector<std::unique_ptr<wskit::HttpClient>> clients_;
  std::vector<wskit::HttpClient*> free_;
  wskit::Timer ready_;
};
