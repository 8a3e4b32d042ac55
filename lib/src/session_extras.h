#pragma once

#include <any>
#include <optional>
#include <string>

#include <wskit/close_status.h>
#include <wskit/handshake.h>

#include "core/replay.h"

namespace wskit {

/// What a session keeps that most lack.
struct SessionExtras {
  std::string subprotocol;
  Attributes attributes;
  std::optional<CloseStatus> sent_close;  ///< what close() said
  Replay replay;
  std::any state;
};

}  // namespace wskit
