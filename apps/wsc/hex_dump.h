#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Lines of offset, sixteen bytes and what of them is ASCII, as `hexdump -C` has them, of the first
/// `limit` bytes, and how many there are more.
std::string hex_dump(std::string_view bytes, std::size_t limit = std::string_view::npos);
