#include "server_stats.h"

namespace wskit {

void add(ServerStats& sum, const ServerStats& part) {
  sum.sessions += part.sessions;
  sum.connections += part.connections;
  sum.messages_received += part.messages_received;
  sum.messages_sent += part.messages_sent;
  sum.bytes_received += part.bytes_received;
  sum.bytes_sent += part.bytes_sent;
  sum.messages_dropped += part.messages_dropped;
  sum.queue_drops += part.queue_drops;
  for (const auto& [result, count] : part.handshakes) sum.handshakes[result] += count;
  for (const auto& [close, count] : part.closes) sum.closes[close] += count;
  sum.loop_lag_seconds.insert(sum.loop_lag_seconds.end(), part.loop_lag_seconds.begin(),
                              part.loop_lag_seconds.end());
}

}  // namespace wskit
