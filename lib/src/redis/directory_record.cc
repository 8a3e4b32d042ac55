#include "redis/directory_record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <wskit/channel.h>

namespace wskit {

std::string directory_lines(const SessionRecord& record) {
  std::string lines =
      record.user + '\n' + record.remote_address + '\n' + std::to_string(record.opened_ms) + '\n';
  for (const std::string& channel : record.channels) lines.append(channel).append(" ");
  return lines;
}

std::optional<SessionRecord> parse_directory_lines(std::string_view name, std::string_view lines) {
  std::array<std::string_view, 3> parts;
  for (std::string_view& part : parts) {
    const auto end = lines.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    part = lines.substr(0, end);
    lines.remove_prefix(end + 1);
  }
  const auto [user, remote_address, opened] = parts;
  SessionRecord record{std::string(name), std::string(user), std::string(remote_address)};
  if (!user.empty() && !is_user_name(user)) return std::nullopt;
  const char* const opened_end = opened.data() + opened.size();
  const auto [rest, error] = std::from_chars(opened.data(), opened_end, record.opened_ms);
  if (error != std::errc{} || rest != opened_end) return std::nullopt;
  while (!lines.empty()) {
    const auto end = std::min(lines.find(' '), lines.size());
    const std::string_view channel = lines.substr(0, end);
    if (!is_channel_name(channel)) return std::nullopt;
    record.channels.emplace_back(channel);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return record;
}

std::vector<SessionRecord> parse_directory_records(std::span<const RedisReply> elements) {
  std::vector<SessionRecord> records;
  for (std::size_t i = 0; i + 1 < elements.size(); i += 2) {
    auto record = parse_directory_lines(elements[i].text, elements[i + 1].text);
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace wskit
