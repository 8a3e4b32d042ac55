#include "core/compression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <zlib.h>

#include "core/check.h"
#include "core/http_head.h"

namespace wskit {
namespace {

/// What a message's compressed data end with, and does not send (RFC 7692 section 7.2.1).
constexpr std::string_view kTail{"\x00\x00\xff\xff", 4};

constexpr std::size_t kPieceBytes = 16 * 1024;

/// zlib cannot write with a window of 256 bytes, and so may not be asked to.
constexpr int kLeastZlibWindowBits = 9;

std::string_view take_part(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view part = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<int> window_bits(std::string_view value) {
  if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) {
    value = value.substr(1, value.size() - 2);
  }
  int bits = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), bits);
  const bool is_whole = error == std::errc{} && end == value.data() + value.size();
  if (!is_whole || bits < 8 || bits > 15) return std::nullopt;
  return bits;
}

bool apply(CompressionParameters& parameters, std::string_view name, std::string_view value,
           bool has_value) {
  const auto bits = window_bits(value);
  if (name == "server_no_context_takeover" && !has_value) {
    parameters.server_keeps_context = false;
  } else if (name == "client_no_context_takeover" && !has_value) {
    parameters.client_keeps_context = false;
  } else if (name == "server_max_window_bits" && bits) {
    parameters.server_window_bits = *bits;
  } else if (name == "client_max_window_bits" && bits) {
    parameters.client_window_bits = *bits;
  } else {
    return false;
  }
  return true;
}

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

std::variant<CompressionParameters, std::string> parse_compression_answer(std::string_view header) {
  const std::string selected{header};
  if (take_part(header, ';') != "permessage-deflate") {
    return "the server selected an extension that was not offered";
  }
  CompressionParameters parameters;
  while (!header.empty()) {
    std::string_view part = take_part(header, ';');
    const bool has_value = part.find('=') != std::string_view::npos;
    const std::string_view name = take_part(part, '=');
    if (!apply(parameters, name, trim(part), has_value)) {
      return "the server selected '" + selected + "', which is malformed";
    }
  }
  return parameters;
}

Compressor::Compressor(const CompressionParameters& parameters)
    : stream_{std::make_unique<z_stream>()}, keeps_context_{parameters.client_keeps_context} {
  const int bits = std::max(parameters.client_window_bits, kLeastZlibWindowBits);
  WSKIT_CHECK(deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, 8,
                           Z_DEFAULT_STRATEGY) == Z_OK);
}

Compressor::~Compressor() {
  deflateEnd(stream_.get());
}

std::string_view Compressor::compress(std::string_view message) {
  output_.clear();
  stream_->next_in = bytes_of(message);
  stream_->avail_in = static_cast<uInt>(message.size());
  do {
    const std::size_t had = output_.size();
    output_.resize(had + kPieceBytes);
    stream_->next_out = bytes_of(output_) + had;
    stream_->avail_out = kPieceBytes;
    WSKIT_CHECK(deflate(stream_.get(), Z_SYNC_FLUSH) != Z_STREAM_ERROR);
    output_.resize(output_.size() - stream_->avail_out);
  } while (stream_->avail_out == 0);
  if (!keeps_context_) deflateReset(stream_.get());
  std::string_view payload = output_;
  if (payload.ends_with(kTail)) payload.remove_suffix(kTail.size());
  return payload;
}

Decompressor::Decompressor(const CompressionParameters& parameters)
    : stream_{std::make_unique<z_stream>()}, keeps_context_{parameters.server_keeps_context} {
  WSKIT_CHECK(inflateInit2(stream_.get(), -parameters.server_window_bits) == Z_OK);
}

Decompressor::~Decompressor() {
  inflateEnd(stream_.get());
}

Decompressor::Result Decompressor::decompress(std::string_view payload, std::size_t limit) {
  output_.clear();
  Result result = take(payload, limit);
  if (result == Result::done) result = take(kTail, limit);
  if (!keeps_context_) inflateReset(stream_.get());
  return result;
}

Decompressor::Result Decompressor::take(std::string_view bytes, std::size_t limit) {
  stream_->next_in = bytes_of(bytes);
  stream_->avail_in = static_cast<uInt>(bytes.size());
  while (true) {
    const std::size_t had = output_.size();
    output_.resize(had + kPieceBytes);
    stream_->next_out = bytes_of(output_) + had;
    stream_->avail_out = kPieceBytes;
    const int status = inflate(stream_.get(), Z_SYNC_FLUSH);
    output_.resize(output_.size() - stream_->avail_out);
    if (output_.size() > limit) return Result::too_big;
    // A last block may be followed by others (section 7.2.3.5).
    if (status == Z_STREAM_END) inflateReset(stream_.get());
    const bool is_fine = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
    if (!is_fine) return Result::corrupt;
    if (stream_->avail_in == 0 && stream_->avail_out > 0) return Result::done;
    if (status == Z_BUF_ERROR && stream_->avail_out > 0) return Result::corrupt;
  }
}

}  // namespace wskit
