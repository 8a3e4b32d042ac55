#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

/// Where the API of a running wsd is.
struct ApiPlace {
  std::string name;       ///< the address as it was given, for messages
  std::string url;        ///< of its root
  std::string unix_path;  ///< unless empty, of a socket to dial instead
  std::string key;        ///< empty: none
};

enum class DataKind { text, json, binary };

struct PublishCommand {
  bool to_all = false;
  std::string user;
  std::string channel;
  DataKind kind = DataKind::text;
  std::string data;
  std::string idempotency_key;
};

struct SessionsCommand {
  std::string user;
  std::string channel;
  std::optional<std::size_t> limit;
  bool is_json = false;
};

struct KickCommand {
  std::string session;  ///< either this or `user`
  std::string user;
};

struct DrainCommand {};
struct ReloadCommand {};

/// What `wsd publish` and the like ask a running wsd for.
struct Command {
  ApiPlace api;
  std::variant<PublishCommand, SessionsCommand, KickCommand, DrainCommand, ReloadCommand> what;
};
