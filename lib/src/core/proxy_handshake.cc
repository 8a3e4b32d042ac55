#include "core/proxy_handshake.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <wskit/base64.h>

#include "core/http_upgrade.h"
#include "core/url.h"

namespace wskit {
namespace {

constexpr std::size_t kMaxSocksText = 255;

class ConnectHandshake final : public ProxyHandshake {
 public:
  ConnectHandshake(const ProxyUrl& proxy, const std::string& host, const std::string& port) {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    const std::string authority = (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
    output_ = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
    if (!proxy.user.empty() || !proxy.password.empty()) {
      output_ +=
          "Proxy-Authorization: Basic " + base64_encode(proxy.user + ":" + proxy.password) + "\r\n";
    }
    output_ += "\r\n";
  }

 private:
  Progress advance() override {
    auto parsed = parse_upgrade_response(received_);
    if (const auto* malformed = std::get_if<MalformedHttp>(&parsed)) {
      return fail("the proxy does not speak HTTP: " + malformed->problem);
    }
    const auto* const answer = std::get_if<UpgradeResponse>(&parsed);
    if (answer == nullptr) return Progress::needs_more;
    const HandshakeResponse& response = answer->handshake;
    if (is_interim(response)) {
      received_.erase(0, answer->head_bytes);
      return advance();
    }
    if (response.status / 100 != 2) {
      return fail(fmt::format("the proxy refused: {} {}", response.status, response.reason));
    }
    received_.erase(0, answer->head_bytes);
    return Progress::done;
  }
};

class SocksHandshake final : public ProxyHandshake {
 public:
  SocksHandshake(const ProxyUrl& proxy, std::string host, const std::string& port)
      : user_{proxy.user}, password_{proxy.password}, host_{std::move(host)} {
    std::from_chars(port.data(), port.data() + port.size(), port_);
    has_password_ = !user_.empty() || !password_.empty();
    output_ = has_password_ ? std::string{"\x05\x02\x00\x02", 4} : std::string{"\x05\x01\x00", 3};
  }

 private:
  enum class Step { method, password, request };

  Progress advance() override {
    switch (step_) {
      case Step::method:
        return take_method();
      case Step::password:
        return take_password_answer();
      case Step::request:
        return take_answer();
    }
    return Progress::failed;
  }

  Progress take_method() {
    if (received_.size() < 2) return Progress::needs_more;
    if (received_[0] != '\x05') return fail("the proxy does not speak SOCKS 5");
    const char method = received_[1];
    received_.erase(0, 2);
    if (method == '\x00') return send_request();
    if (method != '\x02' || !has_password_) return fail("the proxy wants another authentication");
    if (user_.size() > kMaxSocksText || password_.size() > kMaxSocksText) {
      return fail("the proxy's user or password is over 255 bytes");
    }
    output_ = '\x01' + with_length(user_) + with_length(password_);
    step_ = Step::password;
    return advance();
  }

  Progress take_password_answer() {
    if (received_.size() < 2) return Progress::needs_more;
    if (received_[1] != '\x00') return fail("the proxy refused the user or password");
    received_.erase(0, 2);
    return send_request();
  }

  Progress send_request() {
    if (host_.size() > kMaxSocksText) return fail("the host's name is over 255 bytes");
    output_ += std::string{"\x05\x01\x00", 3} + address() + static_cast<char>(port_ >> 8) +
               static_cast<char>(port_ & 0xFF);
    step_ = Step::request;
    return advance();
  }

  std::string address() const {
    std::array<char, sizeof(in6_addr)> bytes = {};
    if (inet_pton(AF_INET, host_.c_str(), bytes.data()) == 1) {
      return '\x01' + std::string{bytes.data(), sizeof(in_addr)};
    }
    if (inet_pton(AF_INET6, host_.c_str(), bytes.data()) == 1) {
      return '\x04' + std::string{bytes.data(), sizeof(in6_addr)};
    }
    return '\x03' + with_length(host_);
  }

  Progress take_answer() {
    if (received_.size() < 5) return Progress::needs_more;
    const auto byte = [this](std::size_t i) { return static_cast<std::uint8_t>(received_[i]); };
    if (byte(0) != 5) return fail("the proxy does not speak SOCKS 5");
    if (byte(1) != 0) return fail("the proxy refused: " + std::string(describe(byte(1))));
    const std::size_t address_bytes = byte(3) == 1   ? sizeof(in_addr)
                                      : byte(3) == 4 ? sizeof(in6_addr)
                                                     : 1U + byte(4);
    const std::size_t size = 4 + address_bytes + 2;
    if (received_.size() < size) return Progress::needs_more;
    received_.erase(0, size);
    return Progress::done;
  }

  /// RFC 1928 section 6.
  static std::string_view describe(std::uint8_t reply) {
    constexpr std::array<std::string_view, 9> kReplies{
        "",
        "general failure",
        "its rules do not allow it",
        "network unreachable",
        "host unreachable",
        "connection refused",
        "time to live expired",
        "CONNECT is not supported",
        "the kind of address is not supported",
    };
    return reply < kReplies.size() ? kReplies[reply] : "for a reason of its own";
  }

  static std::string with_length(const std::string& text) {
    return static_cast<char>(text.size()) + text;
  }

  std::string user_;
  std::string password_;
  std::string host_;
  std::uint16_t port_ = 0;
  bool has_password_ = false;
  Step step_ = Step::method;
};

std::string_view default_port(ProxyKind kind) {
  if (kind == ProxyKind::http) return "80";
  return kind == ProxyKind::https ? "443" : "1080";
}

std::optional<ProxyKind> kind_of(std::string_view scheme) {
  if (scheme == "http") return ProxyKind::http;
  if (scheme == "https") return ProxyKind::https;
  if (scheme == "socks5") return ProxyKind::socks5;
  if (scheme == "socks5h") return ProxyKind::socks5h;
  return std::nullopt;
}

}  // namespace

std::optional<ProxyUrl> parse_proxy_url(std::string_view text) {
  const auto url = parse_url(has_scheme(text) ? std::string(text) : "http://" + std::string(text));
  if (!url || url->host.empty()) return std::nullopt;
  const auto kind = kind_of(url->scheme);
  const bool has_path = !url->path.empty() && url->path != "/";
  if (!kind || has_path || !url->query.empty()) return std::nullopt;
  return ProxyUrl{.kind = *kind,
                  .host = url->host,
                  .port = url->port.empty() ? std::string(default_port(*kind)) : url->port,
                  .user = url->user,
                  .password = url->password};
}

ProxyHandshake::Progress ProxyHandshake::feed(std::string_view bytes) {
  received_ += bytes;
  return advance();
}

ProxyHandshake::Progress ProxyHandshake::fail(std::string problem) {
  problem_ = std::move(problem);
  return Progress::failed;
}

std::unique_ptr<ProxyHandshake> make_proxy_handshake(const ProxyUrl& proxy, const std::string& host,
                                                     const std::string& port) {
  const bool is_socks = proxy.kind == ProxyKind::socks5 || proxy.kind == ProxyKind::socks5h;
  if (is_socks) return std::make_unique<SocksHandshake>(proxy, host, port);
  return std::make_unique<ConnectHandshake>(proxy, host, port);
}

}  // namespace wskit
