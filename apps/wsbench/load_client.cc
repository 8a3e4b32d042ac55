#include "load_client.h"

void LoadClient::dial(wskit::Loop& loop,
                      const std::shared_ptr<const wskit::ClientSettings>& settings,
                      const std::string& url) {
  is_open_ = was_open_ = is_closing_ = is_over_ = false;
  ++dial_count_;
  wskit::ClientHandler& handler = *this;
  client_.emplace(loop, settings, handler);
  if (!url.empty()) client_->use_url(url);
  dialled_at_ = connected_at_ = Clock::now();
  client_->start();
}

void LoadClient::close() {
  is_closing_ = true;
  client_->close();
}

void LoadClient::on_connected() {
  connected_at_ = Clock::now();
}

void LoadClient::on_open(const wskit::HandshakeResponse&) {
  is_open_ = was_open_ = true;
  events_.on_open(*this, connected_at_ - dialled_at_, Clock::now() - connected_at_);
}

void LoadClient::on_close(const wskit::CloseStatus& status) {
  is_open_ = false;
  is_over_ = true;
  events_.on_ended(*this, status);
}

void LoadClient::on_connect_error(const wskit::ConnectError& error) {
  is_over_ = true;
  events_.on_failed(*this, error);
}

void LoadClient::drop() {
  client_.reset();
  is_open_ = false;
}
