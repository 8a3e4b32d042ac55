#pragma once

#include <cstddef>
#include <string>

#include "plan.h"
#include "run.h"

/// Shows on standard error how a run goes: one block that is drawn again and again on a terminal,
/// elsewhere a line in each interval.
class Progress final : public RunObserver {
 public:
  Progress(const Plan& plan, bool is_live);
  ~Progress() override;  ///< leaves the terminal as it was

  void on_opening(std::size_t open_count, const Counts& counts) override;
  void on_interval(const IntervalPoint& point, const RunResult& so_far) override;

 private:
  void show(const std::string& line, const std::string& block);

  const Plan& plan_;
  bool is_live_;
  std::size_t drawn_lines_ = 0;
};
