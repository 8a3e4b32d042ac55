#pragma once

#include <string>

/// A URL as a report may show it: without what may be secret, which is a user and the query.
std::string public_url(const std::string& url);
