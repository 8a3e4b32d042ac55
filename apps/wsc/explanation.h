#pragma once

#include <string>

#include <wskit/client.h>

/// What happened, in one sentence, and the exit code for it.
struct Explanation {
  int exit_code = 0;
  std::string text;
};

/// For a refusal with what the server says about it, bounded.
Explanation explain(const wskit::ConnectError& error);

Explanation explain(const wskit::CloseStatus& status);

/// Status line and headers of an answer to the handshake, one a line. Cookies are left out: they
/// are as good as a password.
std::string describe_answer(const wskit::HandshakeResponse& response);
