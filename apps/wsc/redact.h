#pragma once

#include <string>
#include <string_view>

/// A header line with "[hidden]" in place of what is as good as a password: Authorization, cookies
/// and the like.
std::string redact_header(const std::string& line);

/// The same for the values of such parameters of a query in `text`, as token, key or signature.
std::string redact_url(const std::string& text);
