#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wskit {

enum class ProxyKind : std::uint8_t { http, https, socks5, socks5h };

/// A proxy as an option names it.
struct ProxyUrl {
  ProxyKind kind = ProxyKind::http;
  std::string host;  ///< without brackets
  std::string port;
  std::string user;
  std::string password;
};

/// Reads http://, https://, socks5:// and socks5h:// URLs, and
/// `host[:port]`, which is http. Ports by default: 80, 443 and 1080. Empty if malformed.
std::optional<ProxyUrl> parse_proxy_url(std::string_view text);

/// What is said to a proxy before the bytes of a connection pass through it.
class ProxyHandshake {
 public:
  enum class Progress { needs_more, done, failed };

  virtual ~ProxyHandshake() = default;

  /// What to send now; it is taken away.
  std::string take_output() { return std::exchange(output_, {}); }

  /// Takes what the proxy says. done: rest() are the first bytes of the connection.
  Progress feed(std::string_view bytes);

  std::string_view rest() const { return received_; }

  /// failed: why, without secrets.
  const std::string& problem() const { return problem_; }

 protected:
  /// Looks at received_, and takes away what it has understood.
  virtual Progress advance() = 0;

  Progress fail(std::string problem);

  std::string received_;
  std::string output_;

 private:
  std::string problem_;
};

/// A tunnel to `host` (a name or an address, without brackets) by CONNECT (RFC 9110 section 9.3.6)
/// or SOCKS version 5 (RFC 1928, with the passwords of RFC 1929).
std::unique_ptr<ProxyHandshake> make_proxy_handshake(const ProxyUrl& proxy, const std::string& host,
                                                     const std::string& port);

}  // namespace wskit
