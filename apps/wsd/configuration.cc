#include "wsd/configuration.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <wskit/error.h>

namespace {

struct Difference {
  std::vector<std::string> reloadable;  ///< names of all that were looked at
  std::vector<std::string> changed;

  /// Makes `value` what `next` is.
  template <typename Value>
  void take(const char* name, Value& value, const Value& next) {
    reloadable.emplace_back(name);
    if (value == next) return;
    value = next;
    changed.emplace_back(name);
  }
};

/// Takes over what a running daemon can change.
Difference take_reloadable(WsdOptions& running, const WsdOptions& next) {
  Difference difference;
  difference.take("api-key-file", running.api_keys, next.api_keys);
  difference.take("origin", running.origins, next.origins);
  difference.take("tls-cert", running.server.tls_certificate_file,
                  next.server.tls_certificate_file);
  difference.take("tls-key", running.server.tls_key_file, next.server.tls_key_file);
  difference.take("max-sessions", running.server.max_sessions, next.server.max_sessions);
  difference.take("idle-timeout", running.limits.idle_timeout, next.limits.idle_timeout);
  difference.take("ping-interval", running.limits.ping_interval, next.limits.ping_interval);
  difference.take("max-message", running.limits.max_message_bytes, next.limits.max_message_bytes);
  difference.take("max-queue", running.limits.max_queue_bytes, next.limits.max_queue_bytes);
  difference.take("slow-consumer", running.limits.slow_consumer, next.limits.slow_consumer);
  difference.take("hook-secret-file", running.hook.secret, next.hook.secret);
  difference.take("log-level", running.log.level, next.log.level);
  return difference;
}

/// As written; the reloadable ones hold no secrets, but the names of files that do.
std::string text_of(const FoundOptions& found, const std::string& name) {
  const auto entry = found.find(name);
  if (entry == found.end()) return "default";
  return fmt::format("{}", fmt::join(entry->second.values, ","));
}

/// Options that are written in one way here and another there.
std::vector<std::string> differently_written(const FoundOptions& one, const FoundOptions& other) {
  std::vector<std::string> names;
  for (const auto& [name, values] : one) {
    const auto found = other.find(name);
    if (found == other.end() || found->second.values != values.values) names.push_back(name);
  }
  for (const auto& [name, values] : other) {
    if (!one.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

ReloadResult Configuration::reload(const Use& use, wskit::Log& log) {
  ReloadResult result;
  WsdOptions next = current_.options;
  WsdCommand read;
  Difference difference;
  try {
    read = read_();
    difference = take_reloadable(next, read.options);
    validate(next);
    use(next);
  } catch (const wskit::Error& error) {
    result.problem = error.what();
    log.warn("reload_refused", {{"problem", result.problem}});
    return result;
  }
  result.changed = std::move(difference.changed);
  for (const std::string& name : result.changed) {
    const std::string from = text_of(current_.found, name);
    const std::string to = text_of(read.found, name);
    log.info("option_changed",
             {{"option", name}, {"from", from}, {"to", from == to ? "other contents" : to}});
  }
  for (std::string& name : differently_written(current_.found, read.found)) {
    if (std::ranges::find(difference.reloadable, name) != difference.reloadable.end()) continue;
    log.warn("option_needs_restart", {{"option", name}});
    result.restart_needed.push_back(std::move(name));
  }
  for (const std::string& name : difference.reloadable) {
    current_.found.erase(name);
    if (auto values = read.found.extract(name)) current_.found.insert(std::move(values));
  }
  // Not the whole: other threads read the rest.
  take_reloadable(current_.options, read.options);
  return result;
}
