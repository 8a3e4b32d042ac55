#include "wsd/hook_queue.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <wskit/base64.h>

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view name_of(HookEvent::Type type) {
  switch (type) {
    case HookEvent::Type::open:
      return "open";
    case HookEvent::Type::close:
      return "close";
    case HookEvent::Type::message:
      break;
  }
  return "message";
}

}  // namespace

std::string hook_event_json(const HookEvent& event) {
  using std::chrono::milliseconds;
  const auto time = std::chrono::duration_cast<milliseconds>(event.time.time_since_epoch());
  Json json{{"type", name_of(event.type)}, {"session", event.session}};
  if (event.number != 0) json["number"] = event.number;
  json["user"] = event.user;
  json["time_ms"] = time.count();
  switch (event.type) {
    case HookEvent::Type::open:
      json["address"] = event.address;
      break;
    case HookEvent::Type::close:
      json["code"] = event.status.code;
      json["reason"] = event.status.reason;
      break;
    case HookEvent::Type::message:
      if (event.opcode == wskit::Opcode::text) {
        json["text"] = event.payload;
      } else {
        json["base64"] = wskit::base64_encode(event.payload);
      }
      break;
  }
  return text_of(json);
}

HookQueue::HookQueue(std::string_view node, Limits limits)
    : limits_{limits}, head_{fmt::format(R"({{"node":{},"batch":)", text_of(Json(node)))} {}

bool HookQueue::add(std::string event_json) {
  if (events_.size() == limits_.max_events || event_json.size() > limits_.max_bytes - bytes_) {
    ++dropped_;
    return false;
  }
  bytes_ += event_json.size();
  events_.push_back(std::move(event_json));
  return true;
}

const std::string& HookQueue::batch() {
  if (batch_events_ != 0) return batch_;
  batch_ = fmt::format(R"({}{},"events":[)", head_, batch_number_);
  for (const std::string& event : events_) {
    const bool is_full = batch_events_ == limits_.max_batch_events ||
                         batch_.size() + event.size() + 3 > limits_.max_batch_bytes;
    if (is_full && batch_events_ != 0) break;
    if (batch_events_++ != 0) batch_ += ',';
    batch_ += event;
  }
  batch_ += "]}";
  return batch_;
}

void HookQueue::remove_batch() {
  for (; batch_events_ != 0; --batch_events_) {
    bytes_ -= events_.front().size();
    events_.pop_front();
  }
  batch_ = {};
  ++batch_number_;
}
