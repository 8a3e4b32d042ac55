#pragma once

/// How wsbench ends. wsbench(1) lists them.
enum ExitCode : int {
  kExitOk = 0,
  kExitError = 1,
  kExitUsage = 2,
  kExitNotConnected = 7,  ///< no connection at all
  kExitInvalid = 97,      ///< the generator was the limit
  kExitRegression = 98,   ///< against the baseline
  kExitThreshold = 99,
  kExitSignal = 128,  ///< plus the signal's number
};
