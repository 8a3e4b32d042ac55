#pragma once

#include <string>
#include <string_view>

#include "histogram.h"

/// HdrHistogram's compressed V2 encoding in base64, "HISTFAAAA...", as its log files hold it.
std::string encode_hdr(const Histogram& histogram);

/// What encode_hdr() or another HdrHistogram wrote with 3 digits and the lowest value 1.
///
/// The encoding holds counts only, so min() and max() are their buckets' bounds.
/// Errors: wskit::Error if `text` is malformed, or has another layout, values above
/// Histogram::kHighestTrackable or more than 2^53 of them.
Histogram decode_hdr(std::string_view text);
