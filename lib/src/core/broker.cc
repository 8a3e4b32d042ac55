#include <wskit/broker.h>

#include "core/check.h"

namespace wskit {

void Broker::query(LogQuery, LogCallback) {
  WSKIT_CHECK(has_log());
}

void Broker::history(HistoryQuery, HistoryCallback) {
  WSKIT_CHECK(has_log());
}

}  // namespace wskit
