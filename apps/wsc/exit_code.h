#pragma once

/// How wsc ends; curl's numbers where curl has one. wsc(1) lists them.
enum ExitCode : int {
  kExitOk = 0,
  kExitOther = 1,
  kExitUsage = 2,
  kExitBadUrl = 3,
  kExitNameNotResolved = 6,
  kExitNotConnected = 7,
  kExitClosedWithError = 8,
  kExitRefused = 22,
  kExitTimeout = 28,
  kExitTls = 35,
  kExitLost = 56,
  kExitCertificate = 60,
  kExitSignal = 128,  ///< plus the signal's number
};
