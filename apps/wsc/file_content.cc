#include "file_content.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <wskit/error.h>

std::string read_file(const std::string& name) {
  std::ifstream file{name, std::ios::binary};
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) throw wskit::Error(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  return content.str();
}

std::string text_or_file(const std::string& value) {
  if (!value.starts_with('@')) return value;
  std::string content = read_file(value.substr(1));
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  return content;
}
