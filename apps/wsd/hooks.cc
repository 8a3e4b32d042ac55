#include "wsd/hooks.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

namespace {

constexpr std::size_t kMaxPostedBytes = HookQueue::Limits{}.max_bytes;

/// Messages of one session, while it is asked what it goes on for.
constexpr std::size_t kMaxWaiting = 100;

/// Beyond, the oldest are told before their time.
constexpr std::size_t kMaxWaitingCloses = 100'000;

/// A note outlasts the wait of who left it, lest it goes while that node asks for it.
constexpr std::chrono::seconds kNoteMargin{60};

const wskit::CloseStatus kNodeDied{wskit::close_code::abnormal, "node died"};

std::string user_key(const std::string& user) {
  return "user:" + user;
}

/// Where a session that goes on for another says so, for who has to tell of its end.
std::string session_key(const std::string& session) {
  return "session:" + session;
}

/// "<next number> <name>"
std::string make_note(std::uint64_t next_number, const std::string& name) {
  return std::to_string(next_number) + ' ' + name;
}

/// Anybody may have left it: false if it is malformed.
bool read_note(const std::string& note, std::uint64_t& next_number, std::string& name) {
  const char* const end = note.data() + note.size();
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(note.data(), end, number);
  if (error != std::errc{} || rest == end || *rest != ' ' || rest + 1 == end) return false;
  next_number = number;
  name.assign(rest + 1, end);
  return true;
}

}  // namespace

Hooks::Hooks(wskit::Loop& control, HookSender& sender, wskit::Notes& notes,
             std::chrono::milliseconds debounce)
    : control_{control}, sender_{sender}, notes_{notes}, debounce_{debounce}, timer_{control} {}

void Hooks::on_sessions_changed(const std::vector<wskit::SessionChange>& changes) {
  for (const wskit::SessionChange& change : changes) {
    if (change.kind == wskit::SessionChange::Kind::opened) open(change.record);
    if (change.kind == wskit::SessionChange::Kind::closed) close(change.record.name, change.status);
  }
}

void Hooks::open(const wskit::SessionRecord& record) {
  Known& known = sessions_[record.name];
  known.name = record.name;
  known.user = record.user;
  HookEvent opened{.type = HookEvent::Type::open,
                   .user = record.user,
                   .time = std::chrono::system_clock::now(),
                   .address = record.remote_address};
  if (debounce_.count() == 0 || record.user.empty()) {
    return settle(record.name, std::move(opened), {});
  }
  notes_.take(user_key(record.user), [this, session = record.name, opened = std::move(opened)](
                                         const std::optional<std::string>& note) {
    settle(session, opened, note.value_or(""));
  });
}

void Hooks::settle(const std::string& session, HookEvent opened, const std::string& note) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  Known& known = found->second;
  known.is_settled = true;
  if (read_note(note, known.next_number, known.name)) {
    notes_.leave(session_key(session), note, {});
  } else {
    tell(known, std::move(opened));
  }
  for (HookEvent& event : std::exchange(known.waiting, {})) tell(known, std::move(event));
  if (!known.is_closed) return;
  Known closed = std::move(known);
  sessions_.erase(found);
  depart(session, std::move(closed));
}

void Hooks::tell(Known& known, HookEvent event) {
  if (!known.is_settled) {
    known.waiting.push_back(std::move(event));
    return;
  }
  known.next_number += std::exchange(known.skipped, 0);
  event.session = known.name;
  event.number = known.next_number++;
  sender_.add(event);
}

void Hooks::close(const std::string& session, const wskit::CloseStatus& status) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  found->second.is_closed = true;
  found->second.status = status;
  if (!found->second.is_settled) return;
  Known closed = std::move(found->second);
  sessions_.erase(found);
  depart(session, std::move(closed));
}

void Hooks::depart(const std::string& session, Known known) {
  if (known.name != session) {
    notes_.take(session_key(session), [](const std::optional<std::string>&) {});
  }
  known.next_number += known.skipped;
  HookEvent event{.type = HookEvent::Type::close,
                  .session = known.name,
                  .number = known.next_number,
                  .user = known.user,
                  .time = std::chrono::system_clock::now(),
                  .status = known.status};
  if (debounce_.count() == 0 || known.user.empty()) return sender_.add(event);
  const std::string note = make_note(known.next_number, known.name);
  notes_.leave(user_key(known.user), note, debounce_ + kNoteMargin);
  waiting_closes_.push_back(
      {control_.now() + debounce_, std::move(known.user), note, std::move(event)});
  if (waiting_closes_.size() > kMaxWaitingCloses) {
    tell_unless_taken(waiting_closes_.front(), [] {});
    waiting_closes_.pop_front();
  }
  if (!timer_.is_running()) timer_.start(debounce_, [this] { tell_due_closes(); });
}

void Hooks::tell_due_closes() {
  while (!waiting_closes_.empty() && waiting_closes_.front().due <= control_.now()) {
    tell_unless_taken(waiting_closes_.front(), [] {});
    waiting_closes_.pop_front();
  }
  if (waiting_closes_.empty()) return;
  const auto wait = waiting_closes_.front().due - control_.now();
  timer_.start(std::chrono::ceil<std::chrono::milliseconds>(wait), [this] { tell_due_closes(); });
}

void Hooks::tell_unless_taken(const WaitingClose& close, wskit::Loop::Task done) {
  notes_.withdraw(user_key(close.user), close.note,
                  [this, event = close.event, done = std::move(done)](bool is_ours) {
                    if (is_ours) sender_.add(event);
                    done();
                  });
}

void Hooks::on_sessions_abandoned(const std::vector<wskit::SessionRecord>& sessions) {
  for (const wskit::SessionRecord& session : sessions) {
    HookEvent event{.type = HookEvent::Type::close,
                    .session = session.name,
                    .number = 0,
                    .user = session.user,
                    .time = std::chrono::system_clock::now(),
                    .status = kNodeDied};
    notes_.take(session_key(session.name),
                [this, event = std::move(event)](const std::optional<std::string>& note) mutable {
                  std::uint64_t number = 0;
                  read_note(note.value_or(""), number, event.session);
                  sender_.add(event);
                });
  }
}

void Hooks::add_message(const wskit::Session& session, const wskit::MessageView& message) {
  const std::size_t size = message.payload.size();
  const bool has_room = posted_bytes_ + size <= kMaxPostedBytes;
  if (has_room) {
    posted_bytes_ += size;
  } else {
    ++dropped_;
  }
  HookEvent event{.type = HookEvent::Type::message,
                  .user = std::string(session.user()),
                  .time = std::chrono::system_clock::now(),
                  .opcode = message.opcode};
  if (has_room) event.payload = message.payload;
  control_.post([this, name = session.name(), has_room, size, event = std::move(event)]() mutable {
    // Its opening is told at the end of the turn, and so may come after this.
    Known& known = sessions_[name];
    if (has_room) posted_bytes_ -= size;
    if (has_room && known.waiting.size() < kMaxWaiting) return tell(known, std::move(event));
    if (has_room) ++dropped_;
    ++known.skipped;
  });
}

void Hooks::stop(wskit::Loop::Task done) {
  timer_.stop();
  auto missing = std::make_shared<std::size_t>(waiting_closes_.size() + 1);
  const auto answered = [missing, done = std::move(done)] {
    if (--*missing == 0) done();
  };
  for (const WaitingClose& close : std::exchange(waiting_closes_, {})) {
    tell_unless_taken(close, answered);
  }
  answered();
}

HookStats Hooks::stats() const {
  HookStats stats = sender_.stats();
  stats.dropped += dropped_;
  return stats;
}
