#include "redis/reply.h"

#include <hiredis/hiredis.h>

#include "core/check.h"

namespace wskit {
namespace {

/// What a reply may take up before it is whole. Redis itself allows 512 MiB; nothing that this
/// toolkit asks for comes near this.
constexpr std::size_t kMaxBufferedBytes = 64 * 1024 * 1024;

/// Arrays come as messages, a few words long. hiredis would allocate whatever Redis announces.
constexpr int kMaxElements = 1024;

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

/// The place of the value that hiredis has read: in the array around it, or on its own.
RedisReply* place(const redisReadTask* task) {
  RedisReply* reply = nullptr;
  if (task->parent != nullptr) {
    auto* const array = static_cast<RedisReply*>(task->parent->obj);
    reply = &array->elements[static_cast<std::size_t>(task->idx)];
  } else {
    reply = new RedisReply;
  }
  reply->kind = kind_of(task->type);
  return reply;
}

void* create_string(const redisReadTask* task, char* bytes, std::size_t size) {
  RedisReply* const reply = place(task);
  reply->text.assign(bytes, size);
  return reply;
}

void* create_array(const redisReadTask* task, int count) {
  if (count > kMaxElements) return nullptr;
  RedisReply* const reply = place(task);
  reply->elements.resize(static_cast<std::size_t>(count));
  return reply;
}

void* create_integer(const redisReadTask* task, long long value) {
  RedisReply* const reply = place(task);
  reply->integer = value;
  return reply;
}

/// The task's type is that of the bulk string or array that is not there.
void* create_nil(const redisReadTask* task) {
  RedisReply* const reply = place(task);
  reply->kind = RedisReply::Kind::nil;
  return reply;
}

/// Only whole replies come here: elements belong to their array.
void free_reply(void* reply) {
  delete static_cast<RedisReply*>(reply);
}

redisReplyObjectFunctions reply_functions{create_string, create_array, create_integer, create_nil,
                                          free_reply};

}  // namespace

std::string format_command(std::span<const std::string_view> words) {
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
  std::string command(formatted, static_cast<std::size_t>(size));
  redisFreeCommand(formatted);
  return command;
}

void ReplyReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

ReplyReader::ReplyReader() : reader_{redisReaderCreateWithFunctions(&reply_functions)} {
  WSKIT_CHECK(reader_ != nullptr);
}

void ReplyReader::feed(std::string_view bytes) {
  redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

std::variant<ReplyReader::NeedMore, RedisReply, ReplyReader::Malformed> ReplyReader::next() {
  void* raw = nullptr;
  if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) return Malformed{};
  if (raw == nullptr) {
    if (reader_->len - reader_->pos > kMaxBufferedBytes) return Malformed{};
    return NeedMore{};
  }
  const std::unique_ptr<RedisReply> owned{static_cast<RedisReply*>(raw)};
  return std::move(*owned);
}

}  // namespace wskit
