#pragma once

#include <span>

#include "common/command_line.h"

/// Options of wscat, websocat, wsdump and curl that wsc does not have or means otherwise.
std::span<const OptionHint> foreign_options();
