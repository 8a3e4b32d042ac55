#pragma once

#include <ostream>

#include "histogram.h"

/// HdrHistogram's percentile distribution (.hgrm) with five ticks per half distance, as text for
/// its plotters.
///
/// `units_per_value`, a positive number, is what to divide by: 1e6 prints nanoseconds as
/// milliseconds. Numbers round as in Java, whatever the locale.
void write_hgrm(std::ostream& out, const Histogram& histogram, double units_per_value);
