#include "secret_options.h"

SecretOptions secret_options() {
  SecretOptions secrets{secret_connection_options(), "Huxs", {"--connect"}, "c"};
  secrets.names.insert(secrets.names.end(), {"--execute", "--on-open", "--heartbeat"});
  return secrets;
}
