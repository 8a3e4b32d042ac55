#include "redis/reply.h"

#include <hiredis/hiredis.h>

#include "core/check.h"

namespace wskit {
namespace {

/// What a reply may take up before it is whole. Redis itself allows 512 MiB; nothing that this
/// toolkit asks for comes near this.
constexpr std::size_t kMaxBufferedBytes = 64 * 1024 * 1024;

RedisReply convert(const redisReply& reply) {
  RedisReply converted;
  switch (reply.type) {
    case REDIS_REPLY_STATUS:
      converted.kind = RedisReply::Kind::status;
      break;
    case REDIS_REPLY_ERROR:
      converted.kind = RedisReply::Kind::error;
      break;
    case REDIS_REPLY_STRING:
      converted.kind = RedisReply::Kind::bulk;
      break;
    case REDIS_REPLY_INTEGER:
      converted.kind = RedisReply::Kind::integer;
      break;
    case REDIS_REPLY_ARRAY:
      converted.kind = RedisReply::Kind::array;
      break;
    default:
      return converted;
  }
  converted.integer = reply.integer;
  if (reply.str != nullptr) converted.text.assign(reply.str, reply.len);
  if (converted.kind != RedisReply::Kind::array) return converted;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    converted.elements.push_back(convert(*reply.element[i]));
  }
  return converted;
}

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

ReplyReader::ReplyReader() : reader_{redisReaderCreate()} {
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
  const std::unique_ptr<void, void (*)(void*)> owned{raw, freeReplyObject};
  return convert(*static_cast<const redisReply*>(raw));
}

}  // namespace wskit
