#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Whether `bytes` are UTF-8 (RFC 3629), which a text message must be.
bool is_valid_utf8(std::string_view bytes);

/// `text` such that it cannot drive a terminal: control characters, direction overrides and
/// bytes that are not UTF-8 become \xNN or \u{NNNN}. Line ends and tabs stay.
std::string printable(std::string_view text);

/// The same on one line: line ends become spaces, those at the end vanish.
std::string printable_line(std::string_view text);

/// JSON with those of these characters that it allows in strings as \\uNNNN, which is the same
/// JSON.
std::string escape_in_json(std::string_view json);

/// How many columns of a terminal `text` takes, which is one of the above and has no line ends.
std::size_t display_columns(std::string_view text);

/// As many characters of such a text as fit into `columns`.
std::string fit_columns(std::string_view text, std::size_t columns);

/// The first `limit` bytes in hex, and "..." if there are more.
std::string hex_preview(std::string_view bytes, std::size_t limit);
