#pragma once

#include <memory>
#include <string>

#include "options.h"
#include "plan.h"

/// What the options say about a run against one server. Throws wskit::Error for what cannot be
/// used: a malformed URL, certificates, addresses.
std::unique_ptr<const Plan> make_plan(const Options& options, const std::string& url);
