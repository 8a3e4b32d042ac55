#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <wskit/client_trace.h>

#include "connection_status.h"
#include "screen.h"
#include "write_out.h"

/// Shows what happens on the wire, as -v asks for it, and takes the times of it.
class Tracer final : public wskit::ClientTrace {
 public:
  /// With `has_status` every frame is counted. With `includes_headers` the answer's head goes to
  /// standard output, too.
  Tracer(Screen& screen, ConnectionStatus& status, int verbosity, bool includes_headers,
         bool has_status)
      : screen_{screen},
        status_{status},
        verbosity_{verbosity},
        includes_headers_{includes_headers},
        has_status_{has_status} {}

  /// Times of the latest connection; counts are the conversation's.
  RunSummary& summary() { return summary_; }

  /// Of the latest answer to a handshake, without secrets.
  const std::string& response_head() const { return response_head_; }

  /// Since the beginning of the run.
  std::chrono::microseconds passed() const;

  void on_step(wskit::ConnectStep step, const std::string& detail) override;
  void on_request(std::string_view head) override;
  void on_response(std::string_view head) override;
  bool wants_frames() const override { return has_status_ || verbosity_ > 1; }
  void on_frame(const wskit::FrameTrace& frame) override;
  void on_bytes(bool is_outgoing, std::string_view bytes) override;

 private:
  Screen& screen_;
  ConnectionStatus& status_;
  int verbosity_;
  bool includes_headers_;
  bool has_status_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  RunSummary summary_;
  std::string response_head_;
};
