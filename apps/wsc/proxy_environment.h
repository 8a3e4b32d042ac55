#pragma once

#include <string>

#include "common/environment.h"

/// The proxy that the environment names for a URL: http_proxy for ws://, https_proxy for wss://,
/// else all_proxy, in either case, but HTTP_PROXY, which web servers set from a request's header.
/// Empty if there is none.
std::string environment_proxy(const std::string& url, const Environment& environment);

/// no_proxy, in either case.
std::string environment_no_proxy(const Environment& environment);

/// Whether the URL's host is in the list of names, which may begin with a dot and mean all hosts
/// below them too, or the list is "*".
bool is_excluded_from_proxy(const std::string& url, const std::string& list);
