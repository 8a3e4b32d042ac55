#include "core/http_answer_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "core/http_body.h"
#include "core/http_head.h"
#include "core/http_upgrade.h"

namespace wskit {
namespace {

/// A chunk's size with its extensions, or one line of the trailer.
constexpr std::size_t kMaxLineBytes = 8 * 1024;

/// Of all interim answers, and of the trailer.
constexpr std::size_t kMaxSmallBytes = 64 * 1024;

}  // namespace

HttpAnswerReader::Progress HttpAnswerReader::feed(std::string_view bytes) {
  has_begun_ = has_begun_ || !bytes.empty();
  buffer_ += bytes;
  // A head is read as a whole, and only the end of a line, or many bytes without one, can
  // complete or spoil it. The first bytes show whether this is HTTP.
  const bool is_worth_a_look = state_ != State::head || buffer_.size() - bytes.size() < 16 ||
                               buffer_.size() > HttpLimits{}.max_first_line_bytes ||
                               bytes.find('\n') != std::string_view::npos;
  return is_worth_a_look ? take() : Progress::needs_more;
}

HttpAnswerReader::Progress HttpAnswerReader::end() {
  if (state_ == State::until_end) state_ = State::complete;
  if (state_ != State::complete) fail("the answer is cut short");
  may_reuse_ = false;
  return take();
}

HttpAnswerReader::Progress HttpAnswerReader::take() {
  std::size_t taken_before = 0;
  State state_before = state_;
  do {
    taken_before = taken_;
    state_before = state_;
    if (state_ == State::head) {
      take_head();
    } else if (state_ == State::sized || state_ == State::until_end || state_ == State::chunk) {
      take_body();
    } else if (state_ != State::complete && state_ != State::failed) {
      take_line();
    }
  } while (state_ != state_before || taken_ != taken_before);
  buffer_.erase(0, taken_);
  taken_ = 0;
  if (state_ == State::complete) return Progress::complete;
  return state_ == State::failed ? Progress::failed : Progress::needs_more;
}

void HttpAnswerReader::take_head() {
  auto parsed = parse_upgrade_response(rest());
  if (const auto* malformed = std::get_if<MalformedHttp>(&parsed)) return fail(malformed->problem);
  auto* const answer = std::get_if<UpgradeResponse>(&parsed);
  if (answer == nullptr) return;
  taken_ += answer->head_bytes;
  status_ = answer->handshake.status;
  if (status_ == 101) return fail("the server switches to a protocol nobody asked for");
  if (status_ < 200) {
    small_bytes_ += answer->head_bytes;
    if (small_bytes_ > kMaxSmallBytes) fail("too many interim answers");
    return;
  }
  headers_ = std::move(answer->handshake.headers);
  choose_body();
}

void HttpAnswerReader::choose_body() {
  if (has_list_member(headers_, "connection", "close")) may_reuse_ = false;
  const bool is_encoded = find_header(headers_, "transfer-encoding").has_value();
  const auto length = find_header(headers_, "content-length");
  if (status_ == 204 || status_ == 304) {
    state_ = State::complete;
  } else if (is_encoded) {
    // A length beside an encoding may be an attempt to smuggle: RFC 9112 section 6.3.
    if (length) may_reuse_ = false;
    const auto encodings = list_members(headers_, "transfer-encoding");
    const bool is_chunked = !encodings.empty() && equals_ignoring_case(encodings.back(), "chunked");
    state_ = is_chunked ? State::chunk_size : State::until_end;
  } else if (length) {
    const auto size = parse_body_size(*length, 10);
    if (!size || count_headers(headers_, "content-length") != 1) {
      return fail("the answer's length is malformed");
    }
    missing_ = *size;
    state_ = missing_ == 0 ? State::complete : State::sized;
  } else {
    state_ = State::until_end;
  }
}

void HttpAnswerReader::take_body() {
  std::string_view bytes = rest();
  if (state_ != State::until_end) bytes = bytes.substr(0, missing_);
  const std::size_t kept_bytes = std::min(bytes.size(), max_body_bytes_ - body_.size());
  body_ += bytes.substr(0, kept_bytes);
  taken_ += bytes.size();
  missing_ -= bytes.size();
  if (kept_bytes < bytes.size()) {
    may_reuse_ = false;
    state_ = State::complete;
  } else if (state_ != State::until_end && missing_ == 0) {
    state_ = state_ == State::sized ? State::complete : State::chunk_end;
  }
}

void HttpAnswerReader::take_line() {
  const auto size = rest().find("\r\n");
  if (size == std::string_view::npos) {
    if (rest().size() > kMaxLineBytes) fail("a line of the body is too long");
    return;
  }
  const std::string_view line = rest().substr(0, size);
  taken_ += size + 2;
  if (state_ == State::chunk_size) return take_chunk_size(line);
  if (state_ == State::chunk_end) {
    if (!line.empty()) return fail("a chunk does not end where it should");
    state_ = State::chunk_size;
    return;
  }
  small_bytes_ += line.size() + 2;
  if (small_bytes_ > kMaxSmallBytes) return fail("the trailer is too large");
  if (line.empty()) state_ = State::complete;
}

void HttpAnswerReader::take_chunk_size(std::string_view line) {
  const auto size = parse_body_size(line.substr(0, line.find_first_of("; \t")), 16);
  if (!size) return fail("a chunk's size is malformed");
  missing_ = *size;
  state_ = missing_ == 0 ? State::trailer : State::chunk;
}

void HttpAnswerReader::fail(std::string problem) {
  state_ = State::failed;
  problem_ = std::move(problem);
  may_reuse_ = false;
}

}  // namespace wskit
