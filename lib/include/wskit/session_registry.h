#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <wskit/broker.h>
#include <wskit/export.h>
#include <wskit/message.h>
#include <wskit/session.h>

namespace wskit {

/// The open sessions of one loop, and the channels each is subscribed to.
///
/// Every session is subscribed to `*` (everyone) and, with a user, to `@<user>`, from add() to
/// remove().
/// Thread: that loop's thread only; there is no lock inside.
/// Ownership: none. Remove a session before you destroy it.
class WSKIT_API SessionRegistry {
 public:
  /// What one deliver() did, in sessions.
  struct Delivery {
    std::size_t accepted = 0;  ///< now in the session's send queue
    std::size_t refused = 0;   ///< queue over its limit, or session closing
  };

  /// Adds an open session whose id is not yet present.
  void add(Session& session);

  /// Removes a session and its subscriptions; an unknown id is ignored.
  void remove(SessionId id);

  /// Returns false if the session is unknown or subscribed already, or the name is malformed.
  bool subscribe(SessionId id, std::string_view channel);

  /// Returns false if the session was not subscribed.
  bool unsubscribe(SessionId id, std::string_view channel);

  /// What the session is subscribed to, `*` and its user's channel included.
  std::vector<std::string> channels(SessionId id) const;

  /// Null if no open session of this loop has that id.
  Session* find(SessionId id) const;

  std::size_t size() const { return entries_.size(); }

  /// Calls `visit` with the name of each channel that has subscribers, and with their number.
  template <typename Visit>
  void for_each_channel(Visit&& visit) const {
    for (const auto& [name, subscribers] : channels_) visit(name, subscribers.size());
  }

  /// Calls `told` when a channel other than `*` gets its first session, and when its last is gone.
  void on_interest(std::function<void(std::string channel, bool is_wanted)> told) {
    told_interest_ = std::move(told);
  }

  /// Offers `message` to every subscriber of `channel`, in no fixed order.
  Delivery deliver(std::string_view channel, const Message& message);

  /// Calls `visit` for every subscriber of `channel`; it must not add or remove sessions.
  template <typename Visit>
  void for_each_subscriber(std::string_view channel, Visit&& visit) {
    if (channel == kEveryone) {
      for (Session* session : everyone_) visit(*session);
    } else if (channel.starts_with('@')) {
      const std::string_view user = channel.substr(1);
      const auto [begin, end] = users_.equal_range(hash(user));
      for (auto each = begin; each != end; ++each) {
        if (each->second->user() == user) visit(*each->second);
      }
    } else if (const auto found = channels_.find(channel); found != channels_.end()) {
      for (const Subscriber& subscriber : found->second) visit(*subscriber.session);
    }
  }

 private:
  struct Entry;
  struct Subscriber {
    Session* session;
    Entry* entry;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash(text); }
  };
  using Channels = std::unordered_map<std::string, std::vector<Subscriber>, Hash, std::equal_to<>>;
  struct Subscription {
    Channels::value_type* channel;
    std::uint32_t position;  ///< in the channel's subscribers
  };
  struct Entry {
    Session* session;
    std::forward_list<Subscription> subscriptions;  ///< besides `*` and the user's
    std::uint32_t position;                         ///< in everyone_
  };

  static std::size_t hash(std::string_view text) { return std::hash<std::string_view>{}(text); }
  void drop(const Subscription& subscription);
  void drop_user(const Session& session);
  void tell_user_interest(const Session& session, bool is_wanted) const;

  std::unordered_map<SessionId, Entry> entries_;
  std::vector<Session*> everyone_;
  /// By the hash of the user's name, which each session holds itself: a quarter of the memory
  /// that a channel of its own would cost each of them.
  std::unordered_multimap<std::size_t, Session*> users_;
  Channels channels_;
  std::function<void(std::string, bool)> told_interest_;
};

}  // namespace wskit
