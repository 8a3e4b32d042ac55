#include "redis/reply.h"

#include <algorithm>

#include <hiredis/hiredis.h>

#include "core/check.h"

namespace wskit {
namespace {

/// What a reply may take up. Redis allows a single string of 512 MiB, which anybody who may write
/// to the log can put there: it has to be read to be skipped.
constexpr std::size_t kMaxReplyBytes = 640UL * 1024 * 1024;

RedisReply::Kind kind_of(int type) {
  switch (type) {
    case REDIS_REPLY_STATUS:
      return RedisReply::Kind::status;
    case REDIS_REPLY_ERROR:
      return RedisReply::Kind::error;
    case REDIS_REPLY_STRING:
      return RedisReply::Kind::bulk;
    case REDIS_REPLY_INTEGER:
      return RedisReply::Kind::integer;
    case REDIS_REPLY_ARRAY:
      return RedisReply::Kind::array;
    default:
      return RedisReply::Kind::nil;
  }
}

/// The place of the value that hiredis has read: in the array around it, or on its own. Null if the
/// reply grows too large; `text_bytes` are those of the value.
RedisReply* place(const redisReadTask* task, std::size_t text_bytes) {
  auto& budget = *static_cast<std::size_t*>(task->privdata);
  const std::size_t cost = sizeof(RedisReply) + text_bytes;
  if (cost > budget) return nullptr;
  budget -= cost;
  RedisReply* reply = nullptr;
  if (task->parent != nullptr) {
    // Elements are made as they come, whatever number was announced. The array around this one is
    // not touched until this one is whole, so pointers into it stay valid.
    auto& elements = static_cast<RedisReply*>(task->parent->obj)->elements;
    reply = &elements.emplace_back();
  } else {
    reply = new RedisReply;
  }
  reply->kind = kind_of(task->type);
  return reply;
}

void* create_string(const redisReadTask* task, char* bytes, std::size_t size) {
  RedisReply* const reply = place(task, size);
  if (reply != nullptr) reply->text.assign(bytes, size);
  return reply;
}

void* create_array(const redisReadTask* task, int) {
  return place(task, 0);
}

void* create_integer(const redisReadTask* task, long long value) {
  RedisReply* const reply = place(task, 0);
  if (reply != nullptr) reply->integer = value;
  return reply;
}

/// The task's type is that of the bulk string or array that is not there.
void* create_nil(const redisReadTask* task) {
  RedisReply* const reply = place(task, 0);
  if (reply != nullptr) reply->kind = RedisReply::Kind::nil;
  return reply;
}

/// Only whole replies come here: elements belong to their array.
void free_reply(void* reply) {
  delete static_cast<RedisReply*>(reply);
}

redisReplyObjectFunctions reply_functions{create_string, create_array, create_integer, create_nil,
                                          free_reply};

}  // namespace

std::string error_word(const RedisReply& error) {
  const auto end = std::ranges::find_if(error.text, [](char c) { return c < 'A' || c > 'Z'; });
  return {error.text.begin(), end};
}

void append_command(std::string& out, std::span<const std::string_view> words) {
  std::vector<const char*> begins;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    begins.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* formatted = nullptr;
  const int size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()), begins.data(),
                                          sizes.data());
  WSKIT_CHECK(size >= 0);
  out.append(formatted, static_cast<std::size_t>(size));
  redisFreeCommand(formatted);
}

void ReplyReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

ReplyReader::ReplyReader()
    : budget_{kMaxReplyBytes}, reader_{redisReaderCreateWithFunctions(&reply_functions)} {
  WSKIT_CHECK(reader_ != nullptr);
  reader_->privdata = &budget_;
}

void ReplyReader::feed(std::string_view bytes) {
  redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

std::variant<ReplyReader::NeedMore, RedisReply, ReplyReader::Malformed> ReplyReader::next() {
  void* raw = nullptr;
  if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) return Malformed{};
  if (raw == nullptr) {
    if (reader_->len - reader_->pos > kMaxReplyBytes) return Malformed{};
    return NeedMore{};
  }
  budget_ = kMaxReplyBytes;
  const std::unique_ptr<RedisReply> owned{static_cast<RedisReply*>(raw)};
  return std::move(*owned);
}

}  // namespace wskit
