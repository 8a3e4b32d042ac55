#include "secret_options.h"

SecretOptions secret_options() {
  SecretOptions secrets{.names = secret_connection_options(),
                        .letters = "Huxs",
                        .url_names = {"--connect"},
                        .url_letters = "c",
                        .value_letters = "ofwnm"};
  secrets.names.insert(secrets.names.end(), {"--execute", "--on-open", "--heartbeat"});
  return secrets;
}
