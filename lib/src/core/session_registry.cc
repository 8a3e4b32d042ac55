#include <wskit/session_registry.h>

#include <algorithm>
#include <iterator>

#include "core/check.h"

namespace wskit {

void SessionRegistry::add(Session& session) {
  const auto position = static_cast<std::uint32_t>(everyone_.size());
  const bool is_added = entries_.try_emplace(session.id(), Entry{&session, {}, position}).second;
  WSKIT_CHECK(is_added);
  everyone_.push_back(&session);
  if (session.user().empty()) return;
  tell_user_interest(session, true);
  users_.emplace(hash(session.user()), &session);
}

void SessionRegistry::remove(SessionId id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  const Entry& entry = found->second;
  for (const Subscription& subscription : entry.subscriptions) drop(subscription);
  drop_user(*entry.session);
  // The last session takes the free place and is told its new position.
  Session* const last = everyone_.back();
  everyone_[entry.position] = last;
  entries_.find(last->id())->second.position = entry.position;
  everyone_.pop_back();
  entries_.erase(found);
}

bool SessionRegistry::subscribe(SessionId id, std::string_view channel) {
  const auto entry = entries_.find(id);
  if (entry == entries_.end() || !is_channel_name(channel)) return false;
  auto& held = entry->second.subscriptions;
  const auto is_same = [channel](const Subscription& each) {
    return each.channel->first == channel;
  };
  if (std::ranges::any_of(held, is_same)) return false;

  auto found = channels_.find(channel);
  if (found == channels_.end()) {
    found = channels_.emplace(std::string(channel), std::vector<Subscriber>{}).first;
    if (told_interest_) told_interest_(found->first, true);
  }
  auto& subscribers = found->second;
  held.push_front({&*found, static_cast<std::uint32_t>(subscribers.size())});
  subscribers.push_back({entry->second.session, &entry->second});
  return true;
}

bool SessionRegistry::unsubscribe(SessionId id, std::string_view channel) {
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return false;
  auto& held = entry->second.subscriptions;
  for (auto before = held.before_begin(); std::next(before) != held.end(); ++before) {
    const Subscription subscription = *std::next(before);
    if (subscription.channel->first != channel) continue;
    held.erase_after(before);
    drop(subscription);
    return true;
  }
  return false;
}

std::vector<std::string> SessionRegistry::channels(SessionId id) const {
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return {};
  std::vector<std::string> names{std::string(kEveryone)};
  const std::string_view user = entry->second.session->user();
  if (!user.empty()) names.push_back(user_channel(user));
  for (const Subscription& held : entry->second.subscriptions) names.push_back(held.channel->first);
  return names;
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

void SessionRegistry::drop(const Subscription& subscription) {
  auto& subscribers = subscription.channel->second;
  WSKIT_CHECK(subscription.position < subscribers.size());
  const Subscriber last = subscribers.back();
  subscribers[subscription.position] = last;
  for (Subscription& held : last.entry->subscriptions) {
    if (held.channel == subscription.channel) held.position = subscription.position;
  }
  subscribers.pop_back();
  if (!subscribers.empty()) return;
  if (told_interest_) told_interest_(subscription.channel->first, false);
  channels_.erase(channels_.find(subscription.channel->first));
}

void SessionRegistry::drop_user(const Session& session) {
  const auto [begin, end] = users_.equal_range(hash(session.user()));
  const auto own =
      std::find_if(begin, end, [&](const auto& each) { return each.second == &session; });
  if (own == end) return;
  users_.erase(own);
  tell_user_interest(session, false);
}

void SessionRegistry::tell_user_interest(const Session& session, bool is_wanted) const {
  if (!told_interest_) return;
  const auto [begin, end] = users_.equal_range(hash(session.user()));
  const bool has_others = std::any_of(
      begin, end, [&](const auto& each) { return each.second->user() == session.user(); });
  if (!has_others) told_interest_(user_channel(session.user()), is_wanted);
}

}  // namespace wskit
