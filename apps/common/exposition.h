#pragma once

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

/// Writes Prometheus' text format.
class Exposition {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    append("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }

  template <typename Value>
  void sample(std::string_view labels, Value value) {
    append("{}{}{}{} {}\n", name_, labels.empty() ? "" : "{", labels, labels.empty() ? "" : "}",
           value);
  }

  /// One of the samples of a histogram, named by its suffix.
  template <typename Value>
  void part(std::string_view suffix, std::string_view labels, Value value) {
    append("{}{}{}{}{} {}\n", name_, suffix, labels.empty() ? "" : "{", labels,
           labels.empty() ? "" : "}", value);
  }

  template <typename Value>
  void single(std::string_view name, std::string_view type, std::string_view help, Value value) {
    begin(name, type, help);
    sample("", value);
  }

  std::string take() { return std::move(text_); }

 private:
  template <typename... Arguments>
  void append(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  std::string text_;
  std::string name_;
};
