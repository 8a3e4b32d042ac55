#include "modes.h"

namespace bench {

void add_costs(Report& report, const CostMeter& meter, double count) {
  const double seconds = meter.seconds();
  report.add("seconds", seconds, 3);
  report.add("ops", count);
  report.add("ops_per_s", count / seconds, 1);
  if (count > 0) {
    report.add("generator_cpu_us_per_op", meter.generator_cpu_seconds() * 1e6 / count, 4);
  }
  report.add("generator_cpu_util", meter.generator_cpu_seconds() / seconds, 3);
  report.add("foreign_cpu_util", meter.foreign_cores(), 3);
  report.add("steal_util", meter.stolen_cores(), 3);
  if (!meter.knows_server()) return;
  report.add("server_cpu_util", meter.server_cpu_seconds() / seconds, 3);
  if (count > 0) report.add("server_cpu_us_per_op", meter.server_cpu_seconds() * 1e6 / count, 4);
}

void add_receives(Report& report, std::uint64_t receive_count, double count) {
  if (count > 0) report.add("recvs_per_op", static_cast<double>(receive_count) / count, 3);
}

}  // namespace bench
