#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include <wskit/http_client.h>
#include <wskit/loop.h>

#include "wsd/command.h"

/// The API of a running wsd, for a program that waits for each answer.
class CommandApi {
 public:
  /// `place` outlives this.
  explicit CommandApi(const ApiPlace& place);

  /// Throws wskit::Error unless the answer is 200 and JSON; it names the address.
  nlohmann::json get(const std::string& target) { return ask("GET", target, {}); }
  nlohmann::json post(const std::string& target, std::string body);
  nlohmann::json remove(const std::string& target) { return ask("DELETE", target, {}); }

 private:
  nlohmann::json ask(const std::string& method, const std::string& target, std::string body);

  const ApiPlace& place_;
  wskit::Loop loop_;
  wskit::HttpClient client_;
};

/// The JSON of an answer of status 200. Throws wskit::Error, one line, for any other.
nlohmann::json read_api_answer(const ApiPlace& place, const wskit::HttpResult& result);

/// "name=value" for a query, with what is special in one escaped.
std::string query_parameter(const std::string& name, const std::string& value);
