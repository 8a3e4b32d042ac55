#include "net/stream.h"

#include <sys/un.h>

#include <array>
#include <cstring>
#include <utility>

#include <uv.h>

#include "core/check.h"

namespace wskit {

namespace {

// libuv asks for a buffer and fills it in one go, so all streams of a thread share one.
std::span<char> read_buffer() {
  thread_local std::array<char, 64 * 1024> buffer;
  return buffer;
}

std::span<char> plaintext_buffer() {
  thread_local std::array<char, 32 * 1024> buffer;
  return buffer;
}

}  // namespace

/// One attempt's handle with its requests. It outlives the Stream until libuv lets go of it;
/// `owner` tells callbacks whether the stream is still there.
struct Stream::Socket {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  uv_connect_t connecting = {};
  uv_write_t writing = {};
  uv_shutdown_t shutting_down = {};
  std::string in_flight;
  Stream* owner;
  bool is_writing = false;

  explicit Socket(Stream* stream_owner) : tcp{}, owner{stream_owner} {}

  static Socket& of(void* data) { return *static_cast<Socket*>(data); }

  void close() {
    owner = nullptr;
    uv_close(&handle, [](uv_handle_t* closed) { delete static_cast<Socket*>(closed->data); });
  }
};

Stream::Stream(Loop& loop, StreamTarget target, StreamEvents& events)
    : loop_{loop}, target_{std::move(target)}, events_{events}, resolver_{loop} {}

Stream::~Stream() {
  close();
}

void Stream::connect() {
  if (!target_.unix_path.empty()) return connect_unix();
  resolver_.resolve(target_.host, target_.port, [this](ResolvedName found) {
    if (found.addresses.empty()) {
      return fail(StreamFailure::name_not_resolved, std::move(found.problem));
    }
    addresses_ = std::move(found.addresses);
    try_next_address();
  });
}

void Stream::connect_unix() {
  if (target_.unix_path.size() >= sizeof(sockaddr_un::sun_path)) {
    deferred_.emplace(loop_);
    return deferred_->start(std::chrono::milliseconds{0}, [this] {
      fail(StreamFailure::not_connected, uv_strerror(UV_ENAMETOOLONG));
    });
  }
  socket_ = new Socket{this};
  uv_pipe_init(loop_.uv(), &socket_->pipe, 0);
  socket_->handle.data = socket_;
  uv_pipe_connect(&socket_->connecting, &socket_->pipe, target_.unix_path.c_str(),
                  [](uv_connect_t* request, int status) {
                    Socket& socket = Socket::of(request->handle->data);
                    if (socket.owner != nullptr) socket.owner->on_socket_connected(status);
                  });
}

void Stream::try_next_address() {
  int status = 0;
  do {
    if (socket_ != nullptr) std::exchange(socket_, nullptr)->close();
    const sockaddr_storage& address = addresses_[next_address_++];
    socket_ = new Socket{this};
    uv_tcp_init(loop_.uv(), &socket_->tcp);
    socket_->handle.data = socket_;
    status = uv_tcp_connect(&socket_->connecting, &socket_->tcp,
                            reinterpret_cast<const sockaddr*>(&address),
                            [](uv_connect_t* request, int result) {
                              Socket& socket = Socket::of(request->handle->data);
                              if (socket.owner != nullptr)
                                socket.owner->on_socket_connected(result);
                            });
  } while (status != 0 && next_address_ < addresses_.size());
  if (status != 0) fail(StreamFailure::not_connected, uv_strerror(status));
}

void Stream::on_socket_connected(int status) {
  if (status != 0) {
    if (next_address_ < addresses_.size()) return try_next_address();
    return fail(StreamFailure::not_connected, uv_strerror(status));
  }
  if (target_.unix_path.empty()) uv_tcp_nodelay(&socket_->tcp, 1);
  uv_read_start(
      &socket_->stream,
      [](uv_handle_t*, std::size_t, uv_buf_t* out) {
        const std::span<char> buffer = read_buffer();
        *out = uv_buf_init(buffer.data(), static_cast<unsigned>(buffer.size()));
      },
      [](uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer) {
        Stream* const stream = Socket::of(handle->data).owner;
        if (stream == nullptr || count == 0) return;
        if (count > 0) return stream->on_bytes({buffer->base, static_cast<std::size_t>(count)});
        const bool is_end = count == UV_EOF;
        stream->fail(is_end ? StreamFailure::ended : StreamFailure::lost,
                     uv_strerror(static_cast<int>(count)));
      });
  if (target_.tls == nullptr) return report_connected();
  begin_tls();
}

void Stream::begin_tls() {
  tls_ = std::make_unique<TlsClientSession>(
      *target_.tls, target_.tls_name.empty() ? target_.host : target_.tls_name);
  flush_tls();
}

void Stream::report_connected() {
  is_connected_ = true;
  events_.on_connected();
}

void Stream::on_bytes(std::span<char> bytes) {
  if (tls_ != nullptr) return on_ciphertext({bytes.data(), bytes.size()});
  events_.on_data(bytes);
}

void Stream::on_ciphertext(std::string_view bytes) {
  Socket& socket = *socket_;
  tls_->feed(bytes);
  flush_tls();
  if (tls_->state() == TlsClientSession::State::failed) return fail_tls();
  if (tls_->state() == TlsClientSession::State::handshaking) return;
  if (!is_connected_) report_connected();
  if (socket.owner != nullptr) deliver_plaintext(socket);
}

void Stream::deliver_plaintext(Socket& socket) {
  const std::span<char> buffer = plaintext_buffer();
  while (const std::size_t count = tls_->read(buffer)) {
    events_.on_data(buffer.first(count));
    if (socket.owner == nullptr) return;
  }
  flush_tls();
  if (tls_->state() == TlsClientSession::State::failed) return fail_tls();
  if (tls_->state() == TlsClientSession::State::ended) fail(StreamFailure::ended, "end of file");
}

bool Stream::write(std::string_view bytes) {
  if (!is_connected_ || is_shutting_down_) return queued_bytes() == 0;
  if (tls_ == nullptr) return write_raw(bytes);
  tls_->write(bytes);
  flush_tls();
  return queued_bytes() == 0;
}

void Stream::flush_tls() {
  const std::string_view output = tls_->output();
  if (output.empty()) return;
  write_raw(output);
  tls_->clear_output();
}

bool Stream::write_raw(std::string_view bytes) {
  if (!socket_->is_writing && queue_.empty()) {
    const uv_buf_t buffer = {const_cast<char*>(bytes.data()), bytes.size()};
    const int taken = uv_try_write(&socket_->stream, &buffer, 1);
    // An error comes again in write_queue(), which tells it in a coming turn.
    if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
  if (bytes.empty()) return true;
  queue_ += bytes;
  write_queue();
  return false;
}

void Stream::write_queue() {
  if (socket_->is_writing || queue_.empty()) return;
  socket_->in_flight.clear();
  socket_->in_flight.swap(queue_);
  const uv_buf_t buffer = {socket_->in_flight.data(), socket_->in_flight.size()};
  socket_->is_writing = true;
  uv_write(&socket_->writing, &socket_->stream, &buffer, 1, [](uv_write_t* request, int status) {
    Socket& socket = Socket::of(request->handle->data);
    socket.is_writing = false;
    if (socket.owner != nullptr) socket.owner->on_written(status);
  });
}

void Stream::on_written(int status) {
  if (status != 0) {
    // What the peer sent before is still to be read, and may say why; reading tells the end.
    queue_.clear();
    is_shutting_down_ = true;
    return;
  }
  if (!queue_.empty()) return write_queue();
  socket_->in_flight = {};
  if (is_shutting_down_) {
    uv_shutdown(&socket_->shutting_down, &socket_->stream, [](uv_shutdown_t*, int) {});
  } else if (is_connected_) {
    events_.on_drain();
  }
}

std::size_t Stream::queued_bytes() const {
  if (socket_ == nullptr) return 0;
  return queue_.size() + uv_stream_get_write_queue_size(&socket_->stream);
}

void Stream::shut_down() {
  if (!is_connected_ || is_shutting_down_) return;
  if (tls_ != nullptr) {
    tls_->shut_down();
    flush_tls();
  }
  is_shutting_down_ = true;
  if (queued_bytes() == 0 && !socket_->is_writing) on_written(0);
}

void Stream::close() {
  resolver_.cancel();
  deferred_.reset();
  if (socket_ != nullptr) std::exchange(socket_, nullptr)->close();
  is_connected_ = false;
  queue_ = {};
}

std::string Stream::name() const {
  if (!target_.unix_path.empty()) return target_.unix_path;
  const bool is_ipv6 = target_.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + target_.host + "]" : target_.host) + ":" + target_.port;
}

void Stream::fail_tls() {
  const bool is_certificate = tls_->is_certificate_problem();
  const std::string problem = tls_->problem();
  if (is_connected_) return fail(StreamFailure::lost, "TLS: " + problem);
  fail(is_certificate ? StreamFailure::certificate_rejected : StreamFailure::tls_failed, problem);
}

void Stream::fail(StreamFailure failure, std::string reason) {
  const bool is_end = failure == StreamFailure::lost || failure == StreamFailure::ended;
  // on_connected() comes after the TLS handshake.
  if (is_end && !is_connected_) {
    failure = StreamFailure::tls_failed;
    reason = "the server ended the connection";
  }
  const StreamError error{failure, describe(failure, reason)};
  close();
  events_.on_closed(error);
}

std::string Stream::describe(StreamFailure failure, const std::string& reason) const {
  switch (failure) {
    case StreamFailure::name_not_resolved:
      return "cannot resolve " + target_.host + ": " + reason;
    case StreamFailure::not_connected:
      return "cannot connect to " + name() + ": " + reason;
    case StreamFailure::certificate_rejected:
      return "the certificate of " + name() + " is not accepted: " + reason;
    case StreamFailure::tls_failed:
      return "TLS with " + name() + " failed: " + reason;
    case StreamFailure::lost:
      return "connection to " + name() + " lost: " + reason;
    case StreamFailure::ended:
      return name() + " ended the connection";
  }
  WSKIT_CHECK(false);
}

}  // namespace wskit
