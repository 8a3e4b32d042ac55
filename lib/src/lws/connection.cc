#include "lws/connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <libwebsockets.h>
#include <unistd.h>

#include "core/check.h"
#include "net/socket_address.h"

namespace wskit {

/// libwebsockets' side of a Connection.
struct RawProtocol {
  static int call(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t size) {
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
      auto* const set = static_cast<ConnectionSet*>(lws_context_user(lws_get_context(wsi)));
      present_certificate(static_cast<SSL_CTX*>(user), set->certificate_);
      return 0;
    }
    auto* const connection = static_cast<Connection*>(lws_get_opaque_user_data(wsi));
    if (connection == nullptr) return 0;
    switch (reason) {
      case LWS_CALLBACK_RAW_RX:
        receive(*connection, static_cast<char*>(in), size);
        break;
      case LWS_CALLBACK_RAW_WRITEABLE:
        writeable(*connection);
        break;
      case LWS_CALLBACK_RAW_CLOSE:
      case LWS_CALLBACK_WSI_DESTROY:
        connection->become_gone();
        break;
      default:
        break;
    }
    return 0;
  }

  static void receive(Connection& connection, char* bytes, std::size_t size) {
    if (!connection.has_received_) {
      connection.has_received_ = true;
      drop_lws_timeout(connection.wsi_);
    }
    if (!connection.is_doomed_) connection.user_->on_bytes({bytes, size});
  }

  /// The wheel's deadlines count, from the first moment. lws keeps its own, which it sets at
  /// adoption and anew for TLS, in a sorted list that grows slow with many newcomers.
  static void drop_lws_timeout(lws* wsi) { lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0); }

  static void writeable(Connection& connection) {
    if (!connection.waits_for_flush_ || connection.is_doomed_) return;
    if (lws_partial_buffered(connection.wsi_) != 0) {
      lws_callback_on_writable(connection.wsi_);
      return;
    }
    connection.waits_for_flush_ = false;
    connection.user_->on_flushed();
  }

  static constexpr lws_protocols kTable[] = {{"raw", call, 0, 0, 0, nullptr, 1024 * 1024},
                                             {nullptr, nullptr, 0, 0, 0, nullptr, 0}};
};

ConnectionSet::ConnectionSet(Loop& loop, Log& log, std::shared_ptr<const Certificate> certificate)
    : loop_{loop},
      certificate_{std::move(certificate)},
      wheel_{loop.now()},
      wheel_timer_{loop},
      turn_end_{loop.on_turn_end([this] { end_turn(); })},
      context_{std::make_unique<Context>(loop, log, RawProtocol::kTable, certificate_ != nullptr,
                                         this)} {
  wheel_timer_.start_repeating(TimerWheel::kTick, [this] {
    wheel_.advance(loop_.now(), [](TimerWheel::Entry& entry) {
      static_cast<Connection&>(entry).user_->on_deadline();
    });
  });
}

ConnectionSet::~ConnectionSet() {
  for (Connection* connection : all_) connection->is_doomed_ = true;
  context_.reset();
  for (Connection* connection : all_) delete connection;
  for (Connection* connection : gone_) delete connection;
}

Connection* ConnectionSet::adopt(int descriptor) {
  lws_sock_file_fd_type socket;
  socket.sockfd = descriptor;
  lws* const wsi = lws_adopt_descriptor_vhost(
      context_->vhost(), static_cast<lws_adoption_type>(LWS_ADOPT_SOCKET | LWS_ADOPT_ALLOW_SSL),
      socket, "raw", nullptr);
  if (wsi == nullptr) return nullptr;
  auto* const connection = new Connection(*this);
  connection->wsi_ = wsi;
  connection->descriptor_ = descriptor;
  connection->position_ = static_cast<std::uint32_t>(all_.size());
  all_.push_back(connection);
  lws_set_opaque_user_data(wsi, connection);
  RawProtocol::drop_lws_timeout(wsi);
  return connection;
}

