#include "traffic.h"

#include "echo_traffic.h"
#include "fanout_traffic.h"
#include "stream_traffic.h"
#include "worker.h"

std::unique_ptr<Traffic> make_traffic(Worker& worker) {
  switch (worker.plan().options.scenario) {
    case Scenario::echo:
      return std::make_unique<EchoTraffic>(worker);
    case Scenario::fanout:
      return std::make_unique<FanoutTraffic>(worker);
    case Scenario::send:
    case Scenario::recv:
    case Scenario::idle:
    case Scenario::churn:
    case Scenario::storm:
      break;
  }
  return std::make_unique<StreamTraffic>(worker);
}
