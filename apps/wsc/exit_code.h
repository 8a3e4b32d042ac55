#pragma once

/// How wsc ends; curl's numbers where curl has one. wsc(1) lists them.
enum ExitCode : int {
  kExitOk = 0,
  kExitOther = 1,
  kExitUsage = 2,
  kExitBadUrl = 3,
  kExitProxyNotResolved = 5,
  kExitNameNotResolved = 6,
  kExitNotConnected = 7,
  kExitClosedWithError = 8,
  kExitRefused = 22,
  kExitTimeout = 28,
  kExitTls = 35,
  kExitLost = 56,
  kExitOwnCertificate = 58,
  kExitCertificate = 60,
  kExitUnexpected = 99,
  kExitSignal = 128,  ///< plus the signal's number
};
