#include "replay.h"

#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/file_content.h"
#include "common/printable.h"

namespace {

/// Of a payload in a text.
constexpr std::size_t kShownBytes = 60;

std::string shown(TranscriptEntry::Kind kind, std::string_view payload) {
  if (kind == TranscriptEntry::Kind::binary) return hex_preview(payload, kShownBytes);
  const std::string text = printable_line(payload);
  return "'" + fit_columns(text, kShownBytes) +
         (display_columns(text) > kShownBytes ? "...'" : "'");
}

}  // namespace

Replay::Replay(wskit::Loop& loop, const std::string& file, double speed)
    : timer_{loop}, speed_{speed} {
  std::istringstream input{read_file(file)};
  std::size_t number = 0;
  for (std::string line; std::getline(input, line);) {
    ++number;
    auto entry = parse_transcript_line(line);
    if (!entry)
      throw wskit::Error(fmt::format("{}:{}: this is no line of a recording", file, number));
    if (!is_message(entry->kind)) continue;
    (entry->direction == Direction::out ? sent_ : received_).push_back(std::move(*entry));
  }
}

void Replay::start(std::function<void(Outgoing)> send, std::function<void()> done) {
  send_ = std::move(send);
  done_ = std::move(done);
  timer_.start(std::chrono::milliseconds{0}, [this] { send_next(); });
}

void Replay::send_next() {
  if (next_sent_ == sent_.size()) return done_();
  const RecordedEntry& entry = sent_[next_sent_++];
  const auto opcode =
      entry.kind == TranscriptEntry::Kind::text ? wskit::Opcode::text : wskit::Opcode::binary;
  send_({opcode, entry.payload});
  std::chrono::milliseconds pause{0};
  if (next_sent_ < sent_.size() && speed_ > 0) {
    pause = std::chrono::duration_cast<std::chrono::milliseconds>(
        (sent_[next_sent_].time - entry.time) / speed_);
  }
  timer_.start(pause, [this] { send_next(); });
}

bool Replay::compare(const wskit::MessageView& message) {
  const std::string got = shown(kind_of(message.opcode), message.payload);
  if (next_received_ == received_.size()) {
    problem_ = fmt::format("message {} is not in the recording: {}", next_received_ + 1, got);
    return false;
  }
  const RecordedEntry& expected = received_[next_received_++];
  if (expected.kind == kind_of(message.opcode) && expected.payload == message.payload) return true;
  problem_ = fmt::format("message {} was {}, now it is {}", next_received_,
                         shown(expected.kind, expected.payload), got);
  return false;
}

std::string Replay::problem() const {
  if (!problem_.empty() || next_received_ == received_.size()) return problem_;
  return fmt::format("{} of {} messages of the recording did not come",
                     received_.size() - next_received_, received_.size());
}
