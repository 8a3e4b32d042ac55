#pragma once

/// Opens those of standard input, output and error that the process was started without, such that
/// using them is an error: otherwise the first sockets would get their numbers.
void open_standard_files();
