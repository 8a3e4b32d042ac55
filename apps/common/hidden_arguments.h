#pragma once

#include <string_view>
#include <vector>

/// The options of a program whose values may be secret, and those that have URLs.
struct SecretOptions {
  std::vector<std::string_view> names;
  std::string_view letters;
  std::vector<std::string_view> url_names;
  std::string_view url_letters;
  std::string_view value_letters;  ///< of options with other values: what follows is no letter
};

/// Those of a way to a server, in ConnectionFlags.
std::vector<std::string_view> secret_connection_options();

/// Overwrites in the process's own arguments, which every user of the machine can list, what may
/// be secret: the values of these options, and user and query of URLs. Call it when they have been
/// read.
void hide_secret_arguments(int argc, char** argv, const SecretOptions& secrets);
