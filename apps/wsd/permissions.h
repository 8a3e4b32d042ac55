#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/channel_pattern.h>

/// Who may subscribe to which channels, and publish to which. Thread: any.
class Permissions {
 public:
  /// Throws wskit::Error for a pattern that no channel can match.
  Permissions(const std::vector<std::string>& subscribe, const std::vector<std::string>& publish);

  /// A refusal is counted.
  bool may_subscribe(std::string_view channel, std::string_view user) const;
  bool may_publish(std::string_view channel, std::string_view user) const;

  std::uint64_t refused_subscriptions() const { return refused_subscriptions_; }
  std::uint64_t refused_publishes() const { return refused_publishes_; }

 private:
  std::vector<wskit::ChannelPattern> subscribe_;
  std::vector<wskit::ChannelPattern> publish_;
  mutable std::atomic<std::uint64_t> refused_subscriptions_ = 0;
  mutable std::atomic<std::uint64_t> refused_publishes_ = 0;
};
