#include "common/completion.h"

#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace {

enum class ValueKind { none, any, file, choice };

/// What completions need to know of an option.
struct Entry {
  std::string long_name;
  std::string short_name;  ///< one character, or empty
  std::string help;
  ValueKind kind = ValueKind::none;
  std::string choices = {};  ///< separated by spaces
  std::string type = {};
  bool is_repeatable = false;
};

std::string escape(std::string_view text, std::string_view characters) {
  std::string escaped;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// For within single quotes.
std::string quote(std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted;
}

Entry make_entry(const CLI::Option& option) {
  Entry entry{.long_name = main_name(option),
              .short_name = option.get_snames().empty() ? "" : option.get_snames().front(),
              .help = option.get_description()};
  if (option.get_items_expected_max() == 0) return entry;
  entry.type = option.get_type_name();
  entry.is_repeatable = option.get_expected_max() > 1;
  if (entry.type == "FILE") {
    entry.kind = ValueKind::file;
  } else if (entry.type.find('|') != std::string::npos) {
    entry.kind = ValueKind::choice;
    entry.choices = entry.type;
    for (char& c : entry.choices) c = c == '|' ? ' ' : c;
  } else {
    entry.kind = ValueKind::any;
  }
  return entry;
}

std::vector<Entry> entries_of(const CLI::App& app) {
  std::vector<Entry> entries;
  for (const CLI::Option* option : app.get_options()) {
    const bool is_hidden = option->get_group().empty();
    if (!option->get_lnames().empty() && !is_hidden) entries.push_back(make_entry(*option));
  }
  return entries;
}

/// "-H | --header"
std::string bash_pattern(const Entry& entry) {
  const std::string name = "--" + entry.long_name;
  return entry.short_name.empty() ? name : "-" + entry.short_name + " | " + name;
}

/// The branches for words that are no options, before that of URLs.
std::string bash_mode_branches(const Modes& modes) {
  if (modes.names.empty()) return {};
  return fmt::format(
      "  elif ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '{} ws:// wss:// ws+unix:' -- \"$current\"))\n"
      "    if [[ ${{COMPREPLY[0]}} == *: || ${{COMPREPLY[0]}} == */ ]]; then compopt -o nospace; "
      "fi\n"
      "  elif [[ ${{COMP_WORDS[1]}} == {} ]]; then\n"
      "    compopt -o filenames\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n",
      fmt::join(modes.names, " "), modes.of_files);
}

std::string bash_script(const std::string& program, const std::vector<Entry>& entries,
                        const Modes& modes) {
  std::string cases;
  std::string names;
  for (const Entry& entry : entries) {
    names += " --" + entry.long_name;
    if (entry.kind == ValueKind::none) continue;
    std::string reply;
    if (entry.kind == ValueKind::file) {
      reply = "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); ";
    } else if (entry.kind == ValueKind::choice) {
      reply = fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$current\")); ", entry.choices);
    }
    cases += fmt::format("    {}) {}return ;;\n", bash_pattern(entry), reply);
  }
  return fmt::format(
      "# bash completion for {0}(1)\n\n"
      "_{0}() {{\n"
      "  local IFS=$' \\n' current=${{COMP_WORDS[COMP_CWORD]}} "
      "previous=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  COMPREPLY=()\n"
      "  case $previous in\n{1}  esac\n"
      "  if [[ $current == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W '{2}' -- \"$current\"))\n"
      "{3}"
      "  else\n"
      "    COMPREPLY=($(compgen -W 'ws:// wss:// ws+unix:' -- \"$current\"))\n"
      "    compopt -o nospace\n"
      "  fi\n"
      "}}\n\n"
      "complete -F _{0} {0}\n",
      program, cases, names.substr(1), bash_mode_branches(modes));
}

std::string zsh_value(const Entry& entry) {
  switch (entry.kind) {
    case ValueKind::none:
      return {};
    case ValueKind::file:
      return ":file:_files";
    case ValueKind::choice:
      return fmt::format(":value:({})", entry.choices);
    case ValueKind::any:
      break;
  }
  return fmt::format(":{}: ", escape(quote(entry.type), ":[]"));
}

std::string zsh_words(const Modes& modes) {
  constexpr std::string_view kUrls = "ws\\:// wss\\:// ws+unix\\:";
  if (modes.names.empty()) return fmt::format("  '1:URL:({})'\n", kUrls);
  return fmt::format(
      "  '1:mode or URL:({} {})' \\\n"
      "  '*:word:{{ if [[ ${{words[2]}} == {} ]]; then _files; else compadd -S \"\" ws:// wss:// "
      "ws+unix\\:; fi }}'\n",
      fmt::join(modes.names, " "), kUrls, modes.of_files);
}

std::string zsh_script(const std::string& program, const std::vector<Entry>& entries,
                       const Modes& modes) {
  std::string specs;
  for (const Entry& entry : entries) {
    const std::string help = escape(quote(entry.help), ":[]");
    const std::string repeat = entry.is_repeatable ? "*" : "";
    const std::string sign = entry.kind == ValueKind::none ? "" : "=";
    specs += fmt::format("  '{}--{}{}[{}]{}' \\\n", repeat, entry.long_name, sign, help,
                         zsh_value(entry));
    if (entry.short_name.empty()) continue;
    specs += fmt::format("  '{}-{}{}[{}]{}' \\\n", repeat, entry.short_name,
                         sign.empty() ? "" : "+", help, zsh_value(entry));
  }
  return fmt::format("#compdef {}\n\n_arguments -s \\\n{}{}", program, specs, zsh_words(modes));
}

std::string fish_script(const std::string& program, const std::vector<Entry>& entries,
                        const Modes& modes) {
  std::string lines = fmt::format("# fish completion for {0}(1)\n\ncomplete -c {0} -f\n", program);
  if (!modes.names.empty()) {
    lines += fmt::format(
        "complete -c {0} -n __fish_use_subcommand -a '{1}'\n"
        "complete -c {0} -n '__fish_seen_subcommand_from {2}' -F\n",
        program, fmt::join(modes.names, " "), modes.of_files);
  }
  for (const Entry& entry : entries) {
    lines += fmt::format("complete -c {} -l {}", program, entry.long_name);
    if (!entry.short_name.empty()) lines += " -s " + entry.short_name;
    if (entry.kind == ValueKind::any) lines += " -x";
    if (entry.kind == ValueKind::file) lines += " -r -F";
    if (entry.kind == ValueKind::choice) lines += fmt::format(" -x -a '{}'", entry.choices);
    lines += fmt::format(" -d '{}'\n", escape(entry.help, "\\'"));
  }
  return lines;
}

}  // namespace

std::string main_name(const CLI::Option& option) {
  return option.get_lnames().front();
}

std::string completion_script(const CLI::App& app, std::string_view shell, const Modes& modes) {
  const std::vector<Entry> entries = entries_of(app);
  if (shell == "bash") return bash_script(app.get_name(), entries, modes);
  if (shell == "zsh") return zsh_script(app.get_name(), entries, modes);
  if (shell == "fish") return fish_script(app.get_name(), entries, modes);
  return {};
}
