#pragma once

namespace wskit {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace wskit
