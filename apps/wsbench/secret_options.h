#pragma once

#include "common/hidden_arguments.h"

SecretOptions secret_options();
