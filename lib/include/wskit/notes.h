#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <wskit/export.h>

namespace wskit {

/// Short texts under keys that nodes leave for each other: who takes one has it alone.
///
/// Thread: the control loop's; answers come there, once, now or later.
class WSKIT_API Notes {
 public:
  virtual ~Notes() = default;

  /// Leaves a note until it is taken, or for `life` at most; 0: any time.
  virtual void leave(std::string key, std::string note, std::chrono::milliseconds life) = 0;

  /// Takes the oldest note: nothing if there is none, or if that cannot be known.
  virtual void take(std::string key, std::function<void(std::optional<std::string>)> done) = 0;

  /// Takes that note: false if somebody else has. True where that cannot be known.
  virtual void withdraw(std::string key, std::string note, std::function<void(bool)> done) = 0;
};

}  // namespace wskit
