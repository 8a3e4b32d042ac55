#include "execution.h"

#include <csignal>
#include <cstdlib>

#include "exit_code.h"

RunResult execute(const Plan& plan, ProcessGroup* target, RunObserver& observer) {
  wskit::Loop loop;
  Run run{loop, plan, target, observer};
  int received = 0;
  for (const int signal : {SIGINT, SIGTERM}) {
    loop.on_signal(signal, [&received, &run, signal] {
      if (received != 0) std::_Exit(kExitSignal + signal);
      received = signal;
      run.interrupt();
    });
  }
  run.start([&loop] { loop.stop(); });
  loop.run();
  RunResult result = run.take_result();
  result.signal = received;
  return result;
}
