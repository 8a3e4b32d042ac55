#pragma once

#include <string_view>

/// What to use instead of an option of wscat, websocat, wsdump or curl that wsc does not have or
/// means otherwise; empty if it is none.
std::string_view foreign_option_hint(std::string_view name);
