#pragma once

#include <cstdint>

#include "options.h"
#include "process_usage.h"
#include "report.h"

namespace bench {

/// Each runs one measurement from opening the sessions to closing them. `report` is complete even
/// if sessions failed. Throws UsageError, std::system_error or, when a publisher is lost,
/// std::runtime_error.
void run_connect(const Options& options, Report& report);
void run_echo(const Options& options, Report& report);
void run_fanout(const Options& options, Report& report);

/// What `count` operations within the metered time cost.
void add_costs(Report& report, const CostMeter& meter, double count);

/// How many recv() calls an operation took: below 1, the server joined messages.
void add_receives(Report& report, std::uint64_t receive_count, double count);

}  // namespace bench
