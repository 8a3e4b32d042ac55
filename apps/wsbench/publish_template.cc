#include "publish_template.h"

#include <wskit/error.h>

PublishTemplate::PublishTemplate(const std::string& text) : random_{std::random_device{}()} {
  if (text.empty()) return;
  template_.emplace(text);
  if (!template_->has_payload()) throw wskit::Error{"--publish needs {{payload}} somewhere"};
}

std::string_view PublishTemplate::fill(std::string_view payload, std::uint64_t sequence,
                                       std::size_t publisher) {
  if (!template_) return payload;
  text_.clear();
  template_->append_to(text_, {sequence, publisher, payload}, random_);
  return text_;
}
