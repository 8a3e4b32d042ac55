#include <wskit/client_trace.h>

namespace wskit {

void ClientTrace::on_step(ConnectStep, const std::string&) {}
void ClientTrace::on_request(std::string_view) {}
void ClientTrace::on_response(std::string_view) {}
bool ClientTrace::wants_frames() const {
  return true;
}

void ClientTrace::on_frame(const FrameTrace&) {}
void ClientTrace::on_bytes(bool, std::string_view) {}

}  // namespace wskit
