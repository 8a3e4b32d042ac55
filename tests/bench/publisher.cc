#include "publisher.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "send_template.h"

namespace bench {

namespace {

[[noreturn]] void lost() {
  throw std::runtime_error("the publisher's connection was lost");
}

/// What stands around the payload in the published text.
struct Surroundings {
  std::string before;
  std::string after;

  explicit Surroundings(const std::string& text) {
    const std::string mark = "{payload}";
    const std::size_t at = text.find(mark);
    before = text.substr(0, at);
    after = text.substr(at + mark.size());
  }
};

SendTemplate frame_template(const Options& options) {
  const Surroundings text(options.publisher_template);
  const Opcode opcode = options.is_binary ? Opcode::binary : Opcode::text;
  return SendTemplate::frame(opcode, text.before, static_cast<std::size_t>(options.size),
                             text.after);
}

std::size_t published_bytes(const Options& options, const Surroundings& text) {
  const std::size_t payload = std::max(static_cast<std::size_t>(options.size), kStampBytes);
  return text.before.size() + payload + text.after.size();
}

SendTemplate http_template(const Options& options, const std::string& host) {
  const Surroundings text(options.publisher_template);
  std::string head = "POST " + options.publisher_path + " HTTP/1.1\r\nHost: " + host +
                     "\r\nContent-Length: " + std::to_string(published_bytes(options, text)) +
                     "\r\n";
  for (const std::string& header : options.publisher_headers) head += header + "\r\n";
  return SendTemplate::plain(head + "\r\n" + text.before, static_cast<std::size_t>(options.size),
                             text.after);
}

SendTemplate redis_template(const Options& options) {
  const Surroundings text(options.publisher_template);
  const std::string& channel = options.redis_channel;
  const std::string head = "*3\r\n$7\r\nPUBLISH\r\n$" + std::to_string(channel.size()) + "\r\n" +
                           channel + "\r\n$" + std::to_string(published_bytes(options, text)) +
                           "\r\n";
  return SendTemplate::plain(head + text.before, static_cast<std::size_t>(options.size),
                             text.after + "\r\n");
}

class FramePublisher final : public Publisher, private WebSocketStream {
 public:
  FramePublisher(const Options& options, Poller& poller, const Handshake& handshake)
      : WebSocketStream(poller, handshake), template_(frame_template(options)) {
    if (!open(address_of(options.host, options.port), options.publisher_path)) lost();
  }

  [[nodiscard]] bool is_ready() const override { return is_upgraded(); }
  void publish(Stamp stamp) override { send(template_.stamped(stamp)); }

 private:
  void on_open(Clock::time_point) override {}
  void on_message(std::string_view message, Clock::time_point) override {
    if (finder_.find(message) != nullptr) ++own_copy_count_;
  }
  void on_closed(Failure, int) override { lost(); }

  SendTemplate template_;
  StampFinder finder_;
};

/// Requests over one connection, answered in order.
class RequestPublisher : public Publisher, private Stream {
 public:
  RequestPublisher(Poller& poller, const sockaddr_in& address, SendTemplate request, int pipeline)
      : Stream(poller), template_(std::move(request)), pipeline_(pipeline) {
    if (!dial(address)) lost();
  }

  [[nodiscard]] bool is_ready() const override { return true; }
  [[nodiscard]] bool has_room() const override { return unanswered_ < pipeline_; }
  void publish(Stamp stamp) override {
    ++unanswered_;
    send(template_.stamped(stamp));
  }

 protected:
  struct Answer {
    std::size_t bytes = 0;  ///< 0: not complete yet
    bool is_success = false;
  };
  [[nodiscard]] virtual Answer answer_in(std::string_view data) const = 0;

 private:
  std::size_t consume(char* data, std::size_t size, Clock::time_point) override {
    std::string_view rest(data, size);
    for (Answer answer = answer_in(rest); answer.bytes != 0; answer = answer_in(rest)) {
      if (!answer.is_success) report_error(rest.substr(0, answer.bytes));
      --unanswered_;
      rest.remove_prefix(answer.bytes);
    }
    return size - rest.size();
  }

  void on_lost(int) override { lost(); }

  void report_error(std::string_view answer) {
    if (error_count_++ != 0) return;
    const std::string line(answer.substr(0, answer.find("\r\n")));
    std::fprintf(stderr, "load: the publisher was answered: %s\n", line.c_str());
  }

  SendTemplate template_;
  const int pipeline_;
  int unanswered_ = 0;
};

class HttpPublisher final : public RequestPublisher {
 public:
  using RequestPublisher::RequestPublisher;

 private:
  [[nodiscard]] Answer answer_in(std::string_view data) const override {
    const std::size_t end = data.find("\r\n\r\n");
    if (end == data.npos) return {};
    const std::string_view head = data.substr(0, end + 4);
    std::size_t body_bytes = 0;
    const std::string_view length = header_value(head, "Content-Length");
    std::from_chars(length.data(), length.data() + length.size(), body_bytes);
    if (header_value(head, "Transfer-Encoding").starts_with("chunked")) {
      const std::string_view last_chunk = "0\r\n\r\n";
      const std::size_t last = data.find(last_chunk, head.size());
      if (last == data.npos) return {};
      body_bytes = last + last_chunk.size() - head.size();
    }
    if (data.size() < head.size() + body_bytes) return {};
    return {head.size() + body_bytes, head.starts_with("HTTP/1.1 2")};
  }
};

class RedisPublisher final : public RequestPublisher {
 public:
  using RequestPublisher::RequestPublisher;

 private:
  [[nodiscard]] Answer answer_in(std::string_view data) const override {
    const std::size_t end = data.find("\r\n");
    if (end == data.npos) return {};
    return {end + 2, data.front() != '-'};
  }
};

}  // namespace

std::unique_ptr<Publisher> make_publisher(const Options& options, Poller& poller,
                                          const Handshake& handshake) {
  if (options.publisher == "ws") {
    return std::make_unique<FramePublisher>(options, poller, handshake);
  }
  const bool is_redis = options.publisher == "redis";
  std::string where = options.publisher_address;
  if (where.empty()) {
    where = options.host + ":" + (is_redis ? "6379" : std::to_string(options.port));
  }
  const std::size_t colon = where.rfind(':');
  if (colon == where.npos) throw UsageError("--pub-addr is HOST:PORT");
  const std::string port = where.substr(colon + 1);
  const sockaddr_in address = address_of(where.substr(0, colon), std::atoi(port.c_str()));
  if (is_redis) {
    constexpr int kUnlimited = 1 << 30;  // PUBLISH is cheap, and the window bounds it anyway
    return std::make_unique<RedisPublisher>(poller, address, redis_template(options), kUnlimited);
  }
  return std::make_unique<HttpPublisher>(poller, address, http_template(options, where),
                                         options.publisher_pipeline);
}

}  // namespace bench
