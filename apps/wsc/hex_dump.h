#pragma once

#include <string>
#include <string_view>

/// Lines of offset, sixteen bytes and what of them is ASCII, as `hexdump -C` has them.
std::string hex_dump(std::string_view bytes);
