#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct redisReader;

namespace wskit {

/// One value of the Redis protocol (RESP2).
struct RedisReply {
  enum class Kind { nil, status, error, integer, bulk, array };
  Kind kind = Kind::nil;
  std::string text;  ///< of a status, an error or a bulk string
  std::int64_t integer = 0;
  std::vector<RedisReply> elements;

  bool is_error() const { return kind == Kind::error; }
  bool is_array() const { return kind == Kind::array; }
};

/// The word that begins an error of Redis, such as OOM: for logs and reasons.
std::string error_word(const RedisReply& error);

/// Appends a command as Redis reads it.
void append_command(std::string& out, std::span<const std::string_view> words);

/// Reads replies from bytes as they come.
class ReplyReader {
 public:
  ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  struct NeedMore {};
  struct Malformed {};

  void feed(std::string_view bytes);

  /// The next whole reply. After Malformed the connection is of no more use.
  std::variant<NeedMore, RedisReply, Malformed> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::size_t budget_;  ///< what the reply under way may still take up
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace wskit
