#include <wskit/http_client.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// Posts the bodies one after the other, and prints a line for each.
void post_next(wskit::Loop& loop, wskit::HttpClient& client, std::vector<std::string> bodies) {
  if (bodies.empty()) return loop.stop();
  std::string body = std::move(bodies.front());
  bodies.erase(bodies.begin());
  client.post({{"Content-Type", "text/plain"}}, std::move(body),
              [&loop, &client, bodies = std::move(bodies)](const wskit::HttpResult& result) {
                std::cout << result.status << '\t' << result.problem << '\t' << result.body.size()
                          << '\t' << result.body.substr(0, 200) << std::endl;
                post_next(loop, client, bodies);
              });
}

}  // namespace

/// http_post URL CA_FILE TIMEOUT_MS BODY...: one line for each body, of status, problem, length and
/// the beginning of the answer's body, with tabs between them.
int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    wskit::Loop loop;
    wskit::HttpClient client{loop,
                             {.url = argv[1],
                              .ca_file = argv[2],
                              .timeout = std::chrono::milliseconds{std::stoi(argv[3])}}};
    post_next(loop, client, {argv + 4, argv + argc});
    loop.run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
