#include "crypto/certificate.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <wskit/error.h>

namespace wskit {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_file(const std::string& name, const std::string& what) {
  File file{std::fopen(name.c_str(), "re"), &std::fclose};
  if (file == nullptr) throw Error(what + " " + name + ": " + std::strerror(errno));
  return file;
}

/// An encrypted key must not stop the server with a question.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

}  // namespace

void check_certificate(const std::string& certificate_file, const std::string& key_file) {
  const File certificate_input = open_file(certificate_file, "certificate");
  const File key_input = open_file(key_file, "key");
  const std::unique_ptr<X509, void (*)(X509*)> certificate{
      PEM_read_X509(certificate_input.get(), nullptr, no_passphrase, nullptr), &X509_free};
  if (certificate == nullptr) throw Error("certificate " + certificate_file + ": not in PEM form");
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{
      PEM_read_PrivateKey(key_input.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free};
  if (key == nullptr) throw Error("key " + key_file + ": not an unencrypted key in PEM form");
  const bool belongs = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!belongs) throw Error("key " + key_file + " does not belong to " + certificate_file);
}

}  // namespace wskit
