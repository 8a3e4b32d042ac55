#include "worker.h"

#include <algorithm>
#include <utility>

#include <pthread.h>
#include <unistd.h>

#include <fmt/format.h>

#include "crypto/random.h"
#include "handshake_exchange.h"
#include "served_session.h"
#include "session_name.h"

namespace wskit {
namespace {

constexpr unsigned kSessionIdBits = 48;

/// Replays of all sessions in one turn, about: live messages wait no longer.
constexpr std::size_t kReplayBytesPerTurn = 1024 * 1024;

/// Between the groups of sessions that a drain closes.
constexpr std::chrono::milliseconds kDrainStep{100};

/// Until the broker is asked again.
constexpr std::chrono::milliseconds kReplayRetry{500};

}  // namespace

Worker::Worker(unsigned index, WorkerSettings& settings, const std::vector<int>& listeners)
    : settings_{settings},
      handlers_{settings.handlers},
      next_session_{std::uint64_t{index} << kSessionIdBits},
      replay_log_{settings.replay_limits},
      replay_timer_{std::make_unique<Timer>(loop_)},
      interest_turn_end_{settings.tell_interest ? loop_.on_turn_end([this] { tell_interest(); })
                                                : nullptr},
      connections_{std::make_unique<ConnectionSet>(loop_, settings.log, settings.certificate)} {
  if (is_observed()) changes_turn_end_ = loop_.on_turn_end([this] { tell_changes(); });
  if (settings.tell_interest) {
    registry_.on_interest([this](std::string channel, bool is_wanted) {
      interest_changes_.push_back({std::move(channel), is_wanted});
    });
  }
  for (const int listener : listeners) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        loop_, settings.log, listener, [this](int descriptor, std::string remote_address) {
          accept(descriptor, std::move(remote_address));
        }));
  }
}

Worker::~Worker() {
  join();
  // On the control thread, one worker after the other: see Context.
  acceptors_.clear();
  stop_timer_.reset();
  replay_timer_.reset();
  drain_.reset();
  stop_check_.reset();
  changes_turn_end_.reset();
  connections_.reset();
}

void Worker::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "wskit-worker");
    loop_.run();
  });
}

void Worker::stop(CloseStatus status, std::chrono::milliseconds timeout, Loop::Task done) {
  loop_.post([this, status = std::move(status), timeout, done = std::move(done)]() mutable {
    acceptors_.clear();
    stopped_ = std::move(done);
    connections_->stop(status);
    stop_check_ = loop_.on_turn_end([this] { check_stopped(); });
    stop_timer_ = std::make_unique<Timer>(loop_);
    stop_timer_->start(timeout, [this] { connections_->reset_all(); });
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::check_stopped() {
  if (stopped_ == nullptr || connections_->size() != 0) return;
  std::exchange(stopped_, nullptr)();
  loop_.stop();
}

void Worker::accept(int descriptor, std::string remote_address) {
  if (connections_->size() >= settings_.max_connections) {
    close(descriptor);
    ++stats_.handshakes["max_connections"];
    return;
  }
  Connection* const connection = connections_->adopt(descriptor);
  if (connection == nullptr) return;
  connection->hand_over(
      std::make_unique<HandshakeExchange>(*this, *connection, std::move(remote_address)));
}

ServerStats Worker::snapshot() {
  ServerStats stats = stats_;
  stats.connections = connections_->size();
  stats.loop_lag_seconds.push_back(std::chrono::duration<double>(loop_.longest_turn()).count());
  return stats;
}

void Worker::deliver(const std::vector<Delivery>& deliveries) {
  for (const Delivery& delivery : deliveries) {
    const MessageId before = replay_log_.last_id();
    for (const SharedMessage& message : delivery.messages) {
      if (message->id.is_set()) replay_log_.append(message);
    }
    EncodedDelivery encoded{delivery, before, loop_.now()};
    // Every session of this registry was added by ServedSession::open().
    registry_.for_each_subscriber(delivery.channel(), [&](Session& session) {
      static_cast<ServedSession&>(session).deliver(encoded);
    });
  }
}

void Worker::tell_interest() {
  if (!interest_changes_.empty()) settings_.tell_interest(std::exchange(interest_changes_, {}));
}

ServedSession* Worker::find(SessionId id) {
  return static_cast<ServedSession*>(registry_.find(id));
}

void Worker::restart_log(MessageId since, MessageId origin) {
  replay_log_.restart(origin);
  has_log_ = true;
  std::vector<SessionId> ids;
  registry_.for_each_subscriber(kEveryone, [&](Session& session) { ids.push_back(session.id()); });
  for (const SessionId id : ids) {
    if (ServedSession* const session = find(id)) session->tell_gap(registry_.channels(id), since);
  }
}

void Worker::announce_subscriptions(SessionId id) {
  if (resubscribed_.empty() || resubscribed_.back() != id) resubscribed_.push_back(id);
}

void Worker::tell_changes() {
  for (const SessionId id : std::exchange(resubscribed_, {})) {
    if (const ServedSession* const session = find(id)) {
      announce({SessionChange::Kind::subscriptions, session->record()});
    }
  }
  if (!changes_.empty()) settings_.tell_changes(std::exchange(changes_, {}));
}

SessionPage Worker::list_sessions(const SessionQuery& query) {
  SessionPage page;
  const std::string channel = !query.user.empty()      ? user_channel(query.user)
                              : !query.channel.empty() ? query.channel
                                                       : std::string(kEveryone);
  const auto after = parse_session_name(settings_.node, query.after);
  std::vector<SessionId> ids;
  registry_.for_each_subscriber(channel, [&](Session& session) {
    ++page.total;
    if (query.after.empty() || (after && session.id() > *after)) ids.push_back(session.id());
  });
  const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), query.limit));
  std::ranges::partial_sort(ids, end);
  for (auto id = ids.begin(); id != end; ++id) page.sessions.push_back(find(*id)->record());
  if (end != ids.end()) page.next = page.sessions.back().name;
  return page;
}

