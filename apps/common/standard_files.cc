#include "common/standard_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

void open_standard_files() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    const int mode = number == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", mode) != number) std::abort();  // The lowest number is free.
  }
}
