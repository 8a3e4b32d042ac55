#include "foreign_options.h"

namespace {

constexpr OptionHint kHints[] = {
    {"--broadcast", "wsc is one client; wsd delivers to many"},
    {"--compressed", "use --compress"},
    {"--conncap", "wsc makes one connection; wsbench makes many"},
    {"--data", "a message is sent with --execute, or from standard input"},
    {"--jsonrpc", "messages are sent as they are; write the JSON-RPC object yourself"},
    {"--listen", "wsc is a client; wsd is the server"},
    {"--no-compress", "messages are compressed only with --compress"},
    {"--no-close", "wsc always closes; --eof-wait and --wait say when"},
    {"--oneshot", "wsc is a client, and ends with its connection"},
    {"--output", "redirect standard output, or see --record"},
    {"--print-ping-rtts", "the status line and /rtt show them, or -vv the frames"},
    {"--profile", "options come from the command line only"},
    {"--raw", "use --format raw"},
    {"--request", "an opening handshake is always a GET"},
    {"--show-ping-pong", "use -vv"},
    {"--template", "messages are sent as they are"},
    {"--text", "text is what is sent without --binary"},
    {"--timings", "use --timestamps delta, or --write-out"},
    {"-P", "use -vv"},
    {"-S", "use --format raw and --quiet"},
    {"-U", "use --unix-socket"},
    {"-d", "a message is sent with --execute, or from standard input"},
    {"-l", "wsc is a client; wsd is the server"},
    {"-t", "text is what is sent without --binary"},
    {"-p", "the version of the protocol is always 13"},
};

}  // namespace

std::span<const OptionHint> foreign_options() {
  return kHints;
}
