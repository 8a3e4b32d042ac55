#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <wskit/http_server.h>

/// One of the files in console/, as it was when wsd was built.
struct ConsoleFile {
  std::string_view path;
  std::string_view content_type;
  std::string_view text;
};

/// Defined in a source that the build makes of the files.
std::span<const ConsoleFile> console_files();

/// The answer to a GET of a path of the console; nothing for other paths. The page holds no
/// secrets, and asks the API with the key that its user enters.
std::optional<wskit::HttpResponse> console_answer(std::string_view path);
