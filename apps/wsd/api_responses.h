#pragma once

#include <string>

#include <wskit/broker.h>
#include <wskit/http_server.h>

/// `{"error":{"code":…,"message":…}}`
wskit::HttpResponse failure(int status, const std::string& code, const std::string& message);

/// The id, or why nothing was published.
wskit::HttpResponse answer_to(const wskit::PublishResult& result);
