#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <wskit/http_server.h>
#include <wskit/message_id.h>
#include <wskit/publication.h>

/// What the query of a request may have.
struct ApiParameters {
  std::string user = {};
  std::string channel = {};
  std::string id = {};
  std::string after = {};
  std::optional<wskit::MessageId> before = {};
  std::optional<std::size_t> limit = {};  ///< 1 to 1000
};

/// Reads the query, or says what is wrong with it. `known`: the parameters of this request;
/// `is_channel`: which channels it may name.
std::variant<ApiParameters, wskit::RequestError> read_parameters(
    const wskit::HttpRequest& request, std::initializer_list<std::string_view> known,
    bool (*is_channel)(std::string_view channel));
