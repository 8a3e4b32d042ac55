#include "secret_options.h"

SecretOptions secret_options() {
  SecretOptions secrets{.names = secret_connection_options(),
                        .letters = "Hm",
                        .url_names = {"--publish-url"},
                        .url_letters = "",
                        .value_letters = "ctdnRpsflo"};
  secrets.names.insert(secrets.names.end(), {"--message", "--first-message", "--subscribe",
                                             "--publish", "--publish-header"});
  return secrets;
}
