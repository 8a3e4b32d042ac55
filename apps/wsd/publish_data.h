#pragma once

#include <string>

#include "wsd/command.h"

/// Reads the data of a message from a file, or from standard input without one. A line end at the
/// end of text does not belong to it. Throws wskit::Error if it cannot be read.
std::string read_publish_data(const std::string& file, DataKind kind);

/// Throws wskit::Error if the data is not of its kind, or a name is not UTF-8.
void check_publish_data(const PublishCommand& publish);

/// What is posted to the API. `publish` has passed check_publish_data(); JSON goes with exactly
/// its bytes.
std::string publish_body(const PublishCommand& publish);
