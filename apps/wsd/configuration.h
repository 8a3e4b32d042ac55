#pragma once

#include <functional>
#include <string>
#include <vector>

#include <wskit/log.h>

#include "wsd/options.h"

/// What came of reading the options again.
struct ReloadResult {
  std::vector<std::string> changed;         ///< options that are others now
  std::vector<std::string> restart_needed;  ///< options written otherwise, whose old values stay
  std::string problem;                      ///< unless empty, nothing was changed
};

/// The options of a daemon that runs, and how they change. Thread: the control loop's.
class Configuration {
 public:
  using Read = std::function<WsdCommand()>;
  /// Throws wskit::Error, and leaves everything as it was, if the options cannot be had.
  using Use = std::function<void(const WsdOptions& options)>;

  /// `read`: as it was read for `started`.
  Configuration(WsdCommand started, Read read)
      : current_{std::move(started)}, read_{std::move(read)} {}

  /// As of now; stays where it is. Reloading changes, here and nowhere else, what is listed in
  /// docs/operations.md: the rest may be read on any thread.
  const WsdOptions& options() const { return current_.options; }

  /// Reads all options again, and has what a running daemon can change used, unless something is
  /// wrong with any of them. Logs the differences.
  ReloadResult reload(const Use& use, wskit::Log& log);

 private:
  WsdCommand current_;
  Read read_;
};
