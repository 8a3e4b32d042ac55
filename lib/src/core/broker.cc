#include <wskit/broker.h>

#include "core/check.h"

namespace wskit {

void Broker::query(LogQuery, LogCallback) {
  WSKIT_CHECK(has_log());
}

void Broker::history(HistoryQuery, HistoryCallback) {
  WSKIT_CHECK(has_log());
}

void Broker::set_max_message_bytes(std::size_t) {}

void Broker::set_wanted(const std::string&, bool) {
  WSKIT_CHECK(is_selective());
}

}  // namespace wskit
