#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/client.h>

#include "connection_status.h"
#include "outbox.h"
#include "recorder.h"
#include "screen.h"
#include "tracer.h"

/// What slash commands act on.
struct CommandContext {
  wskit::Client& client;
  Screen& screen;
  const Tracer& tracer;
  ConnectionStatus& status;
  Recorder& recorder;
  std::function<void(Outgoing)> send;
  std::function<void(wskit::CloseStatus)> close;
  std::function<void(std::chrono::milliseconds)> sleep;
};

/// Whether a typed line is a command: it begins with one slash. Two stand for one in a message.
bool is_slash_command(std::string_view line);

/// Carries out a line that is one; what is wrong with it is told on the screen.
void run_slash_command(std::string_view line, CommandContext& context);

/// The names with their slash, for completion.
std::vector<std::string> slash_command_names();
