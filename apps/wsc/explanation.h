#pragma once

#include <string>

#include <wskit/client.h>

/// What happened, and the exit code for it.
struct Explanation {
  int exit_code = 0;
  std::string text;          ///< one sentence, with the body of a refusal, bounded
  std::string details = {};  ///< further lines: headers, certificates, the likely cause
};

Explanation explain(const wskit::ConnectError& error);

Explanation explain(const wskit::CloseStatus& status);
