#include "net/stream.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include <uv.h>

#include "core/check.h"
#include "net/socket_address.h"
#include "net/stream_socket.h"

namespace wskit {

namespace {

// What a read brings is handled at once, so all streams of a thread share one.
std::span<char> read_buffer() {
  thread_local std::array<char, 64 * 1024> buffer;
  return buffer;
}

std::span<char> plaintext_buffer() {
  thread_local std::array<char, 32 * 1024> buffer;
  return buffer;
}

}  // namespace

Stream::Stream(Loop& loop, std::shared_ptr<const StreamTarget> target, StreamEvents& events)
    : events_{events}, loop_{loop}, target_{std::move(target)}, resolver_{loop} {}

Stream::Stream(Loop& loop, StreamTarget target, StreamEvents& events)
    : Stream{loop, std::make_shared<const StreamTarget>(std::move(target)), events} {}

Stream::~Stream() {
  close();
}

void Stream::on_socket_connected(int status) {
  if (status != 0) {
    if (next_address_ < addresses_.size()) return try_next_address();
    return fail(StreamFailure::not_connected, uv_strerror(status));
  }
  uv_fileno(&socket_->handle, &socket_->descriptor);
  if (target_->unix_path.empty()) uv_tcp_nodelay(&socket_->tcp, 1);
  read(true);
  if (events_.wants_steps()) {
    events_.on_step(ConnectStep::connected,
                    target_->unix_path.empty()
                        ? format_socket_address(addresses_[next_address_ - 1])
                        : target_->unix_path);
  }
  if (target_->proxy == nullptr || !target_->unix_path.empty()) return after_tunnel();
  if (target_->proxy->kind != ProxyKind::https) return begin_tunnel();
  proxy_tls_ = std::make_unique<TlsClientSession>(*target_->proxy_tls, target_->proxy->host);
  flush_proxy_tls();
}

void Stream::read(bool is_reading) {
  if (!is_reading) {
    uv_read_stop(&socket_->stream);
    return;
  }
  // libuv would read(2), which is more work for the kernel than recv(2). Without a buffer it tells
  // that there is something (UV_ENOBUFS), each time anew, and leaves it to us.
  uv_read_start(
      &socket_->stream,
      [](uv_handle_t*, std::size_t, uv_buf_t* out) { *out = uv_buf_init(nullptr, 0); },
      [](uv_stream_t* handle, ssize_t, const uv_buf_t*) {
        Socket& socket = Socket::of(handle->data);
        if (socket.owner != nullptr) socket.owner->receive();
      });
}

void Stream::receive() {
  const std::span<char> buffer = read_buffer();
  const ssize_t count = ::recv(socket_->descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count > 0) return on_bytes(buffer.first(static_cast<std::size_t>(count)));
  if (count == 0) return fail(StreamFailure::ended, uv_strerror(UV_EOF));
  if (errno == EAGAIN || errno == EINTR) return;
  fail(StreamFailure::lost, uv_strerror(uv_translate_sys_error(errno)));
}

void Stream::begin_tunnel() {
  tunnel_ = make_proxy_handshake(*target_->proxy, tunnel_host_, target_->port);
  write_transport(tunnel_->take_output());
}

void Stream::on_tunnel_bytes(std::string_view bytes) {
  const ProxyHandshake::Progress progress = tunnel_->feed(bytes);
  const std::string output = tunnel_->take_output();
  if (!output.empty()) write_transport(output);
  if (progress == ProxyHandshake::Progress::needs_more) return;
  if (progress == ProxyHandshake::Progress::failed) {
    return fail(StreamFailure::proxy_refused, tunnel_->problem());
  }
  std::string rest{tunnel_->rest()};
  tunnel_ = nullptr;
  if (events_.wants_steps())
    events_.on_step(ConnectStep::proxied, join_host_port(tunnel_host_, target_->port));
  Socket& socket = *socket_;
  after_tunnel();
  if (!rest.empty() && socket.owner != nullptr) on_transport_bytes(rest);
}

void Stream::after_tunnel() {
  if (target_->tls == nullptr) return report_connected();
  begin_tls();
}

void Stream::begin_tls() {
  tls_ = std::make_unique<TlsClientSession>(
      *target_->tls, target_->tls_name.empty() ? target_->host : target_->tls_name);
  flush_tls();
}

void Stream::report_connected() {
  if (tls_ != nullptr && events_.wants_steps()) {
    std::string detail = tls_->protocol();
    for (const std::string& line : tls_->certificates()) detail += "\n" + line;
    events_.on_step(ConnectStep::encrypted, detail);
  }
  is_connected_ = true;
  events_.on_connected();
}

void Stream::on_bytes(std::span<char> bytes) {
  if (proxy_tls_ != nullptr) return on_proxy_ciphertext({bytes.data(), bytes.size()});
  on_transport_bytes(bytes);
}

void Stream::on_proxy_ciphertext(std::string_view bytes) {
  Socket& socket = *socket_;
  proxy_tls_->feed(bytes);
  flush_proxy_tls();
  if (proxy_tls_->state() == TlsClientSession::State::failed) return fail_tls(*proxy_tls_);
  if (proxy_tls_->state() == TlsClientSession::State::handshaking) return;
  const bool is_new = tunnel_ == nullptr && tls_ == nullptr && !is_connected_;
  if (is_new) begin_tunnel();
  std::array<char, 16 * 1024> buffer;
  while (const std::size_t count = proxy_tls_->read(buffer)) {
    on_transport_bytes({buffer.data(), count});
    if (socket.owner == nullptr) return;
  }
  if (proxy_tls_->state() == TlsClientSession::State::open) return flush_proxy_tls();
  fail(StreamFailure::ended, "end of file");
}

void Stream::on_transport_bytes(std::span<char> bytes) {
  if (tunnel_ != nullptr) return on_tunnel_bytes({bytes.data(), bytes.size()});
  if (tls_ != nullptr) return on_ciphertext({bytes.data(), bytes.size()});
  events_.on_data(bytes);
}

void Stream::on_ciphertext(std::string_view bytes) {
  Socket& socket = *socket_;
  tls_->feed(bytes);
  flush_tls();
  if (tls_->state() == TlsClientSession::State::failed) return fail_tls(*tls_);
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
  if (tls_->state() == TlsClientSession::State::failed) return fail_tls(*tls_);
  if (tls_->state() == TlsClientSession::State::ended) fail(StreamFailure::ended, "end of file");
}

bool Stream::write(std::string_view bytes) {
  if (!is_connected_ || is_shutting_down_) return queued_bytes() == 0;
  if (tls_ == nullptr) return write_transport(bytes);
  tls_->write(bytes);
  flush_tls();
  return queued_bytes() == 0;
}

void Stream::flush_tls() {
  const std::string_view output = tls_->output();
  if (output.empty()) return;
  write_transport(output);
  tls_->clear_output();
}

void Stream::flush_proxy_tls() {
  const std::string_view output = proxy_tls_->output();
  if (output.empty()) return;
  write_raw(output);
  proxy_tls_->clear_output();
}

bool Stream::write_transport(std::string_view bytes) {
  if (proxy_tls_ == nullptr) return write_raw(bytes);
  proxy_tls_->write(bytes);
  flush_proxy_tls();
  return queued_bytes() == 0;
}

bool Stream::write_raw(std::string_view bytes) {
  if (!socket_->is_writing && queue_.empty()) {
    // Less work for the kernel than the write() of uv_try_write().
    const ssize_t taken = ::send(socket_->descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
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
  if (!target_->unix_path.empty()) return target_->unix_path;
  return join_host_port(target_->host, target_->port);
}

std::string Stream::dialled_name() const {
  const bool is_proxied = target_->proxy != nullptr && target_->unix_path.empty();
  if (!is_proxied) return name();
  return "the proxy " + join_host_port(target_->proxy->host, target_->proxy->port);
}

std::string Stream::tls_name() const {
  return proxy_tls_ != nullptr && tls_ == nullptr ? dialled_name() : name();
}

void Stream::fail_tls(const TlsClientSession& tls) {
  const bool is_certificate = tls.is_certificate_problem();
  const std::string problem = tls.problem();
  fail(is_certificate ? StreamFailure::certificate_rejected : StreamFailure::tls_failed, problem,
       tls.certificates());
}

void Stream::fail(StreamFailure failure, std::string reason,
                  std::vector<std::string> certificates) {
  const bool is_end = failure == StreamFailure::lost || failure == StreamFailure::ended;
  // on_connected() comes after the TLS handshake.
  if (is_end && !is_connected_) {
    failure = tunnel_ != nullptr ? StreamFailure::proxy_refused : StreamFailure::tls_failed;
    reason = tunnel_ != nullptr ? "the proxy ended the connection" : "it ended the connection";
  }
  const StreamError error{failure, describe(failure, reason), std::move(certificates)};
  close();
  events_.on_closed(error);
}

std::string Stream::describe(StreamFailure failure, const std::string& reason) const {
  switch (failure) {
    case StreamFailure::proxy_not_resolved:
      return "cannot resolve the proxy " + target_->proxy->host + ": " + reason;
    case StreamFailure::proxy_refused:
      return "no way to " + name() + " through the proxy: " + reason;
    case StreamFailure::name_not_resolved:
      return "cannot resolve " + target_->host + ": " + reason;
    case StreamFailure::not_connected:
      return "cannot connect to " + dialled_name() + ": " + reason;
    case StreamFailure::certificate_rejected:
      return "the certificate of " + tls_name() + " is not accepted: " + reason;
    case StreamFailure::tls_failed:
      return "TLS with " + tls_name() + " failed: " + reason;
    case StreamFailure::lost:
      return "connection to " + name() + " lost: " + reason;
    case StreamFailure::ended:
      return name() + " ended the connection";
  }
  WSKIT_CHECK(false);
}

}  // namespace wskit
