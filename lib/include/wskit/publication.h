#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <wskit/export.h>
#include <wskit/message.h>

namespace wskit {

/// A message and the channel it is meant for.
struct Publication {
  std::string channel;
  Message message;
};

/// Why a request was not understood, for whoever sent it.
struct RequestError {
  std::string code;     ///< a word that programs may compare
  std::string message;  ///< a sentence
};

/// Reads the JSON object that publishers send: one of `"all":true`, `"user"`, `"channel"`, and
/// one of `"data"` (any JSON, carried as its own bytes), `"text"`, `"base64"`.
WSKIT_API std::variant<Publication, RequestError> parse_publication(std::string_view json);

}  // namespace wskit
