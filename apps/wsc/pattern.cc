#include "pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <wskit/error.h>

#include "common/printable.h"

Pattern::Pattern(const std::string& text, std::string_view owner)
    : expression_{std::make_unique<RE2>(text, RE2::Quiet)} {
  if (expression_->ok()) return;
  throw wskit::Error(fmt::format("{} '{}': {}", owner, printable_line(text),
                                 printable_line(expression_->error())));
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

bool Pattern::matches(std::string_view text) const {
  return RE2::PartialMatch({text.data(), text.size()}, *expression_);
}

const std::string& Pattern::text() const {
  return expression_->pattern();
}
