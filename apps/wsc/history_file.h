#pragma once

#include <string>
#include <vector>

/// What was typed in earlier runs, a line each, readable by the user alone.
class HistoryFile {
 public:
  /// No file is kept if the name is empty.
  explicit HistoryFile(std::string name);

  /// The newest lines, the oldest of them first.
  std::vector<std::string> load() const;

  /// Does nothing for lines that begin with a space, or when the file cannot be written.
  void append(const std::string& line) const;

 private:
  void shorten(const std::vector<std::string>& lines) const;

  std::string name_;
};

/// WSC_HISTFILE, or wsc/history below XDG_STATE_HOME, which is ~/.local/state if it is not set.
std::string default_history_file();
