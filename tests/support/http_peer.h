#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// An HTTP server on a port of 127.0.0.1, for one connection after the other, on a thread that the
/// destructor joins.
class HttpPeer {
 public:
  /// Gives the bytes to answer a request with, the `index`-th from 0; none end the connection.
  using Answer = std::function<std::string(std::size_t index, const std::string& request)>;

  explicit HttpPeer(Answer answer);
  ~HttpPeer();
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  std::string url(const std::string& path = "/hook") const;

  /// Head and body of each request so far. Thread: any.
  std::vector<std::string> requests() const;
  std::size_t connection_count() const { return connection_count_; }

  /// Ends the connection after an answer to it that says nothing of that.
  void end_after(std::size_t index) { end_after_ = index; }

 private:
  void serve();
  void serve_connection(int socket);

  Answer answer_;
  std::string port_;
  int listener_;
  std::atomic<int> connection_ = -1;
  std::atomic<bool> is_ending_ = false;
  std::atomic<std::size_t> connection_count_ = 0;
  std::atomic<std::size_t> end_after_ = static_cast<std::size_t>(-1);
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// The body of a request that HttpPeer has recorded.
std::string body_of(const std::string& request);

/// The value of a header, as the client wrote its name; empty if there is none.
std::string header_of(const std::string& request, const std::string& name);
