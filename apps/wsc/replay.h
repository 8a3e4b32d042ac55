#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <wskit/loop.h>
#include <wskit/message.h>

#include "outbox.h"
#include "transcript.h"

/// Plays a recording: sends what was sent, when it was sent, and may judge what comes.
class Replay {
 public:
  /// `speed` 2 halves the pauses; 0 makes none. Throws wskit::Error naming file and line.
  Replay(wskit::Loop& loop, const std::string& file, double speed);

  /// Begins, or goes on after a new connection. `send` gets each message; `done` is called after
  /// the last.
  void start(std::function<void(Outgoing)> send, std::function<void()> done);

  /// No message while there is no connection.
  void pause() { timer_.stop(); }

  /// Takes a message received. False if the recording has another there, or none: see problem().
  bool compare(const wskit::MessageView& message);

  /// What is different, or still missing; empty if all is as recorded.
  std::string problem() const;

 private:
  void send_next();

  wskit::Timer timer_;
  std::vector<RecordedEntry> sent_;
  std::vector<RecordedEntry> received_;
  double speed_;
  std::size_t next_sent_ = 0;
  std::size_t next_received_ = 0;
  std::string problem_;
  std::function<void(Outgoing)> send_;
  std::function<void()> done_;
};
