#include "core/envelope_encode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <wskit/base64.h>
#include <wskit/publication.h>

#include "core/check.h"
#include "core/frame.h"

namespace wskit {
namespace {

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_text_frame(std::string& out, std::string_view text) {
  append_frame(out, {.opcode = FrameOpcode::text}, text);
}

std::string message_object(const ChannelMessage& message) {
  return R"({"type":"message",)" + message_members(message) + "}";
}

}  // namespace

std::string message_members(const ChannelMessage& message) {
  std::string members = R"("channel":)" + json_quoted(message.channel);
  if (message.id.is_set())
    fmt::format_to(std::back_inserter(members), R"(,"id":"{}")", message.id.text());
  const std::string_view payload = message.message.payload();
  if (message.message.is_json()) {
    members.append(R"(,"data":)").append(payload);
  } else if (message.message.opcode() == Opcode::text) {
    members.append(R"(,"text":)").append(json_quoted(payload));
  } else {
    members.append(R"(,"base64":")").append(base64_encode(payload)).append("\"");
  }
  return members;
}

std::string history_object(const HistoryAnswer& answer) {
  std::string object = R"({"messages":[)";
  for (const SharedMessage& message : answer.messages) {
    object.append(message == answer.messages.front() ? "{" : ",{");
    object.append(message_members(*message)).append("}");
  }
  return object + (answer.is_truncated ? R"(],"truncated":true})" : R"(],"truncated":false})");
}

std::string gap_object(std::string_view channel, MessageId since) {
  const std::string object = R"({"type":"gap","channel":)" + json_quoted(channel);
  return object + (since.is_set() ? fmt::format(R"(,"since":"{}"}})", since.text()) : "}");
}

void append_gap(std::string& out, std::string_view channel, MessageId since, Encoding encoding) {
  if (encoding == Encoding::sse) return append_event(out, "gap", {}, gap_object(channel, since));
  WSKIT_CHECK(encoding == Encoding::json);
  append_text_frame(out, gap_object(channel, since));
}

void append_reconnect(std::string& out, std::chrono::milliseconds after, Encoding encoding) {
  if (encoding == Encoding::sse) out += fmt::format("retry: {}\n\n", after.count());
  if (encoding != Encoding::json) return;
  append_text_frame(out, fmt::format(R"({{"type":"reconnect","after_ms":{}}})", after.count()));
}

void append_event(std::string& out, std::string_view name, std::string_view id,
                  std::string_view data) {
  if (!id.empty()) out.append("id: ").append(id).append("\n");
  if (!name.empty()) out.append("event: ").append(name).append("\n");
  // Each of the three line ends begins a new line of data, which the client joins by line feeds.
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string_view::npos; begin = end + 1) {
    end = data.find_first_of("\r\n", begin);
    out.append("data: ").append(data.substr(begin, end - begin)).append("\n");
    if (end != std::string_view::npos && data.substr(end, 2) == "\r\n") ++end;
  }
  out.append("\n");
}

void append_encoded(std::string& out, const ChannelMessage& message, Encoding encoding) {
  switch (encoding) {
    case Encoding::plain:
      out.append(*message.message.frame());
      break;
    case Encoding::plain_with_ids: {
      const auto opcode = static_cast<FrameOpcode>(message.message.opcode());
      append_frame(out, {.opcode = opcode},
                   fmt::format("{}\n{}", message.id.text(), message.message.payload()));
      break;
    }
    case Encoding::json:
      append_text_frame(out, message_object(message));
      break;
    case Encoding::sse:
      append_event(out, {}, message.id.is_set() ? message.id.text() : std::string{},
                   message_object(message));
      break;
  }
}

}  // namespace wskit
