#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>

#include "bare_server.h"

namespace {

constexpr const char* kUsage =
    "usage: bare_server send|coalesce [--port N]\n"
    "Serves /echo, /sub and /pub on 127.0.0.1 and prints port=P pid=N once it listens.\n"
    "  send      one send() for each message and connection\n"
    "  coalesce  one send() for each loop turn and connection\n";

struct Options {
  bench::BareServer::Delivery delivery = bench::BareServer::Delivery::send;
  std::uint16_t port = 0;
};

std::optional<Options> parse(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if ((argc != 2 && argc != 4) || (mode != "send" && mode != "coalesce")) return {};
  Options options;
  if (mode == "coalesce") options.delivery = bench::BareServer::Delivery::coalesce;
  if (argc == 4) {
    if (std::string_view(argv[2]) != "--port") return {};
    options.port = static_cast<std::uint16_t>(std::atoi(argv[3]));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::optional<Options> options = parse(argc, argv);
  if (!options) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  bench::BareServer server(options->delivery, options->port);
  std::printf("port=%u pid=%d\n", unsigned{server.port()}, static_cast<int>(getpid()));
  std::fflush(stdout);
  server.run();
} catch (const std::exception& error) {
  std::fprintf(stderr, "bare_server: %s\n", error.what());
  return 1;
}
