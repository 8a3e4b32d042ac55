#include "recorder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <wskit/error.h>

void Recorder::record_to(const std::string& file) {
  if (file.empty()) return file_.reset();
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw wskit::Error(fmt::format("cannot record to {}: {}", file, std::strerror(errno)));
  }
  file_.reset(::fdopen(descriptor, "w"));
}

void Recorder::add(const TranscriptEntry& entry) {
  if (file_ == nullptr) return;
  const std::string line = transcript_line(entry) + "\n";
  const bool is_written = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
                          std::fflush(file_.get()) == 0;
  if (is_written) return;
  const int error = errno;
  file_.reset();
  throw wskit::Error(fmt::format("the recording: {}", std::strerror(error)));
}
