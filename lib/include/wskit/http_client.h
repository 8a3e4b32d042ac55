#pragma once

#include <chrono>
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
  std::string ca_file = {};  ///< PEM; trusted instead of the system's
  /// Of one request, from looking up the name to the end of the answer.
  std::chrono::milliseconds timeout{std::chrono::seconds{10}};
};

/// Throws Error unless the URL is http or https with a host, and the CA can be read.
WSKIT_API void check_http_client_options(const HttpClientOptions& options);

/// Whether the URL carries a user or a password.
WSKIT_API bool http_url_has_credentials(const std::string& url);

/// What came of a request: a status, or a problem.
struct PostResult {
  int status = 0;       ///< 0: no answer
  std::string problem;  ///< why there is none: one sentence without a full stop and secrets
  std::string body;     ///< of the answer, cut at 64 KiB
  /// Retry-After in its form of seconds, at most a day (RFC 9110 section 10.2.3).
  std::optional<std::chrono::seconds> retry_after;
};

using PostCallback = std::function<void(PostResult)>;

/// Posts to one URL over HTTP/1.1. Redirects are answers like others; proxy variables are ignored.
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

  /// `headers` come besides Host, Content-Length and Authorization; they hold no line ends.
  /// `done` is called once, in a coming turn.
  void post(std::vector<Header> headers, std::string body, PostCallback done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wskit
