#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What a run came to. Times count from its beginning; those that never came are empty.
struct RunSummary {
  using Time = std::optional<std::chrono::microseconds>;

  Time name_found;
  Time connected;
  Time encrypted;
  Time upgraded;
  Time first_message;
  std::chrono::microseconds total{0};
  std::string remote;  ///< address and port
  int http_status = 0;
  int close_code = 0;
  std::size_t redirect_count = 0;
  std::size_t connect_count = 0;
  std::size_t received_count = 0;
  std::size_t received_bytes = 0;
  std::size_t sent_count = 0;
  std::size_t sent_bytes = 0;
  int exit_code = 0;
};

/// Replaces `%{name}` by the summary's values, by curl's names where curl has them, and \n, \r, \t
/// and %%. Throws wskit::Error naming a variable that there is not.
std::string expand_write_out(const std::string& format, const RunSummary& summary);
