#pragma once

#include <string>
#include <string_view>

/// A header line with "[hidden]" in place of what is as good as a password, by its name:
/// Authorization, cookies, whatever is called a token or key; and of long "subprotocols".
std::string redact_header(const std::string& line);

/// The same for users in URLs, and parameters of their queries, in `text`.
std::string redact_url(const std::string& text);
