#include "common/file_content.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <wskit/error.h>

std::string read_file(const std::string& name) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(name.c_str(), "rbe"),
                                                             &std::fclose};
  std::string content;
  std::array<char, 64 * 1024> piece;
  std::size_t count = 0;
  while (file != nullptr && (count = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) {
    content.append(piece.data(), count);
  }
  const bool is_read = file != nullptr && std::ferror(file.get()) == 0;
  if (!is_read) throw wskit::Error(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  return content;
}

std::string text_or_file(const std::string& value) {
  if (!value.starts_with('@')) return value;
  std::string content = read_file(value.substr(1));
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  return content;
}