void ConnectionSet::replace_certificate(std::shared_ptr<const Certificate> certificate) {
  WSKIT_CHECK(certificate_ != nullptr && certificate != nullptr);
  certificate_ = std::move(certificate);
}

void ConnectionSet::stop(const CloseStatus& status) {
  for (Connection* connection : all_) connection->user_->on_stop(status);
}

void ConnectionSet::reset_all() {
  for (Connection* connection : all_) connection->reset();
}

void ConnectionSet::end_turn() {
  // Users may touch or end further connections meanwhile: index loops, and gone_ last.
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    Connection& connection = *touched_[i];
    connection.is_touched_ = false;
    if (!connection.is_ended()) connection.user_->on_turn_end();
  }
  touched_.clear();
  for (std::size_t i = 0; i < doomed_.size(); ++i) {
    Connection& connection = *doomed_[i];
    if (connection.wsi_ != nullptr) {
      lws_set_timeout(connection.wsi_, static_cast<pending_timeout>(1), LWS_TO_KILL_SYNC);
    }
  }
  doomed_.clear();
  retired_.clear();
  const std::vector<Connection*> freed = std::exchange(gone_, {});
  for (Connection* connection : freed) {
    if (connection->is_touched_) {
      gone_.push_back(connection);
    } else {
      delete connection;
    }
  }
  // What ended connections have touched is done in a turn of its own: the loop must not wait now.
  if (!touched_.empty() || !gone_.empty()) loop_.post([] {});
}

void Connection::hand_over(std::unique_ptr<ConnectionUser> user) {
  // The old user is mostly the caller: it is freed when its stack has unwound.
  std::swap(user_, user);
  if (user != nullptr) set_.retired_.push_back(std::move(user));
}

void Connection::write(std::string_view bytes) {
  if (is_ended() || bytes.empty()) return;
  WSKIT_CHECK(is_flushed());
  if (set_.certificate_ == nullptr) {
    // Most writes end here; lws_write() would cost a third of a microsecond more.
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(bytes.size())) return;
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return end();
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  }
  // LWS_WRITE_RAW only reads the buffer, though its parameter is not const.
  auto* const data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  if (lws_write(wsi_, data, bytes.size(), LWS_WRITE_RAW) < 0) {
    end();
    return;
  }
  if (lws_partial_buffered(wsi_) == 0) return;
  waits_for_flush_ = true;
  lws_callback_on_writable(wsi_);
}

bool Connection::is_flushed() const {
  return !waits_for_flush_;
}

void Connection::flush_at_turn_end() {
  if (is_touched_) return;
  is_touched_ = true;
  set_.touched_.push_back(this);
}

void Connection::set_deadline(Loop::Clock::time_point deadline) {
  set_.wheel_.set(*this, deadline);
}

std::string Connection::remote_address() const {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  if (getpeername(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return format_socket_address(address);
}

void Connection::shut_down_writing() {
  if (is_ended()) return;
  if (SSL* const ssl = lws_get_ssl(wsi_)) SSL_shutdown(ssl);
  ::shutdown(descriptor_, SHUT_WR);
}

void Connection::end() {
  if (is_doomed_ || wsi_ == nullptr) return;
  is_doomed_ = true;
  set_.doomed_.push_back(this);
}

void Connection::reset() {
  if (is_ended()) return;
  const linger no_linger{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &no_linger, sizeof no_linger);
  end();
}

void Connection::become_gone() {
  if (wsi_ == nullptr) return;
  lws_set_opaque_user_data(wsi_, nullptr);
  wsi_ = nullptr;
  drop();
  set_.all_[position_] = set_.all_.back();
  set_.all_[position_]->position_ = position_;
  set_.all_.pop_back();
  set_.gone_.push_back(this);
  if (user_ != nullptr) user_->on_gone();
}

}  // namespace wskit
