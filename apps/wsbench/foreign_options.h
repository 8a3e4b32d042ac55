#pragma once

#include <span>

#include "common/command_line.h"

/// Options of k6, tcpkali, wrk, nats bench and thor that wsbench does not have or means otherwise.
std::span<const OptionHint> foreign_options();
