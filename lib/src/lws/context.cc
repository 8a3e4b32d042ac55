#include "lws/context.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <libwebsockets.h>
#include <uv.h>

#include <wskit/error.h>

#include "core/check.h"

namespace wskit {
namespace {

/// A TLS record of 16 KiB must fit, or lws reads half of it and waits for the next event.
constexpr unsigned kServiceBufferBytes = 32 * 1024;

/// A backstop behind our own handshake deadline of 10 s.
constexpr unsigned kTimeoutSeconds = 15;

/// Turns in which libuv closes the handles that lws gave up.
constexpr int kClosingTurns = 4;

// Without validity pings lws keeps no timer per connection.
constexpr lws_retry_bo_t kNoValidityTimers = {};

std::atomic<Log*> lws_log{nullptr};

void write_lws_line(int level, const char* line) {
  Log* const log = lws_log.load();
  if (log == nullptr) return;
  std::string_view text{line};
  while (text.ends_with('\n')) text.remove_suffix(1);
  const bool is_error = level == LLL_ERR;
  if (is_error) {
    log->warn("lws", {{"text", text}});
  } else {
    log->debug("lws", {{"text", text}});
  }
}

void redirect_lws_log(Log& log) {
  lws_log.store(&log);
  const bool is_verbose = log.is_enabled(LogLevel::debug);
  lws_set_log_level(LLL_ERR | (is_verbose ? LLL_WARN | LLL_NOTICE : 0), write_lws_line);
}

std::vector<int> polled_descriptors(uv_loop_t* loop) {
  std::vector<int> descriptors;
  const auto collect = [](uv_handle_t* handle, void* out) {
    uv_os_fd_t descriptor = -1;
    if (uv_handle_get_type(handle) != UV_POLL || uv_fileno(handle, &descriptor) != 0) return;
    static_cast<std::vector<int>*>(out)->push_back(descriptor);
  };
  uv_walk(loop, collect, &descriptors);
  return descriptors;
}

void use_tls(lws_context_creation_info& info) {
  // Clients show no certificates, so the system's authorities need not be loaded.
  info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS |
                  LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
  info.ssl_cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20";
  info.ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                         SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                         SSL_OP_CIPHER_SERVER_PREFERENCE;
}

}  // namespace

Context::Context(Loop& loop, Log& log, const lws_protocols* protocols, bool has_tls, void* user)
    : loop_{loop} {
  redirect_lws_log(log);
  std::array<void*, 1> loops{loop.uv()};
  lws_context_creation_info info;
  std::memset(&info, 0, sizeof info);
  info.foreign_loops = loops.data();
  info.options = LWS_SERVER_OPTION_LIBUV;
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.protocols = protocols;
  info.user = user;
  info.retry_and_idle_policy = &kNoValidityTimers;
  info.alpn = "http/1.1";
  info.uid = -1;
  info.gid = -1;
  info.timeout_secs = kTimeoutSeconds;
  info.pt_serv_buf_size = kServiceBufferBytes;
  info.max_http_header_data = 8 * 1024;
  info.pcontext = &context_;
  if (has_tls) {
    use_tls(info);
    client_tls_ = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    info.provided_client_ssl_ctx = static_cast<SSL_CTX*>(client_tls_.get());
  }
  const std::vector<int> others = polled_descriptors(loop.uv());
  context_ = lws_create_context(&info);
  if (context_ == nullptr) {
    throw Error("libwebsockets cannot start; is the package libwebsockets-evlib-uv installed?");
  }
  for (const int descriptor : polled_descriptors(loop.uv())) {
    if (std::ranges::count(others, descriptor) == 0) wake_descriptor_ = descriptor;
  }
  WSKIT_CHECK(wake_descriptor_ >= 0);
  vhost_ = lws_get_vhost_by_name(context_, "default");
  // While it runs, peers cause most of its errors, and all threads share one buffer for the text.
  if (!log.is_enabled(LogLevel::debug)) lws_set_log_level(0, write_lws_line);
}

Context::~Context() {
  // With a foreign loop the first call only begins: libuv closes lws's handles, the second frees.
  lws_context_destroy(context_);
  // 4.1.6 has closed its descriptor, and does so again when libuv lets go of the handle. Until then
  // nobody else may get that number.
  const int placeholder = fcntl(uv_backend_fd(loop_.uv()), F_DUPFD_CLOEXEC, wake_descriptor_);
  for (int turn = 0; turn < kClosingTurns; ++turn) uv_run(loop_.uv(), UV_RUN_NOWAIT);
  if (placeholder != wake_descriptor_ && placeholder >= 0) close(placeholder);
  if (context_ != nullptr) lws_context_destroy(context_);
}

}  // namespace wskit
