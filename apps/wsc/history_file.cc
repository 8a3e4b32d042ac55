#include "history_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "common/environment.h"

namespace {

constexpr std::size_t kMaxLines = 1000;

/// Longer, and it is written anew with the newest lines.
constexpr std::size_t kMaxFileLines = 2 * kMaxLines;

void write_all(int descriptor, const std::string& text) {
  (void)!::write(descriptor, text.data(), text.size());
  ::close(descriptor);
}

}  // namespace

HistoryFile::HistoryFile(std::string name) : name_{std::move(name)} {}

std::vector<std::string> HistoryFile::load() const {
  std::vector<std::string> lines;
  if (name_.empty()) return lines;
  std::ifstream file{name_};
  for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
  const bool is_too_long = lines.size() > kMaxFileLines;
  if (lines.size() > kMaxLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kMaxLines));
  }
  if (is_too_long) shorten(lines);
  return lines;
}

void HistoryFile::append(const std::string& line) const {
  if (name_.empty() || line.empty() || line.front() == ' ') return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path{name_}.parent_path(), ignored);
  const int descriptor = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor >= 0) write_all(descriptor, line + "\n");
}

void HistoryFile::shorten(const std::vector<std::string>& lines) const {
  const std::string fresh = name_ + ".new";
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  write_all(descriptor, text);
  std::error_code ignored;
  std::filesystem::rename(fresh, name_, ignored);
}

std::string default_history_file() {
  if (const char* const file = std::getenv("WSC_HISTFILE")) return file;
  const std::string state = environment("XDG_STATE_HOME");
  const std::string home = environment("HOME");
  if (!state.empty()) return state + "/wsc/history";
  return home.empty() ? "" : home + "/.local/state/wsc/history";
}
