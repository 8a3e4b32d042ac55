#include "crypto/certificate.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <wskit/error.h>

#include "crypto/hex.h"

namespace wskit {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Leaf = std::unique_ptr<X509, void (*)(X509*)>;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

void free_chain(STACK_OF(X509) * chain) {
  sk_X509_pop_free(chain, X509_free);
}

using Chain = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)>;

File open_file(const std::string& name, const std::string& what) {
  File file{std::fopen(name.c_str(), "re"), &std::fclose};
  if (file == nullptr) throw Error(what + " " + name + ": " + std::strerror(errno));
  return file;
}

/// An encrypted key must not stop the server with a question.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

int use_certificate(SSL* connection, void* argument) {
  const auto& certificate = *static_cast<const std::shared_ptr<const Certificate>*>(argument);
  return certificate->give_to(connection) ? 1 : 0;
}

}  // namespace

Certificate::Certificate(const std::string& certificate_file, const std::string& key_file) {
  const File certificate_input = open_file(certificate_file, "certificate");
  const File key_input = open_file(key_file, "key");
  Leaf leaf{PEM_read_X509(certificate_input.get(), nullptr, no_passphrase, nullptr), &X509_free};
  if (leaf == nullptr) throw Error("certificate " + certificate_file + ": not in PEM form");
  Chain chain{sk_X509_new_null(), &free_chain};
  while (X509* const next =
             PEM_read_X509(certificate_input.get(), nullptr, no_passphrase, nullptr)) {
    sk_X509_push(chain.get(), next);
  }
  const bool is_whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!is_whole) throw Error("certificate " + certificate_file + ": not all of it is in PEM form");
  Key key{PEM_read_PrivateKey(key_input.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free};
  if (key == nullptr) throw Error("key " + key_file + ": not an unencrypted key in PEM form");
  const bool belongs = X509_check_private_key(leaf.get(), key.get()) == 1;
  ERR_clear_error();
  if (!belongs) throw Error("key " + key_file + " does not belong to " + certificate_file);
  leaf_ = leaf.release();
  chain_ = chain.release();
  key_ = key.release();
}

Certificate::~Certificate() {
  X509_free(leaf_);
  free_chain(chain_);
  EVP_PKEY_free(key_);
}

CertificateInfo Certificate::info() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  X509_digest(leaf_, EVP_sha256(), digest.data(), &size);
  std::tm expires = {};
  ASN1_TIME_to_tm(X509_get0_notAfter(leaf_), &expires);
  return {to_hex({digest.data(), size}), std::chrono::system_clock::from_time_t(timegm(&expires))};
}

bool Certificate::give_to(ssl_st* connection) const {
  return SSL_use_cert_and_key(connection, leaf_, key_, chain_, 1) == 1;
}

void present_certificate(ssl_ctx_st* context, std::shared_ptr<const Certificate>& certificate) {
  SSL_CTX_set_cert_cb(context, use_certificate, &certificate);
}

}  // namespace wskit
