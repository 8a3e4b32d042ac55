#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wskit/export.h>
#include <wskit/handshake.h>
#include <wskit/loop.h>

namespace wskit {

struct HttpClientOptions {
  /// http:// or https://. A user and password in it are sent as Basic authorization.
  std::string url;
  std::string unix_path = {};  ///< of a socket that is dialled instead of the URL's host
  std::string ca_file = {};    ///< PEM; trusted instead of the system's
  /// Of one request, from looking up the name to the end of the answer.
  std::chrono::milliseconds timeout{std::chrono::seconds{10}};
  std::size_t max_body_bytes = 64 * 1024;  ///< of an answer, which is cut there
};

/// Throws Error unless the URL is http or https with a host, and the CA can be read.
WSKIT_API void check_http_client_options(const HttpClientOptions& options);

/// Whether the URL carries a user or a password.
WSKIT_API bool http_url_has_credentials(const std::string& url);

/// One request of a client.
struct HttpClientRequest {
  std::string method = "GET";
  std::string target = "/";  ///< path and query, percent-encoded
  /// Besides Host, Content-Length and Authorization; without line ends.
  std::vector<Header> headers = {};
  std::string body = {};
};

/// What came of a request: a status, or a problem.
struct HttpResult {
  int status = 0;       ///< 0: no answer
  std::string problem;  ///< why there is none: one sentence without a full stop and secrets
  std::string body;     ///< of the answer
  /// Retry-After in its form of seconds, at most a day (RFC 9110 section 10.2.3).
  std::optional<std::chrono::seconds> retry_after;
};

using HttpResultCallback = std::function<void(HttpResult)>;

/// Sends requests to one server over HTTP/1.1. Redirects are answers like others; proxy variables
/// are ignored.
///
/// The last connection is kept for 4 s and used again. If it turns out to be gone before any of the
/// answer has come, the request is sent once more on a new one, so the server may see it twice.
/// Requests made at the same time have a connection each.
/// Thread: its loop's.   Ownership: the loop outlives it.
class WSKIT_API HttpClient {
 public:
  /// Throws as check_http_client_options().
  HttpClient(Loop& loop, HttpClientOptions options);
  ~HttpClient();  ///< drops its requests without a call; also inside a callback
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Posts to the URL. `headers` as those of HttpClientRequest. `done` is called once, in a coming
  /// turn.
  void post(std::vector<Header> headers, std::string body, HttpResultCallback done);

  /// Likewise any request to the server of the URL, except HEAD and CONNECT.
  void send(const HttpClientRequest& request, HttpResultCallback done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wskit
