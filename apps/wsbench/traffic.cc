#include "traffic.h"

#include "churn_traffic.h"
#include "echo_traffic.h"
#include "fanout_traffic.h"
#include "idle_traffic.h"
#include "storm_traffic.h"
#include "stream_traffic.h"
#include "worker.h"

std::unique_ptr<Traffic> make_traffic(Worker& worker) {
  switch (worker.plan().options.scenario) {
    case Scenario::echo:
      return std::make_unique<EchoTraffic>(worker);
    case Scenario::fanout:
      return std::make_unique<FanoutTraffic>(worker);
    case Scenario::idle:
      return std::make_unique<IdleTraffic>(worker);
    case Scenario::churn:
      return std::make_unique<ChurnTraffic>(worker);
    case Scenario::storm:
      return std::make_unique<StormTraffic>(worker);
    case Scenario::send:
    case Scenario::recv:
      break;
  }
  return std::make_unique<StreamTraffic>(worker);
}
