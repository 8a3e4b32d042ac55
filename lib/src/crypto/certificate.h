#pragma once

#include <memory>
#include <string>

#include <wskit/certificate_info.h>

struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct stack_st_X509;
struct x509_st;

namespace wskit {

/// A server's certificate, those that vouch for it, and its key. Never changes. Thread: any.
class Certificate {
 public:
  /// Reads PEM files. Throws Error naming the file that cannot be read, holds no certificate or no
  /// unencrypted key, or whose key belongs to another certificate.
  Certificate(const std::string& certificate_file, const std::string& key_file);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  CertificateInfo info() const;

  /// Has a connection, whose context has none, present this one. False if OpenSSL refuses.
  bool give_to(ssl_st* connection) const;

 private:
  x509_st* leaf_ = nullptr;
  stack_st_X509* chain_ = nullptr;
  evp_pkey_st* key_ = nullptr;
};

/// Has each new connection of `context` present what `certificate` points to by then; the pointer
/// outlives the context, and never is null.
void present_certificate(ssl_ctx_st* context, std::shared_ptr<const Certificate>& certificate);

}  // namespace wskit
