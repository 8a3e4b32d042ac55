#include "publisher.h"

#include <utility>

#include "frame_publisher.h"
#include "http_publisher.h"
#include "redis_publisher.h"

std::unique_ptr<Publisher> make_publisher(wskit::Loop& loop, const Plan& plan, std::size_t number,
                                          PublisherEvents events) {
  switch (plan.options.fanout.by) {
    case PublishBy::http:
      return std::make_unique<HttpPublisher>(loop, plan, number, std::move(events));
    case PublishBy::redis:
      return std::make_unique<RedisPublisher>(loop, plan, number, std::move(events));
    case PublishBy::frame:
      break;
  }
  return std::make_unique<FramePublisher>(loop, plan, number, std::move(events));
}
