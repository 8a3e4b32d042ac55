#include "redis/directory_writer.h"

#include <utility>

#include "redis/directory_record.h"
#include "redis/directory_scripts.h"

namespace wskit {
namespace {

/// Between two writes, and sessions in one: Redis has other things to do, the log above all.
constexpr std::chrono::milliseconds kPause{10};
constexpr std::size_t kSessionsPerWrite = 100;

constexpr std::size_t kSessionsPerPage = 500;
constexpr std::string_view kPageCount = "500";

}  // namespace

DirectoryWriter::DirectoryWriter(Loop& loop, RedisConnection& connection, std::string base,
                                 std::string node, Directory& own, Refused refused)
    : connection_{connection},
      base_{std::move(base)},
      node_{std::move(node)},
      own_{own},
      timer_{loop},
      refused_{std::move(refused)} {}

void DirectoryWriter::pause() {
  is_active_ = is_synchronizing_ = is_writing_ = false;
  ++outage_count_;
  timer_.stop();
  pending_.clear();
  known_.clear();
  next_step_ = nullptr;
}

void DirectoryWriter::synchronize() {
  pause();
  is_active_ = is_synchronizing_ = true;
  list_own({});
}

void DirectoryWriter::list_own(const std::string& after) {
  own_.sessions({.after = after, .limit = kSessionsPerPage},
                [this, outage = outage_count_](SessionPage page) {
                  if (outage != outage_count_) return;
                  for (const SessionRecord& session : page.sessions) {
                    // What changed since is newer.
                    if (known_.insert(session.name).second) {
                      pending_[session.name] = directory_lines(session);
                    }
                  }
                  next_step_ = [this, next = std::move(page.next)] {
                    next.empty() ? list_entered("0") : list_own(next);
                  };
                  go_on();
                });
}

void DirectoryWriter::list_entered(const std::string& cursor) {
  connection_.command({"HSCAN", base_ + ":of:" + node_, cursor, "COUNT", kPageCount},
                      [this](const std::optional<RedisReply>& reply) {
                        if (!reply || reply->elements.size() != 2)
                          return;  // the next outage begins anew
                        const auto& entries = reply->elements[1].elements;
                        for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
                          if (!known_.contains(entries[i].text))
                            pending_.try_emplace(entries[i].text);
                        }
                        const std::string& next = reply->elements[0].text;
                        if (next == "0") {
                          is_synchronizing_ = false;
                          known_.clear();
                        } else {
                          next_step_ = [this, next] { list_entered(next); };
                        }
                        go_on();
                      });
}

void DirectoryWriter::add(const std::vector<SessionChange>& changes) {
  if (!is_active_) return;
  for (const SessionChange& change : changes) {
    const bool is_closed = change.kind == SessionChange::Kind::closed;
    pending_[change.record.name] = is_closed ? std::string{} : directory_lines(change.record);
    if (is_synchronizing_) known_.insert(change.record.name);
  }
  go_on();
}

void DirectoryWriter::go_on() {
  if (is_writing_ || timer_.is_running()) return;
  timer_.start(kPause, [this] { write_some(); });
}

void DirectoryWriter::write_some() {
  if (pending_.empty()) {
    if (next_step_ != nullptr) std::exchange(next_step_, nullptr)();
    return;
  }
  std::vector<std::string> texts;
  while (!pending_.empty() && texts.size() < 2 * kSessionsPerWrite) {
    auto node = pending_.extract(pending_.begin());
    texts.push_back(std::move(node.key()));
    texts.push_back(std::move(node.mapped()));
  }
  std::vector<std::string_view> words{"EVAL", kDirectoryWrite, "1", base_, base_, node_};
  words.insert(words.end(), texts.begin(), texts.end());
  is_writing_ = true;
  connection_.command(words, [this](const std::optional<RedisReply>& reply) {
    if (!reply) return;
    is_writing_ = false;
    if (reply->is_error()) return refused_(*reply);
    go_on();
  });
}

}  // namespace wskit
