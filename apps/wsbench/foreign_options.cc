#include "foreign_options.h"

namespace {

constexpr OptionHint kHints[] = {
    {"--amount", "use --connections"},
    {"--channel-lifetime", "use --lifetime, in the scenario churn"},
    {"--channel-upstream", "use --rate-per-conn and --size"},
    {"--concurrent", "use --connect-concurrency"},
    {"--iterations", "use --messages"},
    {"--latency-marker", "messages are known by what wsbench puts into them"},
    {"--message-rate", "use --rate for all connections, --rate-per-conn for each"},
    {"--msgs", "use --messages"},
    {"--pub", "use --publishers, in the scenario fanout"},
    {"--rps", "use --rate"},
    {"--script", "there are no scripts: see the scenarios, --template and --subscribe"},
    {"--sub", "use --subscribers, in the scenario fanout"},
    {"--summary-export", "use --out json=FILE"},
    {"--vus", "use --connections"},
    {"--ws", "the URL says it"},
    {"-T", "use --duration"},
    {"-i", "use --messages"},
    {"-r", "use --rate for all connections, --rate-per-conn for each"},
    {"-u", "use --connections; a user is in the URL, as in ws://user:password@host/"},
};

}  // namespace

std::span<const OptionHint> foreign_options() {
  return kHints;
}
