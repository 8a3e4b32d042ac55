#include <iostream>

#include <wskit/broker.h>
#include <wskit/error.h>
#include <wskit/server.h>
#include <wskit/version.h>

int main() {
  wskit::Loop control;
  const auto log = wskit::make_null_log();
  const auto broker = wskit::make_local_broker();
  const wskit::HandlerRegistry handlers;
  wskit::Server server{control, {.listen = {"127.0.0.1:0"}}, handlers, *broker, *log};
  try {
    server.start();
    wskit::check_server_options({.listen = {"nowhere"}});
  } catch (const wskit::Error& error) {
    std::cout << wskit::kVersion << ": " << server.addresses().size() << ", " << error.what()
              << '\n';
    return 0;
  }
  return 1;
}