ChannelPage Worker::list_channels(const ChannelQuery& query) const {
  ChannelPage page;
  registry_.for_each_channel([&](const std::string& name, std::size_t sessions) {
    if (name > query.after) page.channels.push_back({name, sessions});
  });
  return page;
}

struct Worker::Drain {
  std::vector<SessionId> sessions;  ///< still to be closed
  std::size_t count_per_step;
  std::chrono::milliseconds time;
  Loop::Task done;
  std::unique_ptr<Timer> timer;
};

void Worker::drain(std::chrono::milliseconds time, Loop::Task done) {
  std::vector<SessionId> sessions;
  registry_.for_each_subscriber(kEveryone,
                                [&](Session& session) { sessions.push_back(session.id()); });
  const auto steps = static_cast<std::size_t>(std::max<std::int64_t>(1, time / kDrainStep));
  const std::size_t count = sessions.size() / steps + 1;
  drain_ = std::make_unique<Drain>(
      Drain{std::move(sessions), count, time, std::move(done), std::make_unique<Timer>(loop_)});
  drain_->timer->start_repeating(kDrainStep, [this] { drain_some(); });
  drain_some();
}

void Worker::drain_some() {
  std::vector<SessionId>& sessions = drain_->sessions;
  for (std::size_t i = 0; i < drain_->count_per_step && !sessions.empty(); ++i) {
    // Each client somewhere else in the time, lest they all come to the next server at once.
    const auto after =
        std::chrono::duration_cast<std::chrono::milliseconds>(drain_->time * random_unit());
    if (ServedSession* const session = find(sessions.back())) session->close_for_restart(after);
    sessions.pop_back();
  }
  if (registry_.size() > 0 || drain_->done == nullptr) return;
  std::exchange(drain_->done, nullptr)();
  drain_->timer->stop();
}

void Worker::reload(const HandlerRegistry& handlers,
                    std::shared_ptr<const Certificate> certificate) {
  if (certificate != nullptr) connections_->replace_certificate(std::move(certificate));
  if (!handlers_.take_settings(handlers)) return;
  registry_.for_each_subscriber(kEveryone, [](Session& session) {
    static_cast<ServedSession&>(session).on_limits_changed();
  });
}

void Worker::disconnect(const Disconnect& disconnect) {
  std::vector<Session*> sessions;
  if (const auto id = parse_session_name(settings_.node, disconnect.session)) {
    if (Session* const session = find(*id)) sessions.push_back(session);
  } else if (!disconnect.user.empty()) {
    registry_.for_each_subscriber(user_channel(disconnect.user),
                                  [&](Session& session) { sessions.push_back(&session); });
  }
  // An event stream leaves the registry at once.
  for (Session* const session : sessions) session->close({close_code::kicked, "disconnected"});
}

void Worker::tell_missed(const std::vector<std::string>& channels) {
  for (const std::string& channel : channels) {
    registry_.for_each_subscriber(channel, [&](Session& session) {
      static_cast<ServedSession&>(session).tell_missed({channel});
    });
  }
  if (!channels.empty()) return;
  registry_.for_each_subscriber(kEveryone, [&](Session& session) {
    static_cast<ServedSession&>(session).tell_missed(registry_.channels(session.id()));
  });
}

void Worker::replay_soon(SessionId id) {
  if (replaying_.empty()) loop_.post([this] { go_on_replaying(); });
  replaying_.push_back(id);
}

void Worker::replay_later(SessionId id) {
  replaying_later_.push_back(id);
  if (replay_timer_->is_running()) return;
  replay_timer_->start(kReplayRetry, [this] {
    for (const SessionId each : std::exchange(replaying_later_, {})) {
      if (ServedSession* const session = find(each)) session->go_on_replaying();
    }
  });
}

void Worker::go_on_replaying() {
  const std::vector<SessionId> ids = std::exchange(replaying_, {});
  std::size_t bytes = 0;
  for (const SessionId id : ids) {
    if (bytes >= kReplayBytesPerTurn) {
      replay_soon(id);
    } else if (ServedSession* const session = find(id)) {
      bytes += session->go_on_replaying();
    }
  }
}

void Worker::query_log(SessionId id, std::uint32_t part, LogQuery query) {
  settings_.query_log(std::move(query), [this, id, part](LogAnswer answer) {
    loop_.post([this, id, part, answer = std::move(answer)]() mutable {
      if (ServedSession* const session = find(id)) {
        session->take_log_answer(part, std::move(answer));
      }
    });
  });
}

bool Worker::reserve_session() {
  if (settings_.session_count.fetch_add(1) < settings_.max_sessions) return true;
  settings_.session_count.fetch_sub(1);
  return false;
}

SessionId Worker::next_session_id() {
  return SessionId{++next_session_};
}

void Worker::log_limited(LogLevel level, std::string_view event, std::string_view cause,
                         std::initializer_list<LogField> fields) {
  if (!settings_.log.is_enabled(level)) return;
  const auto decision = log_limiter_.decide(fmt::format("{}/{}", event, cause), loop_.now());
  if (!decision.is_written) return;
  if (decision.suppressed > 0) {
    settings_.log.write(level, "suppressed",
                        {{"event", event},
                         {"cause", cause},
                         {"count", static_cast<std::int64_t>(decision.suppressed)}});
  }
  settings_.log.write(level, event, fields);
}

}  // namespace wskit
