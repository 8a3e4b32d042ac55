#include "wsd/console.h"

#include <algorithm>

namespace {

/// Nothing but the page's own files, and WebSockets to wherever the node listens.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

std::optional<wskit::HttpResponse> console_answer(std::string_view path) {
  const auto files = console_files();
  const auto file = std::ranges::find(files, path, &ConsoleFile::path);
  if (file == files.end()) return std::nullopt;
  wskit::HttpResponse response;
  response.body = file->text;
  response.content_type = file->content_type;
  response.headers = {{"Content-Security-Policy", kContentSecurityPolicy},
                      {"Referrer-Policy", "no-referrer"}};
  return response;
}
