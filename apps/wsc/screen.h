#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <wskit/loop.h>
#include <wskit/message.h>

#include "line_editor.h"

/// Where messages and status lines go: to pipes and files as they are, or, with line editing, to
/// the terminal, escaped and above the line that is being typed.
class Screen {
 public:
  struct Style {
    bool is_quiet = false;
    bool has_color = false;
  };

  explicit Screen(Style style) : style_{style} {}

  /// From here on the terminal is this editor's.
  void use(LineEditor* editor) { editor_ = editor; }

  void show(wskit::MessageView message);

  /// "* text" on standard error unless quiet. Control characters are escaped.
  void status(std::string_view text);

  /// False once standard output is closed.
  [[nodiscard]] bool flush();

 private:
  void show_on_terminal(wskit::MessageView message);

  Style style_;
  LineEditor* editor_ = nullptr;  ///< null: no line editing
};
