#pragma once

#include <memory>

#include <wskit/log.h>
#include <wskit/loop.h>

struct lws_context;
struct lws_protocols;
struct lws_vhost;

namespace wskit {

/// One libwebsockets context on one loop, without a listener of its own.
///
/// Contexts are built one after the other before any traffic: in 4.1.6 each new one moves the
/// indexes by which OpenSSL's callbacks find theirs.
/// Thread: built anywhere, used on the loop's. Destroyed while the loop does not run and no other
/// thread opens descriptors: 4.1.6 closes the one that wakes it once too often.
class Context {
 public:
  /// `protocols` is a table that outlives this; `user` is what lws_context_user() gives. With
  /// `has_tls` the first protocol has to give the SSL_CTX a certificate when it is told of it
  /// (LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS). Throws Error if libwebsockets or its
  /// libuv plugin cannot be used. From now on libwebsockets' own lines go to `log`, those of the
  /// whole process: its interface knows one function only.
  Context(Loop& loop, Log& log, const lws_protocols* protocols, bool has_tls, void* user);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  lws_vhost* vhost() const { return vhost_; }

 private:
  Loop& loop_;
  std::shared_ptr<void> client_tls_;  ///< an SSL_CTX that nobody uses: lws would make and lose one
  lws_context* context_ = nullptr;
  int wake_descriptor_ = -1;  ///< lws's own, by which other threads wake its loop
  lws_vhost* vhost_ = nullptr;
};

}  // namespace wskit
