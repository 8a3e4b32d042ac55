#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

struct z_stream_s;

namespace wskit {

/// What a client offers (RFC 7692 section 7.1).
inline constexpr std::string_view kCompressionOffer = "permessage-deflate; client_max_window_bits";

/// What a server selected.
struct CompressionParameters {
  bool client_keeps_context = true;
  bool server_keeps_context = true;
  int client_window_bits = 15;
  int server_window_bits = 15;
};

/// Reads a server's Sec-WebSocket-Extensions, or says what is wrong with it.
std::variant<CompressionParameters, std::string> parse_compression_answer(std::string_view header);

/// Makes payloads of compressed messages (section 7.2.1).
class Compressor {
 public:
  explicit Compressor(const CompressionParameters& parameters);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// Valid until the next call.
  std::string_view compress(std::string_view message);

 private:
  std::unique_ptr<z_stream_s> stream_;
  bool keeps_context_;
  std::string output_;
};

/// Reads payloads of compressed messages (section 7.2.2).
class Decompressor {
 public:
  enum class Result : std::uint8_t { done, corrupt, too_big };

  explicit Decompressor(const CompressionParameters& parameters);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  /// Stops at `limit` bytes, however little there is to read.
  Result decompress(std::string_view payload, std::size_t limit);

  /// Valid until the next call.
  std::string_view message() const { return output_; }

 private:
  Result take(std::string_view bytes, std::size_t limit);

  std::unique_ptr<z_stream_s> stream_;
  bool keeps_context_;
  std::string output_;
};

}  // namespace wskit
