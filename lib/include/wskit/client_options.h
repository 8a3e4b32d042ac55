#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <wskit/handshake.h>
#include <wskit/message.h>

namespace wskit {

enum class TlsVersion : std::uint8_t { tls_1_0, tls_1_1, tls_1_2, tls_1_3 };

/// Whom a client of TLS trusts, and what it shows.
struct TlsClientOptions {
  std::string ca_file = {};           ///< PEM; trusted instead of the system's
  bool verifies = true;               ///< false: any certificate will do
  std::string certificate_file = {};  ///< PEM, with its chain; shown to a server that asks
  std::string key_file = {};          ///< PEM; empty: in certificate_file
  std::string key_passphrase = {};
  std::string server_name = {};  ///< sent (SNI) and expected; empty: the host connected to
  TlsVersion min_version = TlsVersion::tls_1_2;
  TlsVersion max_version = TlsVersion::tls_1_3;
  std::string ciphers = {};       ///< OpenSSL's list for up to TLS 1.2; empty: its own
  std::string key_log_file = {};  ///< the secrets of each session are appended, for analysers
};

enum class IpVersion : std::uint8_t { any, v4, v6 };

/// How to get to the host of the URL.
struct ClientRouteOptions {
  IpVersion ip_version = IpVersion::any;
  std::vector<std::string> resolve = {};     ///< "HOST:PORT:ADDRESS[,ADDRESS]" instead of DNS
  std::vector<std::string> connect_to = {};  ///< "HOST:PORT:HOST:PORT"; an empty first part: any
  std::string interface = {};                ///< its name, or an address of this machine
  std::string unix_path = {};                ///< this socket instead of host and port
  /// http://, https://, socks5:// or socks5h:// (the proxy looks up names), with user and password.
  std::string proxy = {};
};

/// When to try again after a connection could not be made or has ended: exponential backoff with
/// full jitter, forgotten once a connection has lasted `stable_after`, and never sooner than a
/// refusal's Retry-After says. Not after errors that are final, a broken protocol, or
/// the close codes 1002, 1003, 1007, 1009, 1010, 4401, 4403, 4409 and 4499.
struct ReconnectOptions {
  bool is_enabled = false;
  std::chrono::milliseconds first_delay{500};  ///< upper bound of the first random delay
  std::chrono::milliseconds max_delay{std::chrono::seconds{30}};
  std::chrono::milliseconds stable_after{std::chrono::seconds{10}};
  std::chrono::milliseconds max_time{0};  ///< without a connection, then no more; 0: no limit
  std::size_t max_attempts = 0;           ///< in a row; 0: no limit
  std::vector<int> retried = {};          ///< statuses and close codes that are not final
};

struct ClientOptions {
  /// ws://, wss:// (or http, https), ws+unix:/path/of/socket:/request/path, or host[:port][/path].
  /// A user and password in it are sent as Basic authorization.
  std::string url;
  std::vector<Header> headers = {};
  std::vector<std::string> subprotocols = {};
  std::string origin;
  TlsClientOptions tls = {};
  bool offers_compression = false;  ///< permessage-deflate (RFC 7692)
  ClientRouteOptions route = {};
  std::size_t max_redirects = 0;  ///< of one attempt; credentials go to the first server only
  std::chrono::milliseconds connect_timeout{std::chrono::seconds{10}};  ///< name to upgrade
  std::chrono::milliseconds ping_interval{0};                           ///< 0: none
  std::chrono::milliseconds pong_timeout{std::chrono::seconds{10}};  ///< no byte for so long: dead
  std::chrono::milliseconds close_timeout{std::chrono::seconds{5}};
  std::string heartbeat_text;  ///< sent every heartbeat_interval unless empty
  std::chrono::milliseconds heartbeat_interval{std::chrono::seconds{20}};
  /// If set, one message for which it is true has to come within pong_timeout after each heartbeat.
  std::function<bool(const MessageView&)> is_heartbeat_answer = {};
  std::size_t max_message_bytes = 64 * 1024 * 1024;
  /// Text that is not UTF-8 ends the connection, as RFC 6455 section 8.1 asks of who reads it.
  bool checks_text = true;
  ReconnectOptions reconnect = {};
};

}  // namespace wskit
