#pragma once

/// Overwrites in the process's own arguments, which every user of the machine can list, what may
/// be secret: headers, credentials, proxies, messages, and user and query of URLs. Call it when
/// they have been read.
void hide_secret_arguments(int argc, char** argv);
