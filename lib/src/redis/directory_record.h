#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/directory.h>

#include "redis/reply.h"

namespace wskit {

/// A record's four lines, as directory_scripts.h describes them: without the name.
std::string directory_lines(const SessionRecord& record);

/// The record of that name. Anybody may have written the lines: empty if they are malformed.
std::optional<SessionRecord> parse_directory_lines(std::string_view name, std::string_view lines);

/// The records in names and lines that alternate; malformed ones are left out.
std::vector<SessionRecord> parse_directory_records(std::span<const RedisReply> elements);

}  // namespace wskit
