#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

/// A numeric IPv4 address and port. Throws UsageError if `host` is a name.
[[nodiscard]] sockaddr_in address_of(const std::string& host, int port);

class Stream;

/// Waits for streams on one thread, many at a time, and reads into one buffer for all of them.
class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Handles what is ready. If nothing is, waits at most `longest`.
  void poll(std::chrono::nanoseconds longest);

  /// As poll(), over and over until `deadline`.
  void poll_until(Clock::time_point deadline);

  /// recv() calls so far.
  [[nodiscard]] std::uint64_t receive_count() const { return receive_count_; }

 private:
  friend class Stream;
  void add(Stream& stream);
  void watch(Stream& stream, bool for_room);
  /// The shared buffer, at least `size` long, until the next call.
  char* buffer(std::size_t size);

  int epoll_ = -1;
  std::vector<char> buffer_;
  std::uint64_t receive_count_ = 0;
};

/// One dialled TCP connection: sends what it can at once, keeps the rest, never blocks.
///
/// A derived class takes the bytes that arrive. Closing from inside a callback is allowed.
class Stream {
 public:
  explicit Stream(Poller& poller) : poller_(poller) {}
  virtual ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Starts connecting, from loopback address 127.0.0.(1 + source) unless `source` is negative.
  /// Returns false, with errno set, if that failed at once. Throws std::system_error when
  /// descriptors run out.
  [[nodiscard]] bool dial(const sockaddr_in& address, int source = -1);
  void send(std::string_view bytes);
  void close();
  [[nodiscard]] bool is_open() const { return socket_ >= 0; }

 protected:
  /// Takes whole units from the front of `data`; returns the bytes taken, the others come again
  /// with what follows them.
  virtual std::size_t consume(char* data, std::size_t size, Clock::time_point now) = 0;
  /// Called after each consume() of a stream still open: a place to answer in one send().
  virtual void after_batch() {}
  /// The connection ended without close(); `error` is an errno, 0 for an orderly end.
  virtual void on_lost(int error) = 0;

 private:
  friend class Poller;
  void receive();
  void send_rest();
  void lose(int error);

  Poller& poller_;
  int socket_ = -1;
  bool waits_for_room_ = false;
  std::string input_;
  std::string output_;
};

}  // namespace bench
