#pragma once

#include "plan.h"
#include "process_usage.h"
#include "run.h"
#include "run_result.h"

/// Does one run on a loop of its own. SIGINT and SIGTERM end it early, the second time the
/// process. `target` may be null; returns the signal in the result.
RunResult execute(const Plan& plan, ProcessGroup* target, RunObserver& observer);
