#include <wskit/directory.h>

namespace wskit {

void SessionObserver::on_sessions_abandoned(const std::vector<SessionRecord>&) {}

}  // namespace wskit
