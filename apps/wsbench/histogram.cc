#include "histogram.h"

#include <cmath>

namespace {

/// HdrHistogram's "median equivalent value".
double middle_of(const Histogram::Bucket& bucket) {
  return static_cast<double>(bucket.lowest + (bucket.highest - bucket.lowest + 1) / 2);
}

}  // namespace

void Histogram::add(const Histogram& other) {
  if (counts_.size() < other.counts_.size()) grow_to_hold(other.counts_.size() - 1);
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::reset() {
  std::fill(counts_.begin(), counts_.end(), 0);
  count_ = 0;
  min_ = std::numeric_limits<std::uint64_t>::max();
  max_ = 0;
}

void Histogram::reserve() {
  const std::size_t used = counts_.size();
  counts_.resize(kCountsLength);  // unlike reserve(), it has the kernel give every page now
  counts_.resize(used);
}

double Histogram::mean() const {
  if (count_ == 0) return 0;
  double sum = 0;
  for (const Bucket bucket : *this) sum += middle_of(bucket) * static_cast<double>(bucket.count);
  return sum / static_cast<double>(count_);
}

double Histogram::stddev() const {
  if (count_ == 0) return 0;
  const double center = mean();
  double sum = 0;
  for (const Bucket bucket : *this) {
    const double deviation = middle_of(bucket) - center;
    sum += deviation * deviation * static_cast<double>(bucket.count);
  }
  return std::sqrt(sum / static_cast<double>(count_));
}

std::uint64_t Histogram::value_at(double percent) const {
  if (!(percent > 0)) return min();
  if (percent >= 100) return max();
  // One step below what was asked, lest rounding up the count took in one value too many.
  const double share = std::nextafter(percent, 0.0) * static_cast<double>(count_) / 100;
  const auto wanted = std::max<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(share)), 1);
  std::uint64_t seen = 0;
  for (const Bucket bucket : *this) {
    seen += bucket.count;
    if (seen >= wanted) return std::min(bucket.highest, max_);
  }
  return max();
}

void Histogram::grow_to_hold(std::size_t index) {
  constexpr std::size_t kStep = kSubBucketCount / 2;
  const std::size_t length = (index / kStep + 1) * kStep;
  counts_.reserve(length);  // resize() alone would take up to twice as much
  counts_.resize(length);
}
