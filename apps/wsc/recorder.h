#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "transcript.h"

/// Writes a transcript to a file, line by line as it happens.
class Recorder {
 public:
  /// From now on to this file, which is begun anew with mode 0600; to none if the name is empty.
  /// Throws wskit::Error if it cannot be written; then everything stays as it was.
  void record_to(const std::string& file);

  bool is_recording() const { return file_ != nullptr; }

  /// Throws wskit::Error if it cannot be written; then nothing more is recorded.
  void add(const TranscriptEntry& entry);

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};
};
