#include "redis/stream_queries.h"

#include <algorithm>
#include <utility>

namespace wskit {
namespace {

constexpr std::size_t kPageEntries = 200;
constexpr std::string_view kPageCount = "200";

/// Pages under way: a thousand clients that resume ask for one each, and Redis and this loop have
/// live messages to carry, too.
constexpr std::size_t kMaxAsked = 4;

/// How far a search for one channel's messages goes.
constexpr std::size_t kMaxSearched = 10'000;

LogAnswer unavailable() {
  return {LogAnswer::Status::unavailable, {}, {}};
}

/// What the page holds for the query, if the log reached back when it was read.
LogAnswer answer_of(const LogQuery& query, std::vector<StreamEntry> entries,
                    const StreamInfo& info) {
  if (!info.reaches_back_to(query.after)) {
    // It is complete from its first entry on, or from its end.
    const bool has_first = info.first_id && *info.first_id <= info.last_id;
    return {LogAnswer::Status::gap, {}, has_first ? info.first_id->before() : info.last_id};
  }
  LogAnswer answer{LogAnswer::Status::ok, {}, query.after};
  std::size_t bytes = 0;
  for (StreamEntry& entry : entries) {
    const bool is_wanted =
        entry.message != nullptr &&
        std::ranges::find(query.channels, entry.message->channel) != query.channels.end();
    if (is_wanted) {
      bytes += entry.message->message.payload().size();
      if (bytes > query.max_bytes && !answer.messages.empty()) return answer;
      answer.messages.push_back(std::move(entry.message));
    }
    answer.read_to = entry.id;
  }
  return answer;
}

}  // namespace

StreamQueries::StreamQueries(Loop& loop, const RedisTarget& target, const StreamKeys& keys,
                             const std::size_t& max_message_bytes)
    : keys_{keys}, max_message_bytes_{max_message_bytes}, connection_{loop, target, *this} {}

void StreamQueries::query(LogQuery query, LogCallback done) {
  waiting_.push_back({std::move(query), std::move(done)});
  ask_next();
}

void StreamQueries::ask_next() {
  while (!waiting_.empty() && asked_count_ < kMaxAsked) {
    Question question = std::move(waiting_.front());
    waiting_.pop_front();
    if (connection_.is_ready()) {
      ask(std::move(question));
    } else {
      question.done(unavailable());
    }
  }
}

void StreamQueries::ask(Question question) {
  ++asked_count_;
  auto entries = std::make_shared<std::optional<std::vector<StreamEntry>>>();
  const std::string after = "(" + question.query.after.text();
  connection_.command({"XRANGE", keys_.log, after, "+", "COUNT", kPageCount},
                      [entries, max = max_message_bytes_](const std::optional<RedisReply>& reply) {
                        if (reply) *entries = parse_stream_entries(*reply, max);
                      });
  // After the page: what the log still has now it had then.
  connection_.command(
      {"XINFO", "STREAM", keys_.log},
      [this, entries, question = std::move(question)](const std::optional<RedisReply>& reply) {
        --asked_count_;
        const auto info = reply ? parse_stream_info(*reply) : std::nullopt;
        const bool is_whole = info && *entries;
        question.done(is_whole ? answer_of(question.query, std::move(**entries), *info)
                               : unavailable());
        ask_next();
      });
}

struct StreamQueries::Search {
  HistoryQuery query;
  HistoryCallback done;
  HistoryAnswer answer;  ///< newest first until it is done
  std::string end = "+";
  std::size_t searched = 0;
  std::size_t bytes = 0;

  void finish() {
    std::ranges::reverse(answer.messages);
    done(std::move(answer));
  }
};

void StreamQueries::history(HistoryQuery query, HistoryCallback done) {
  auto search = std::make_shared<Search>(Search{std::move(query), std::move(done), {}});
  if (search->query.before) search->end = "(" + search->query.before->text();
  search_page(std::move(search));
}

void StreamQueries::search_page(std::shared_ptr<Search> search) {
  if (!connection_.is_ready()) return search->done({false, {}, false});
  connection_.command(
      {"XREVRANGE", keys_.log, search->end, "-", "COUNT", kPageCount},
      [this, search](const std::optional<RedisReply>& reply) {
        const auto entries =
            reply ? parse_stream_entries(*reply, max_message_bytes_) : std::nullopt;
        if (!entries) return search->done({false, {}, false});
        for (const StreamEntry& entry : *entries) {
          if (entry.message == nullptr || entry.message->channel != search->query.channel) continue;
          search->bytes += entry.message->message.payload().size();
          if (search->bytes > search->query.max_bytes && !search->answer.messages.empty()) {
            search->answer.is_truncated = true;
            return search->finish();
          }
          search->answer.messages.push_back(entry.message);
          if (search->answer.messages.size() == search->query.limit) return search->finish();
        }
        search->searched += entries->size();
        if (entries->size() < kPageEntries) return search->finish();
        if (search->searched >= kMaxSearched) {
          search->answer.is_truncated = true;
          return search->finish();
        }
        search->end = "(" + entries->back().id.text();
        search_page(search);
      });
}

}  // namespace wskit
