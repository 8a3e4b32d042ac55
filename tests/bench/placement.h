#pragma once

namespace bench {

/// Pins this process; throws std::system_error if it may not.
void pin_to_cpu(int cpu);

/// Nanoseconds for a cache line to go from this CPU to `other_cpu` and back; the least of several
/// series. 0 if this process may itself run on `other_cpu`, so that nothing would be measured.
///
/// A hypervisor places two virtual CPUs now near each other, now apart, and with that changes
/// what every send() costs: compare runs only at a like value.
[[nodiscard]] double cross_core_ns(int other_cpu);

}  // namespace bench
