#include "net/tls.h"

#include <arpa/inet.h>

#include <algorithm>
#include <climits>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <wskit/error.h>

#include "core/check.h"

namespace wskit {

namespace {

bool is_address(const std::string& name) {
  in6_addr parsed;
  return inet_pton(AF_INET, name.c_str(), &parsed) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &parsed) == 1;
}

int as_int(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

std::string last_problem() {
  const unsigned long code = ERR_peek_error();
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
    return "the server does not speak TLS";
  }
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown TLS error";
}

}  // namespace

TlsClientContext::TlsClientContext(const TlsClientOptions& options)
    : context_{SSL_CTX_new(TLS_client_method())} {
  WSKIT_CHECK(context_ != nullptr);
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context_, options.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!options.verifies) return;
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context_);
  } else if (SSL_CTX_load_verify_file(context_, options.ca_file.c_str()) != 1) {
    SSL_CTX_free(context_);
    throw Error{"cannot read certificates from " + options.ca_file};
  }
}

TlsClientContext::~TlsClientContext() {
  SSL_CTX_free(context_);
}

TlsClientSession::TlsClientSession(const TlsClientContext& context, const std::string& server_name)
    : ssl_{SSL_new(context.context_)}, input_{BIO_new(BIO_s_mem())}, output_{BIO_new(BIO_s_mem())} {
  WSKIT_CHECK(ssl_ != nullptr && input_ != nullptr && output_ != nullptr);
  SSL_set_bio(ssl_, input_, output_);
  SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (is_address(server_name)) {
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

std::string_view TlsClientSession::output() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(output_, &data);
  return size > 0 ? std::string_view{data, static_cast<std::size_t>(size)} : std::string_view{};
}

void TlsClientSession::clear_output() {
  BIO_reset(output_);
}

}  // namespace wskit
