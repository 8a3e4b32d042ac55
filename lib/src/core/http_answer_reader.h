#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/handshake.h>

namespace wskit {

/// Reads the answer to one HTTP/1.1 request, other than HEAD or CONNECT, as its bytes come in.
///
/// Interim answers (1xx) are skipped. The body ends by its length, in chunks, or with the
/// connection (RFC 9112 section 6.3). Each byte is looked at a few times at most, and no more is
/// kept than a head and `max_body_bytes`.
class HttpAnswerReader {
 public:
  enum class Progress : std::uint8_t { needs_more, complete, failed };

  explicit HttpAnswerReader(std::size_t max_body_bytes) : max_body_bytes_{max_body_bytes} {}

  /// Not to be called any more once complete or failed. A body over the limit is cut, and the
  /// answer then complete.
  Progress feed(std::string_view bytes);

  /// The connection has ended: complete, or failed if that came too early.
  Progress end();

  bool has_begun() const { return has_begun_; }

  /// Once complete. Header names are in lower case.
  int status() const { return status_; }
  const std::vector<Header>& headers() const { return headers_; }
  std::string& body() { return body_; }

  /// Whether the connection may carry another request: the answer's end was clear, nothing came
  /// after it, and the server has not said that it closes.
  bool may_reuse_connection() const { return may_reuse_ && buffer_.empty(); }

  /// Once failed, what is wrong, without a full stop.
  const std::string& problem() const { return problem_; }

 private:
  enum class State : std::uint8_t {
    head,
    sized,       ///< `missing_` bytes to come
    until_end,   ///< of the connection
    chunk_size,  ///< a line
    chunk,       ///< `missing_` bytes to come
    chunk_end,   ///< an empty line
    trailer,     ///< lines up to an empty one
    complete,
    failed,
  };

  Progress take();
  std::string_view rest() const { return std::string_view{buffer_}.substr(taken_); }
  void take_head();
  void choose_body();
  void take_body();
  void take_line();
  void take_chunk_size(std::string_view line);
  void fail(std::string problem);

  std::size_t max_body_bytes_;
  std::string buffer_;
  std::size_t taken_ = 0;  ///< of the buffer
  std::vector<Header> headers_;
  std::string body_;
  std::string problem_;
  std::uint64_t missing_ = 0;    ///< of the body or chunk
  std::size_t small_bytes_ = 0;  ///< of interim answers and trailers
  int status_ = 0;
  State state_ = State::head;
  bool has_begun_ = false;
  bool may_reuse_ = true;
};

}  // namespace wskit
