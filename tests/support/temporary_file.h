#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

/// A file of its own with these contents, gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view contents)
      : name_{(std::filesystem::temp_directory_path() / "wskit-XXXXXX").string()} {
    const int descriptor = ::mkstemp(name_.data());
    if (descriptor < 0) throw std::runtime_error("no temporary file");
    ::close(descriptor);
    std::ofstream{name_, std::ios::binary} << contents;
  }
  ~TemporaryFile() { std::filesystem::remove(name_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
};
