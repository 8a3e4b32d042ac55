#include "expectations.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"

struct Expectations::Expected {
  Pattern pattern;
  bool has_matched = false;
};

struct Expectations::Member {
  explicit Member(const std::string& option_value) : text{option_value} {
    const auto sign = text.find('=');
    if (sign == std::string::npos) {
      throw wskit::Error(
          fmt::format("--expect-json '{}': POINTER=VALUE is needed", printable_line(text)));
    }
    try {
      pointer = nlohmann::json::json_pointer(text.substr(0, sign));
    } catch (const nlohmann::json::exception&) {
      throw wskit::Error(fmt::format("--expect-json '{}': '{}' is no JSON pointer",
                                     printable_line(text), printable_line(text.substr(0, sign))));
    }
    const std::string wanted = text.substr(sign + 1);
    value = nlohmann::json::parse(wanted, nullptr, false);
    // What is no JSON is a string that needs no quotes.
    if (value.is_discarded()) value = wanted;
  }

  bool is_in(const nlohmann::json& message) const {
    try {
      return message.contains(pointer) && message.at(pointer) == value;
    } catch (const nlohmann::json::exception&) {
      return false;  // An index of an array that no array has.
    }
  }

  std::string text;
  nlohmann::json::json_pointer pointer;
  nlohmann::json value;
  bool has_matched = false;
};

Expectations::Expectations(const ExpectationOptions& options) {
  for (const std::string& text : options.expect) expected_.push_back({{text, "--expect"}});
  for (const std::string& text : options.expect_json) members_.emplace_back(text);
  for (const std::string& text : options.reject) rejected_.emplace_back(text, "--reject");
  if (!options.until.empty()) until_.emplace(options.until, "--until");
  missing_count_ = expected_.size() + members_.size();
}

Expectations::~Expectations() = default;

Expectations::Verdict Expectations::take(std::string_view message) {
  const auto rejected =
      std::ranges::find_if(rejected_, [&](const Pattern& each) { return each.matches(message); });
  if (rejected != rejected_.end()) {
    rejection_ = rejected->text();
    return Verdict::rejected;
  }
  const std::size_t missing_before = missing_count_;
  const auto mark = [this](auto& each, bool is_matched) {
    if (is_matched && !std::exchange(each.has_matched, true)) --missing_count_;
  };
  for (Expected& each : expected_) mark(each, each.pattern.matches(message));
  if (!members_.empty()) {
    const auto json = nlohmann::json::parse(message, nullptr, false);
    for (Member& each : members_) mark(each, !json.is_discarded() && each.is_in(json));
  }
  if (until_ && until_->matches(message)) {
    has_ended_ = true;
    return Verdict::ended;
  }
  return missing_before > 0 && missing_count_ == 0 ? Verdict::met : Verdict::go_on;
}

std::string Expectations::problem() const {
  if (!rejection_.empty()) {
    return fmt::format("a message matches --reject '{}'", printable_line(rejection_));
  }
  for (const Expected& each : expected_) {
    if (each.has_matched) continue;
    return fmt::format("no message matched --expect '{}'", printable_line(each.pattern.text()));
  }
  for (const Member& each : members_) {
    if (each.has_matched) continue;
    return fmt::format("in no message was --expect-json '{}'", printable_line(each.text));
  }
  if (until_ && !has_ended_) {
    return fmt::format("no message matched --until '{}'", printable_line(until_->text()));
  }
  return {};
}
