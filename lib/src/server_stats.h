#pragma once

#include <wskit/server.h>

namespace wskit {

void add(ServerStats& sum, const ServerStats& part);

}  // namespace wskit
