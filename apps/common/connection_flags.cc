#include "common/connection_flags.h"

#include <wskit/error.h>
#include <CLI/CLI.hpp>

#include "common/environment.h"
#include "common/file_content.h"
#include "common/option_group.h"
#include "common/request_headers.h"

namespace {

wskit::TlsVersion tls_version(const std::string& text) {
  return static_cast<wskit::TlsVersion>(text.back() - '0');
}

void complete_tls(wskit::TlsClientOptions& tls, const ConnectionFlags& flags,
                  const std::string& prefix) {
  const std::string variable = prefix + "_PASSPHRASE";
  tls.verifies = !flags.is_insecure;
  tls.key_passphrase =
      flags.passphrase.empty() ? environment(variable.c_str()) : text_or_file(flags.passphrase);
  tls.key_log_file = environment("SSLKEYLOGFILE");
  if (!flags.tls_min.empty()) tls.min_version = tls_version(flags.tls_min);
  if (!flags.tls_max.empty()) tls.max_version = tls_version(flags.tls_max);
  if (tls.min_version > tls.max_version) {
    throw wskit::Error{flags.tls_min.empty() ? "--tls-max below 1.2 needs a --tls-min"
                                             : "--tls-min is above --tls-max"};
  }
  if (tls.certificate_file.empty() && !(tls.key_file.empty() && flags.passphrase.empty())) {
    throw wskit::Error{"--key and --passphrase need --cert"};
  }
}

}  // namespace

void add_handshake_flags(CLI::App& app, wskit::ClientOptions& client, ConnectionFlags& flags,
                         const std::string& prefix, OptionLetters letters) {
  const auto named = [letters](const std::string& letter, const std::string& names) {
    return letters == OptionLetters::all ? letter + "," + names : names;
  };
  OptionGroup group{app, "Handshake"};
  group.list("-H,--header", flags.headers, "'K: V'", "Send this header; @FILE has one a line");
  group.list(named("-s", "--subprotocol,--protocol"), client.subprotocols, "NAME",
             "Offer this subprotocol");
  group.value(named("-o", "--origin"), client.origin, "ORIGIN", "Send this Origin");
  group.value("--ua,--user-agent", flags.user_agent, "TEXT", "Send this User-Agent");
  group.list("--cookie", flags.cookies, "'K=V'", "Send this cookie");
  group.value(named("-u", "--user,--auth,--basic-auth"), flags.user, "U:P",
              "Basic authorization; @FILE has it in a file");
  group.value("--bearer,--oauth2-bearer", flags.bearer, "TOKEN",
              "Bearer authorization; @FILE, or " + prefix + "_TOKEN in the environment");
  group.flag("--compress", client.offers_compression, "Offer to compress messages");
}

void add_tls_flags(CLI::App& app, wskit::ClientOptions& client, ConnectionFlags& flags,
                   const std::string& prefix) {
  constexpr const char* kVersions = "1.0|1.1|1.2|1.3";
  wskit::TlsClientOptions& tls = client.tls;
  OptionGroup group{app, "TLS"};
  group.flag("-k,--insecure,--no-check", flags.is_insecure, "Accept any certificate");
  group.value("--cacert,--ca", tls.ca_file, "FILE", "Trust these certificates (PEM) only");
  group.value("--cert", tls.certificate_file, "FILE", "Show this certificate (PEM)");
  group.value("--key", tls.key_file, "FILE", "The key for --cert (PEM), if not in the same file");
  group.value("--passphrase", flags.passphrase, "TEXT",
              "Decrypts the key; @FILE, or " + prefix + "_PASSPHRASE in the environment");
  group.value("--sni,--tls-domain", tls.server_name, "NAME",
              "Ask for this name, and expect it in the certificate");
  group.choice("--tls-min", flags.tls_min, kVersions, "Accept no version below (1.2)");
  group.choice("--tls-max", flags.tls_max, kVersions, "Offer no version above (1.3)");
  group.value("--ciphers", tls.ciphers, "LIST", "OpenSSL's names, for up to TLS 1.2");
}

void add_route_flags(CLI::App& app, wskit::ClientOptions& client, ConnectionFlags& flags,
                     OptionLetters letters) {
  const bool is_many = letters == OptionLetters::few;

  wskit::ClientRouteOptions& route = client.route;
  OptionGroup group{app, "Route"};
  group.value(
      "--proxy", route.proxy, "URL",
      is_many ? "http, https, socks5 or socks5h; variables of the environment do not count"
              : "http, https, socks5 or socks5h; else http_proxy and others of the environment");
  group.flag("-4,--ipv4", flags.is_ipv4_only, "Use IPv4 only");
  group.flag("-6,--ipv6", flags.is_ipv6_only, "Use IPv6 only");
  group.list("--resolve", route.resolve, "H:P:ADDR", "The host's addresses, instead of DNS");
  group.list("--connect-to", route.connect_to, "H:P:H:P", "Connect there instead");
  if (!is_many)
    group.value("--interface", route.interface, "NAME", "Send from this device or address");
  group.value("--unix-socket", route.unix_path, "FILE", "Connect to this socket");
  group.duration("--connect-timeout,--handshake-timeout", client.connect_timeout,
                 "Give up connecting after this time (10)");
}

void complete_connection(wskit::ClientOptions& client, const ConnectionFlags& flags,
                         const std::string& prefix) {
  const std::string token = prefix + "_TOKEN";
  client.headers = request_headers(flags, client.url, environment(token.c_str()));
  complete_tls(client.tls, flags, prefix);
  if (flags.is_ipv4_only && flags.is_ipv6_only) {
    throw wskit::Error{"--ipv4 and --ipv6 exclude each other"};
  }
  if (flags.is_ipv4_only) client.route.ip_version = wskit::IpVersion::v4;
  if (flags.is_ipv6_only) client.route.ip_version = wskit::IpVersion::v6;
  if (client.connect_timeout.count() == 0) {
    throw wskit::Error{"--connect-timeout must be above 0"};
  }
}
