#include "secret_options.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

TEST_CASE("secret_options: a number of millions hides what comes after it all the same") {
  for (const char* const number : {"-d1m", "-n1m", "-c1m", "-R1m", "-t1", "-p1m", "-s1m"}) {
    std::vector<std::string> arguments{"wsbench", number, "-H", "A: hush", "-mhush", "ws://h"};
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());

    hide_secret_arguments(static_cast<int>(argv.size()), argv.data(), secret_options());

    CHECK(arguments ==
          std::vector<std::string>{"wsbench", number, "-H", "*******", "-m****", "ws://h"});
  }
}
