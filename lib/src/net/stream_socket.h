#pragma once

#include <string>

#include <uv.h>

#include "net/stream.h"

namespace wskit {

/// One attempt's handle with its requests. It outlives the Stream until libuv lets go of it;
/// `owner` tells callbacks whether the stream is still there.
struct Stream::Socket {
  // What each read looks at is together.
  Stream* owner;
  bool is_writing = false;
  int descriptor = -1;  ///< once it is connected
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  // One at a time: shutting down waits until everything is written.
  union {
    uv_connect_t connecting;
    uv_write_t writing;
    uv_shutdown_t shutting_down;
  };
  std::string in_flight;

  explicit Socket(Stream* stream_owner) : owner{stream_owner}, tcp{}, writing{} {}

  static Socket& of(void* data) { return *static_cast<Socket*>(data); }

  void close() {
    owner = nullptr;
    uv_close(&handle, [](uv_handle_t* closed) { delete static_cast<Socket*>(closed->data); });
  }
};

}  // namespace wskit
