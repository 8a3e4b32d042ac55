#include <wskit/handler_registry.h>

#include <algorithm>

#include <wskit/error.h>

#include "core/origin.h"

namespace wskit {
namespace {

/// Between the comments that tell proxies and clients of an event stream that it lives.
constexpr std::chrono::seconds kEventStreamPing{20};

}  // namespace

void HandlerRegistry::add(Route route) {
  if (!route.path.starts_with('/')) throw Error("path '" + route.path + "' does not begin with /");
  if (find(route.path) != nullptr) throw Error("path '" + route.path + "' has a handler already");
  if (route.handler == nullptr) throw Error("path '" + route.path + "' has no handler");
  for (const std::string& origin : route.allowed_origins) {
    if (!is_origin_pattern(origin)) {
      throw Error("origin '" + origin + "' is not of the form https://host[:port] or *");
    }
  }
  if (route.encoding == Encoding::sse) {
    // Who listens to events sends nothing.
    route.limits.idle_timeout = std::chrono::seconds{0};
    route.limits.ping_interval = kEventStreamPing;
  }
  routes_.push_back(std::move(route));
}

bool HandlerRegistry::take_settings(const HandlerRegistry& other) {
  bool has_other_limits = false;
  for (Route& route : routes_) {
    const Route* const source = other.find(route.path);
    if (source == nullptr) continue;
    route.allowed_origins = source->allowed_origins;
    has_other_limits = has_other_limits || !(route.limits == source->limits);
    route.limits = source->limits;
  }
  return has_other_limits;
}

const Route* HandlerRegistry::find(std::string_view path) const {
  const auto found = std::ranges::find(routes_, path, &Route::path);
  return found == routes_.end() ? nullptr : &*found;
}

}  // namespace wskit
