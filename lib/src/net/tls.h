#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/client_options.h>
#include <wskit/error.h>

struct bio_st;
struct ssl_ctx_st;
struct ssl_st;

namespace wskit {

/// The certificate or key to show cannot be used.
struct OwnCertificateError : Error {
  using Error::Error;
};

/// What dialled TLS connections have in common: whom they trust and what they show.
///
/// Thread: any, once built.
/// Ownership: outlives its sessions.
/// Errors: throws Error naming the file that cannot be read or the option that is malformed.
class TlsClientContext {
 public:
  explicit TlsClientContext(const TlsClientOptions& options);
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;

 private:
  friend class TlsClientSession;

  void trust(const TlsClientOptions& options);
  void use_certificate(const TlsClientOptions& options);
  void log_keys(const std::string& file);

  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> key_log_;  ///< null: none
};

/// The client's side of one TLS connection, between bytes and bytes: it touches no socket.
///
/// Whatever has been called, send output() and then clear_output().
class TlsClientSession {
 public:
  enum class State {
    handshaking,
    open,
    ended,  ///< the peer said that no more follows (close_notify)
    failed,
  };

  /// `server_name` is sent (SNI) and must be in the certificate; it may be an IP address.
  TlsClientSession(const TlsClientContext& context, const std::string& server_name);
  ~TlsClientSession();
  TlsClientSession(const TlsClientSession&) = delete;
  TlsClientSession& operator=(const TlsClientSession&) = delete;

  State state() const { return state_; }

  /// Takes what came from the network, and goes on with the handshake.
  void feed(std::string_view ciphertext);

  /// Decrypts up to `out`; zero when nothing is left or the state has changed.
  std::size_t read(std::span<char> out);

  /// Encrypts; only while open.
  void write(std::string_view plaintext);

  /// Tells the peer that no more follows.
  void shut_down();

  std::string_view output() const;
  void clear_output();

  /// failed: why, such as "certificate has expired".
  const std::string& problem() const { return problem_; }

  /// failed: whether it was the peer's certificate.
  bool is_certificate_problem() const { return is_certificate_problem_; }

  /// "TLSv1.3, TLS_AES_256_GCM_SHA384"
  std::string protocol() const;

  /// The certificates that the peer showed, its own first: subject, issuer, names and dates.
  std::vector<std::string> certificates() const;

 private:
  void advance_handshake();
  void fail();

  ssl_st* ssl_;
  bio_st* input_;   ///< owned by ssl_
  bio_st* output_;  ///< owned by ssl_
  State state_ = State::handshaking;
  bool is_certificate_problem_ = false;
  std::string problem_;
};

}  // namespace wskit
