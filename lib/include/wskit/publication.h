#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wskit/broker.h>
#include <wskit/export.h>

namespace wskit {

/// Why a request was not understood, for whoever sent it.
struct RequestError {
  std::string code;     ///< a word that programs may compare
  std::string message;  ///< a sentence
};

/// Reads the JSON object that publishers send: one of `"all":true`, `"user"`, `"channel"`, and
/// one of `"data"` (any JSON, carried as its own bytes), `"text"`, `"base64"`.
WSKIT_API std::variant<Publication, RequestError> parse_publication(std::string_view json);

/// Reads a JSON array of at most 1000 such objects. What is wrong with one does not touch the
/// others.
WSKIT_API std::variant<std::vector<std::variant<Publication, RequestError>>, RequestError>
parse_publications(std::string_view json);

/// `{"messages":[…],"truncated":…}`, each message as wskit.v1.json shows it, without its type.
WSKIT_API std::string history_object(const HistoryAnswer& answer);

}  // namespace wskit
