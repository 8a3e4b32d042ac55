#pragma once

#include "common/hidden_arguments.h"

/// Of wsc, whose messages may be secret, too.
SecretOptions secret_options();
