#include "hgrm.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

/// Adds one to the last digit.
void round_up(std::string& decimal) {
  for (auto digit = decimal.rbegin(); digit != decimal.rend(); ++digit) {
    if (*digit == '.') continue;
    if (*digit != '9') {
      ++*digit;
      return;
    }
    *digit = '0';
  }
  decimal.insert(0, 1, '1');
}

/// `number`, which is not negative, with a fixed number of decimals. Unlike printf it rounds the
/// shortest text that means the number, and halves upwards, as the original does: 0.0005 is 0.001.
std::string fixed(double number, std::size_t decimals, std::size_t width) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.begin(), buffer.end(), number, std::chars_format::fixed);
  std::string text{buffer.begin(), end.ptr};
  if (text.find('.') == std::string::npos) text += '.';
  const std::size_t size = text.find('.') + 1 + decimals;
  const bool is_rounded_up = text.size() > size && text[size] >= '5';
  text.resize(size, '0');
  if (is_rounded_up) round_up(text);
  return padded(std::move(text), width);
}

std::string whole(std::uint64_t number, std::size_t width) {
  return padded(std::to_string(number), width);
}

/// Five steps to half of what is missing to 100, five more to half of the rest, and so on; at
/// least the next number, or 10^15 values would get stuck before 100.
double percent_after(double percent) {
  const double halvings = std::floor(std::log2(100 / (100 - percent))) + 1;
  return std::max(percent + 100 / (5 * std::exp2(halvings)), std::nextafter(percent, 100.0));
}

class Distribution {
 public:
  Distribution(std::ostream& out, const Histogram& histogram, double units_per_value)
      : out_{out}, histogram_{histogram}, units_per_value_{units_per_value} {}

  void write() {
    for (const Histogram::Bucket bucket : histogram_) {
      seen_ += bucket.count;
      const double reached =
          100 * static_cast<double>(seen_) / static_cast<double>(histogram_.count());
      const bool is_last = seen_ == histogram_.count();
      while (percent_ <= reached && percent_ < 100) {
        write_line(bucket.highest);
        percent_ = percent_after(percent_);
        if (is_last) break;
      }
      if (!is_last) continue;
      percent_ = 100;
      write_line(bucket.highest);
    }
  }

 private:
  void write_line(std::uint64_t value) {
    const double share = percent_ / 100;
    out_ << fixed(static_cast<double>(value) / units_per_value_, 3, 12) << ' '
         << fixed(share, 12, 14) << ' ' << whole(seen_, 10);
    if (percent_ < 100) out_ << ' ' << fixed(1 / (1 - share), 2, 14);
    out_ << '\n';
  }

  std::ostream& out_;
  const Histogram& histogram_;
  const double units_per_value_;
  double percent_ = 0;  ///< of the next line
  std::uint64_t seen_ = 0;
};

}  // namespace

void write_hgrm(std::ostream& out, const Histogram& histogram, double units_per_value) {
  const auto value = [&](double recorded) { return fixed(recorded / units_per_value, 3, 12); };

  out << "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
  Distribution{out, histogram, units_per_value}.write();
  out << "#[Mean    = " << value(histogram.mean())
      << ", StdDeviation   = " << value(histogram.stddev()) << "]\n"
      << "#[Max     = " << value(static_cast<double>(histogram.max()))
      << ", Total count    = " << whole(histogram.count(), 12) << "]\n"
      << "#[Buckets = " << whole(Histogram::kBucketCount, 12)
      << ", SubBuckets     = " << whole(Histogram::kSubBucketCount, 12) << "]\n";
}
