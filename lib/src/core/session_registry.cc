#include <wskit/session_registry.h>

#include <algorithm>

#include <wskit/broker.h>

#include "core/check.h"

namespace wskit {

void SessionRegistry::add(Session& session) {
  const auto [entry, added] = entries_.try_emplace(session.id(), Entry{&session, {}});
  WSKIT_CHECK(added);
  entry->second.subscriptions.reserve(2);
  subscribe(entry->second, kEveryone);
  if (!session.user().empty()) subscribe(entry->second, user_channel(session.user()));
}

void SessionRegistry::remove(SessionId id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  for (const Subscription& subscription : found->second.subscriptions) drop(subscription);
  entries_.erase(found);
}

bool SessionRegistry::subscribe(SessionId id, std::string_view channel) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  const bool is_subscribed = std::ranges::any_of(
      found->second.subscriptions,
      [channel](const Subscription& held) { return held.channel->first == channel; });
  if (is_subscribed) return false;
  subscribe(found->second, channel);
  return true;
}

bool SessionRegistry::unsubscribe(SessionId id, std::string_view channel) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  auto& held = found->second.subscriptions;
  const auto subscription = std::ranges::find_if(
      held, [channel](const Subscription& each) { return each.channel->first == channel; });
  if (subscription == held.end()) return false;
  drop(*subscription);
  held.erase(subscription);
  return true;
}

Session* SessionRegistry::find(SessionId id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.session;
}

auto SessionRegistry::deliver(std::string_view channel, const Message& message) -> Delivery {
  Delivery delivery;
  for_each_subscriber(channel, [&](Session& session) {
    const bool is_refused = session.send(message) == SendResult::refused;
    ++(is_refused ? delivery.refused : delivery.accepted);
  });
  return delivery;
}

void SessionRegistry::subscribe(Entry& entry, std::string_view channel) {
  auto found = channels_.find(channel);
  if (found == channels_.end()) {
    found = channels_.emplace(std::string(channel), std::vector<Subscriber>{}).first;
  }
  auto& subscribers = found->second;
  entry.subscriptions.push_back({&*found, static_cast<std::uint32_t>(subscribers.size())});
  subscribers.push_back({entry.session, &entry});
}

void SessionRegistry::drop(const Subscription& subscription) {
  auto& subscribers = subscription.channel->second;
  WSKIT_CHECK(subscription.position < subscribers.size());
  // The last subscriber takes the free place and is told its new position.
  const Subscriber last = subscribers.back();
  subscribers[subscription.position] = last;
  for (Subscription& held : last.entry->subscriptions) {
    if (held.channel == subscription.channel) held.position = subscription.position;
  }
  subscribers.pop_back();
  if (subscribers.empty()) channels_.erase(channels_.find(subscription.channel->first));
}

}  // namespace wskit
