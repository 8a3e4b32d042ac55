#include "net/tls.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/check.h"
#include "core/url.h"
#include "net/tls_certificate.h"

namespace wskit {

namespace {

int as_int(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

std::string last_problem() {
  const unsigned long code = ERR_peek_error();
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
    return "it does not speak TLS";
  }
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown TLS error";
}

int protocol_version(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls_1_0:
      return TLS1_VERSION;
    case TlsVersion::tls_1_1:
      return TLS1_1_VERSION;
    case TlsVersion::tls_1_2:
      return TLS1_2_VERSION;
    case TlsVersion::tls_1_3:
      return TLS1_3_VERSION;
  }
  WSKIT_CHECK(false);
}

/// Without one an encrypted key must not stop the program with a question.
int give_passphrase(char* out, int size, int, void* passphrase) {
  const auto& text = *static_cast<const std::string*>(passphrase);
  if (text.size() > static_cast<std::size_t>(size)) return 0;
  std::memcpy(out, text.data(), text.size());
  return as_int(text.size());
}

}  // namespace

TlsClientContext::TlsClientContext(const TlsClientOptions& options)
    : context_{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free}, key_log_{nullptr, &std::fclose} {
  WSKIT_CHECK(context_ != nullptr);
  SSL_CTX_set_min_proto_version(context_.get(), protocol_version(options.min_version));
  SSL_CTX_set_max_proto_version(context_.get(), protocol_version(options.max_version));
  // OpenSSL's default level of security rules out what came before TLS 1.2.
  if (options.min_version < TlsVersion::tls_1_2) SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);
  const bool has_ciphers = !options.ciphers.empty();
  if (has_ciphers && SSL_CTX_set_cipher_list(context_.get(), options.ciphers.c_str()) != 1) {
    throw Error{"no cipher is known among '" + options.ciphers + "'"};
  }
  trust(options);
  if (!options.certificate_file.empty()) use_certificate(options);
  if (!options.key_log_file.empty()) log_keys(options.key_log_file);
}

void TlsClientContext::trust(const TlsClientOptions& options) {
  SSL_CTX_set_verify(context_.get(), options.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!options.verifies) return;
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context_.get());
  } else if (SSL_CTX_load_verify_file(context_.get(), options.ca_file.c_str()) != 1) {
    throw Error{"cannot read certificates from " + options.ca_file};
  }
}

void TlsClientContext::use_certificate(const TlsClientOptions& options) {
  SSL_CTX* const context = context_.get();
  const std::string& certificate = options.certificate_file;
  const std::string& key = options.key_file.empty() ? certificate : options.key_file;
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    throw OwnCertificateError{"cannot read the certificate " + certificate + ": " + last_problem()};
  }
  SSL_CTX_set_default_passwd_cb_userdata(context,
                                         const_cast<std::string*>(&options.key_passphrase));
  SSL_CTX_set_default_passwd_cb(context, give_passphrase);
  const bool is_read = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (is_read) return;
  const std::string where = options.key_file.empty() ? "beside the certificate in " : "";
  throw OwnCertificateError{"cannot use the key " + where + key + ": " + last_problem()};
}

void TlsClientContext::log_keys(const std::string& file) {
  key_log_.reset(std::fopen(file.c_str(), "ae"));
  if (key_log_ == nullptr) throw Error{"cannot write " + file + ": " + std::strerror(errno)};
  SSL_CTX_set_app_data(context_.get(), key_log_.get());
  SSL_CTX_set_keylog_callback(context_.get(), [](const SSL* session, const char* line) {
    auto* const log = static_cast<std::FILE*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(session)));
    std::fprintf(log, "%s\n", line);
    std::fflush(log);
  });
}

TlsClientSession::TlsClientSession(const TlsClientContext& context, const std::string& server_name)
    : ssl_{SSL_new(context.context_.get())},
      input_{BIO_new(BIO_s_mem())},
      output_{BIO_new(BIO_s_mem())} {
  WSKIT_CHECK(ssl_ != nullptr && input_ != nullptr && output_ != nullptr);
  SSL_set_bio(ssl_, input_, output_);
  SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (is_ip_address(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), server_name.c_str());
  } else {
    SSL_set1_host(ssl_, server_name.c_str());
    SSL_set_tlsext_host_name(ssl_, server_name.c_str());
  }
  SSL_set_connect_state(ssl_);
  advance_handshake();
}

TlsClientSession::~TlsClientSession() {
  SSL_free(ssl_);
}

void TlsClientSession::feed(std::string_view ciphertext) {
  while (!ciphertext.empty()) {
    const int taken = BIO_write(input_, ciphertext.data(), as_int(ciphertext.size()));
    WSKIT_CHECK(taken > 0);
    ciphertext.remove_prefix(static_cast<std::size_t>(taken));
  }
  if (state_ == State::handshaking) advance_handshake();
}

void TlsClientSession::advance_handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) {
    state_ = State::open;
    return;
  }
  const int error = SSL_get_error(ssl_, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail();
}

void TlsClientSession::fail() {
  state_ = State::failed;
  const long verified = SSL_get_verify_result(ssl_);
  is_certificate_problem_ = verified != X509_V_OK && SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE &&
                            !SSL_is_init_finished(ssl_);
  problem_ = is_certificate_problem_ ? X509_verify_cert_error_string(verified) : last_problem();
}

std::size_t TlsClientSession::read(std::span<char> out) {
  if (state_ != State::open) return 0;
  ERR_clear_error();
  const int count = SSL_read(ssl_, out.data(), as_int(out.size()));
  if (count > 0) return static_cast<std::size_t>(count);
  const int error = SSL_get_error(ssl_, count);
  if (error == SSL_ERROR_ZERO_RETURN) {
    state_ = State::ended;
  } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    fail();
  }
  return 0;
}

void TlsClientSession::write(std::string_view plaintext) {
  if (state_ != State::open) return;
  ERR_clear_error();
  while (!plaintext.empty()) {
    const int taken = SSL_write(ssl_, plaintext.data(), as_int(plaintext.size()));
    if (taken <= 0) return fail();
    plaintext.remove_prefix(static_cast<std::size_t>(taken));
  }
}

void TlsClientSession::shut_down() {
  ERR_clear_error();
  if (state_ == State::open) SSL_shutdown(ssl_);
}

std::string TlsClientSession::protocol() const {
  return std::string{SSL_get_version(ssl_)} + ", " + SSL_get_cipher_name(ssl_);
}

std::vector<std::string> TlsClientSession::certificates() const {
  std::vector<std::string> lines;
  STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl_);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    lines.push_back(describe_certificate(sk_X509_value(chain, i)));
  }
  return lines;
}

std::string_view TlsClientSession::output() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(output_, &data);
  return size > 0 ? std::string_view{data, static_cast<std::size_t>(size)} : std::string_view{};
}

void TlsClientSession::clear_output() {
  BIO_reset(output_);
}

}  // namespace wskit
