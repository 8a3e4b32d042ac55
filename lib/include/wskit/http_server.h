#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wskit/export.h>
#include <wskit/handshake.h>
#include <wskit/log.h>
#include <wskit/loop.h>

namespace wskit {

struct HttpRequest {
  std::string method;  ///< GET, HEAD, POST or DELETE
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded
  std::string content_type;                                ///< lower case, without parameters
  std::string authorization;                               ///< as sent
  std::string api_key;                                     ///< X-API-Key
  std::string body;
};

/// The rest of an answer that goes on: Server-Sent Events (HTML Living Standard section 9.2).
///
/// Thread: the server's loop.   Ownership: the handler's; when it is destroyed the answer ends.
class HttpEventStream {
 public:
  virtual ~HttpEventStream() = default;

  /// `data` is one line. False, and the event is dropped, while too much waits for a peer that
  /// reads slowly, and when the peer is gone.
  virtual bool send(std::string_view event, std::string_view data) = 0;

  virtual bool is_open() const = 0;
};

struct HttpResponse {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<Header> headers = {};
  /// If set, the answer is a stream of events instead of `body`, and this gets it at once; not
  /// where HEAD was asked.
  std::function<void(std::unique_ptr<HttpEventStream>)> begin_events = {};
};

/// The answer to one request: call it once, on the loop, now or later. A peer that has gone
/// meanwhile is no error.
using HttpRespond = std::function<void(HttpResponse)>;

struct HttpServerOptions {
  std::string listen = "127.0.0.1:8081";  ///< "ADDR:PORT" (loopback) or "unix:PATH" (mode 0600)
  /// The handler lets only those in who may: the address need not be local, nor the Host known.
  bool is_guarded = false;
  std::size_t max_body_bytes = 1024 * 1024;  ///< beyond → 413
};

/// Throws Error unless the address is well formed and, if not guarded, local.
WSKIT_API void check_http_server_options(const HttpServerOptions& options);

/// An HTTP/1.1 server for programs on this machine: no TLS, no chunked requests (411).
///
/// Requests whose Host is not the address listened on, localhost or a loopback address get 421
/// (DNS rebinding); TRACE and unknown methods are refused.
/// Thread: its loop's.
class WSKIT_API HttpServer {
 public:
  using Handler = std::function<void(HttpRequest, HttpRespond)>;

  /// Listens. Throws Error if the address cannot be bound or is not local.
  HttpServer(Loop& loop, HttpServerOptions options, Log& log, Handler handler);
  ~HttpServer();  ///< drops its connections; the loop must not run any more
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Changes HttpServerOptions::is_guarded and max_body_bytes.
  void reload(bool is_guarded, std::size_t max_body_bytes);

  /// The address bound, in the form of HttpServerOptions::listen.
  const std::string& address() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wskit
