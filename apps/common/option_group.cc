#include "common/option_group.h"

#include <algorithm>
#include <utility>

#include "common/completion.h"

namespace {

using Setter = std::function<void(const std::string& text)>;

/// What is wrong with a value is said of its option, by the name that the help shows.
Setter naming(const std::string& names, Setter set) {
  std::string name = names.substr(std::min(names.find("--"), names.size()));
  name = name.substr(0, name.find(','));
  return [name = std::move(name), set = std::move(set)](const std::string& text) {
    try {
      set(text);
    } catch (const CLI::ValidationError& error) {
      throw CLI::ValidationError{name, error.what()};
    }
  };
}

}  // namespace

std::chrono::milliseconds duration_value(const std::string& text) {
  const auto duration = parse_seconds(text);
  if (!duration) throw CLI::ValidationError{"'" + text + "' is not a duration"};
  return *duration;
}

void OptionGroup::flag(const std::string& names, bool& target, const std::string& help) {
  app_.add_flag(names, target, help)->group(title_);
}

void OptionGroup::value(const std::string& names, std::string& target, const std::string& type,
                        const std::string& help) {
  app_.add_option(names, target, help)->type_name(type)->group(title_);
}

void OptionGroup::list(const std::string& names, std::vector<std::string>& target,
                       const std::string& type, const std::string& help) {
  app_.add_option(names, target, help)->type_name(type)->allow_extra_args(false)->group(title_);
}

void OptionGroup::number(const std::string& names, std::size_t& target, const std::string& help,
                         const std::string& hint) {
  parsed(names, "N", help, [&target, hint](const std::string& text) {
    if (CLI::detail::lexical_cast(text, target) && target > 0 && !text.starts_with('-')) return;
    throw CLI::ValidationError{"'" + text + "' is no number above 0" + hint};
  });
}

void OptionGroup::choice(const std::string& names, std::string& target, const std::string& choices,
                         const std::string& help) {
  std::vector<std::string> words = CLI::detail::split(choices, '|');
  app_.add_option(names, target, help)
      ->check(CLI::IsMember{std::move(words)}.description(""))
      ->type_name(choices)
      ->group(title_);
}

void OptionGroup::parsed(const std::string& names, const std::string& type, const std::string& help,
                         const std::function<void(const std::string& text)>& set) {
  app_.add_option_function<std::string>(names, naming(names, set), help)
      ->type_name(type)
      ->group(title_);
}

void OptionGroup::each(const std::string& names, const std::string& type, const std::string& help,
                       const std::function<void(const std::string& text)>& set) {
  const auto set_all = [set = naming(names, set)](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) set(text);
  };
  app_.add_option_function<std::vector<std::string>>(names, set_all, help)
      ->type_name(type)
      ->allow_extra_args(false)
      ->group(title_);
}

HelpFormatter::HelpFormatter(std::string usage) : usage_{std::move(usage)} {
  column_width(34);
}

std::string HelpFormatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  if (is_positional || option->get_lnames().empty()) {
    return CLI::Formatter::make_option_name(option, is_positional);
  }
  const std::string name = "--" + main_name(*option);
  return option->get_snames().empty() ? name : "-" + option->get_snames().front() + "," + name;
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  const std::string& type = option->get_type_name();
  if (type.empty()) return {};
  const bool is_optional = option->get_expected_min() == 0;
  return is_optional ? "[=" + type + "]" : " " + type;
}

std::string HelpFormatter::make_usage(const CLI::App*, std::string) const {
  return "\nUsage: " + usage_ + "\n";
}
