#include "redis/stream_entry.h"

#include "core/control_message.h"
#include "core/envelope_members.h"
#include "core/utf8.h"

namespace wskit {
namespace {

constexpr std::string_view kChannelField = "c";
constexpr std::string_view kDataField = "d";
constexpr std::string_view kTypeField = "t";

constexpr std::string_view kJson = "json";
constexpr std::string_view kText = "text";
constexpr std::string_view kBinary = "binary";

/// The value of a field in [name, value, …]; the last one counts.
const std::string* find_field(const RedisReply& fields, std::string_view name) {
  const std::string* found = nullptr;
  for (std::size_t i = 0; i + 1 < fields.elements.size(); i += 2) {
    if (fields.elements[i].text == name) found = &fields.elements[i + 1].text;
  }
  return found;
}

std::optional<Message> read_message(const std::string& data, const std::string* type) {
  if (type == nullptr) return is_utf8(data) ? Message::text(data) : Message::binary(data);
  if (*type == kBinary) return Message::binary(data);
  if (*type == kText && is_utf8(data)) return Message::text(data);
  if (*type == kJson && is_json(data)) return Message::json(data);
  return std::nullopt;
}

const RedisReply* find_value(const RedisReply& pairs, std::string_view name) {
  for (std::size_t i = 0; i + 1 < pairs.elements.size(); i += 2) {
    if (pairs.elements[i].text == name) return &pairs.elements[i + 1];
  }
  return nullptr;
}

std::optional<std::uint64_t> find_count(const RedisReply& pairs, std::string_view name) {
  const RedisReply* const value = find_value(pairs, name);
  if (value == nullptr || value->kind != RedisReply::Kind::integer) return std::nullopt;
  return static_cast<std::uint64_t>(value->integer);
}

}  // namespace

StreamKeys::StreamKeys(std::string_view prefix) : log{std::string(prefix) + "log"} {
  probe = "{" + log + "}:probe";
}

std::string StreamKeys::of_idempotency(std::string_view key) const {
  return "{" + log + "}:key:" + std::string(key);
}

std::optional<StreamEntry> parse_stream_entry(const RedisReply& reply,
                                              std::size_t max_message_bytes) {
  if (reply.elements.size() != 2) return std::nullopt;
  const auto id = MessageId::parse(reply.elements[0].text);
  if (!id) return std::nullopt;
  StreamEntry entry{*id, nullptr};
  const RedisReply& fields = reply.elements[1];
  const std::string* const channel = find_field(fields, kChannelField);
  const std::string* const data = find_field(fields, kDataField);
  if (channel == nullptr || data == nullptr || data->size() > max_message_bytes ||
      !is_carried(*channel)) {
    return entry;
  }
  if (auto message = read_message(*data, find_field(fields, kTypeField))) {
    entry.message =
        std::make_shared<const ChannelMessage>(ChannelMessage{*channel, std::move(*message), *id});
  }
  return entry;
}

std::optional<std::vector<StreamEntry>> parse_stream_entries(const RedisReply& reply,
                                                             std::size_t max_message_bytes) {
  if (!reply.is_array()) return std::nullopt;
  std::vector<StreamEntry> entries;
  for (const RedisReply& element : reply.elements) {
    auto entry = parse_stream_entry(element, max_message_bytes);
    if (!entry) return std::nullopt;
    entries.push_back(std::move(*entry));
  }
  return entries;
}

bool StreamInfo::reaches_back_to(MessageId id) const {
  if (id > last_id) return false;
  if (id == last_id) return true;
  // Before the first message of all, if that is still there.
  if (!id.is_set()) return added_count == length;
  // An older id than the first entry's was dropped with what followed it, or is another log's.
  return first_id && id >= *first_id;
}

std::optional<StreamInfo> parse_stream_info(const RedisReply& reply) {
  if (reply.is_error()) {
    if (reply.text.find("no such key") == std::string::npos) return std::nullopt;
    return StreamInfo{};
  }
  const RedisReply* const last_id = find_value(reply, "last-generated-id");
  const auto added_count = find_count(reply, "entries-added");
  const auto length = find_count(reply, "length");
  if (last_id == nullptr || !added_count || !length) return std::nullopt;
  const auto id = MessageId::parse(last_id->text);
  if (!id) return std::nullopt;
  StreamInfo info{*id, *added_count, *length, std::nullopt};
  const RedisReply* const first = find_value(reply, "first-entry");
  if (first != nullptr && first->elements.size() == 2) {
    info.first_id = MessageId::parse(first->elements[0].text);
  }
  return info;
}

std::vector<std::string_view> entry_fields(const Publication& publication) {
  const Message& message = publication.message;
  std::vector<std::string_view> fields{kChannelField, publication.channel, kDataField,
                                       message.payload()};
  // Text is what data without a type are, where they are UTF-8.
  if (message.is_json()) {
    fields.insert(fields.end(), {kTypeField, kJson});
  } else if (message.opcode() == Opcode::binary) {
    fields.insert(fields.end(), {kTypeField, kBinary});
  }
  return fields;
}

}  // namespace wskit
