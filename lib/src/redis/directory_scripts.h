#pragma once

#include <string>

namespace wskit {

// What changes several keys of a directory at once, or reads several that belong together. All keys
// share one hash tag; ARGV[1] is what their names begin with.
//
// A record is four lines: user, remote address, time of opening in ms, channels parted by spaces.
// Each session is in `:all`, in `:user:<user>` and in each `:channel:<channel>`, sorted sets of
// names that have the score 0 and so are in the order of the names; its record is in `:of:<node>`.

/// ARGV[2] a node, then names and records in turn: enters these sessions or replaces them; those
/// without a record are removed.
extern const std::string kDirectoryWrite;

/// ARGV[2] a node, ARGV[3] a number: if the node's lease is over, removes about that many of its
/// sessions and gives their names and records in turn; with the last of them the node goes.
extern const std::string kDirectoryReap;

/// ARGV[2] an index, ARGV[3] a name, ARGV[4] a number: how many the index has, and names and
/// records in turn of that many sessions after the name.
extern const std::string kDirectorySessions;

/// ARGV[2] a name, ARGV[3] a number: that many channels after the name, each with its number of
/// sessions.
extern const std::string kDirectoryChannels;

/// Each node with its lease and its number of sessions.
extern const std::string kDirectoryNodes;

}  // namespace wskit
