#include <wskit/session_registry.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "support/fake_session.h"

using wskit::Message, wskit::SendResult, wskit::SessionId, wskit::SessionRegistry;

namespace {

std::set<SessionId> subscribers(SessionRegistry& registry, std::string_view channel) {
  std::set<SessionId> ids;
  registry.for_each_subscriber(
      channel, [&](wskit::Session& session) { CHECK(ids.insert(session.id()).second); });
  return ids;
}

}  // namespace

TEST_CASE("SessionRegistry: a session hears everyone and its user from add to remove") {
  SessionRegistry registry;
  FakeSession ann{1, "ann"}, anns_other{2, "ann"}, nobody{3};
  for (auto* session : {&ann, &anns_other, &nobody}) registry.add(*session);

  CHECK(registry.deliver("*", Message::text("all")).accepted == 3);
  CHECK(registry.deliver("@ann", Message::text("ann")).accepted == 2);
  CHECK(registry.deliver("@", Message::text("no user")).accepted == 0);
  registry.remove(anns_other.id());
  CHECK(registry.deliver("*", Message::text("fewer")).accepted == 2);
  CHECK(registry.deliver("@ann", Message::text("one")).accepted == 1);

  CHECK(ann.received == std::vector<std::string>{"all", "ann", "fewer", "one"});
  CHECK(anns_other.received == std::vector<std::string>{"all", "ann"});
  CHECK(nobody.received == std::vector<std::string>{"all", "fewer"});
}

TEST_CASE("SessionRegistry: the first and the last session of a channel are told") {
  SessionRegistry registry;
  std::vector<std::string> told;
  registry.on_interest([&](const std::string& channel, bool is_wanted) {
    told.push_back((is_wanted ? "+" : "-") + channel);
  });
  const auto take = [&] { return std::exchange(told, {}); };
  using Strings = std::vector<std::string>;
  FakeSession ann{1, "ann"}, anns_other{2, "ann"}, nobody{3};

  for (auto* session : {&ann, &anns_other, &nobody}) registry.add(*session);
  CHECK(take() == Strings{"+@ann"});
  registry.subscribe(ann.id(), "news");
  registry.subscribe(ann.id(), "news");
  registry.subscribe(nobody.id(), "news");
  CHECK(take() == Strings{"+news"});
  registry.unsubscribe(ann.id(), "news");
  registry.remove(ann.id());
  CHECK(take().empty());
  registry.remove(nobody.id());
  CHECK(take() == Strings{"-news"});
  registry.subscribe(anns_other.id(), "sport");
  registry.remove(anns_other.id());
  CHECK(take() == Strings{"+sport", "-sport", "-@ann"});
}

TEST_CASE("SessionRegistry: subscribing and unsubscribing say whether anything changed") {
  SessionRegistry registry;
  FakeSession ann{1}, stranger{2};
  registry.add(ann);

  CHECK_FALSE(registry.unsubscribe(ann.id(), "news"));
  CHECK(registry.subscribe(ann.id(), "news"));
  CHECK_FALSE(registry.subscribe(ann.id(), "news"));
  CHECK_FALSE(registry.subscribe(stranger.id(), "news"));
  for (const char* name : {"", "*", "@ann", "a b"}) CHECK_FALSE(registry.subscribe(ann.id(), name));
  CHECK(registry.unsubscribe(ann.id(), "news"));
  CHECK_FALSE(registry.unsubscribe(ann.id(), "news"));
  CHECK(registry.deliver("news", Message::text("x")).accepted == 0);
}

TEST_CASE("SessionRegistry: finds its sessions and forgets those removed") {
  SessionRegistry registry;
  FakeSession ann{1}, bob{2};
  registry.add(ann);
  registry.add(bob);

  registry.remove(ann.id());
  registry.remove(ann.id());

  CHECK(registry.size() == 1);
  CHECK(registry.find(ann.id()) == nullptr);
  CHECK(registry.find(bob.id()) == &bob);
  CHECK_FALSE(registry.subscribe(ann.id(), "news"));
  CHECK_FALSE(registry.unsubscribe(ann.id(), "*"));
}

TEST_CASE("SessionRegistry: a session that refuses does not hold up the others") {
  SessionRegistry registry;
  FakeSession slow{1}, fast{2}, full{3}, elsewhere{4};
  for (auto* session : {&slow, &fast, &full, &elsewhere}) registry.add(*session);
  for (auto* session : {&slow, &fast, &full}) CHECK(registry.subscribe(session->id(), "news"));
  slow.answer = SendResult::refused;
  full.answer = SendResult::congested;

  const auto delivery = registry.deliver("news", Message::text("hello"));

  CHECK(delivery.accepted == 2);
  CHECK(delivery.refused == 1);
  CHECK(fast.received == std::vector<std::string>{"hello"});
  CHECK(elsewhere.received.empty());
}

TEST_CASE("SessionRegistry: whatever order subscribers leave in, the others stay") {
  std::array<std::size_t, 4> order{0, 1, 2, 3};
  do {
    SessionRegistry registry;
    std::array<FakeSession, 4> sessions{FakeSession{1}, FakeSession{2}, FakeSession{3},
                                        FakeSession{4}};
    std::set<SessionId> left;
    for (auto& session : sessions) {
      registry.add(session);
      // Other positions in the second channel than in the first.
      if (session.id() != SessionId{1}) CHECK(registry.subscribe(session.id(), "b"));
      CHECK(registry.subscribe(session.id(), "a"));
      left.insert(session.id());
    }
    for (const std::size_t leaver : order) {
      const SessionId id = sessions[leaver].id();
      if (leaver % 2 == 0) {
        registry.remove(id);
      } else {
        CHECK(registry.unsubscribe(id, "a"));
      }
      left.erase(id);
      CHECK(subscribers(registry, "a") == left);
    }
    CHECK(subscribers(registry, "b") == std::set{SessionId{2}, SessionId{4}});
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("SessionRegistry: agrees with a naive model through random changes") {
  std::mt19937 random{42};
  SessionRegistry registry;
  std::map<SessionId, std::unique_ptr<FakeSession>> sessions;
  std::map<std::string, std::set<SessionId>> model;
  std::uint64_t last_id = 0;
  for (int step = 0; step < 4000; ++step) {
    const unsigned action = random() % 8;
    if (action == 0 || sessions.size() < 5) {
      const SessionId id{++last_id};
      const std::string user = "u" + std::to_string(random() % 4);
      registry.add(
          *sessions.emplace(id, std::make_unique<FakeSession>(last_id, user)).first->second);
      model["*"].insert(id);
      model["@" + user].insert(id);
      continue;
    }
    const SessionId id =
        std::next(sessions.begin(), static_cast<std::ptrdiff_t>(random() % sessions.size()))->first;
    const std::string channel = "c" + std::to_string(random() % 12);
    if (action == 1) {
      registry.remove(id);
      sessions.erase(id);
      for (auto& [name, ids] : model) ids.erase(id);
    } else if (action < 5) {
      CHECK(registry.subscribe(id, channel) == model[channel].insert(id).second);
    } else {
      CHECK(registry.unsubscribe(id, channel) == (model[channel].erase(id) == 1));
    }
    if (step % 20 != 0) continue;
    for (const auto& [name, ids] : model) CHECK(subscribers(registry, name) == ids);
  }
  CHECK(registry.size() == sessions.size());
}
