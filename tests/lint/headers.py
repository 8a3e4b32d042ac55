#!/usr/bin/env python3
"""Checks that every public header compiles alone: headers.py COMPILER [INCLUDE_FOLDER]"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

FLAGS = "-std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror".split()


def complaint(compiler, folder, header):
    """What the compiler says to a file that includes the header twice and nothing else."""
    source = f"#include <{header}>\n" * 2
    command = [compiler, *FLAGS, f"-I{folder}", "-x", "c++", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=False).stderr


def check(compiler, folder):
    headers = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.h"))
    if not headers:
        return [f"{folder}: no header found"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = pool.map(lambda header: complaint(compiler, folder, header), headers)
    return [text for text in complaints if text]


def is_alert(compiler):
    """Whether a header that lacks an include, and only that, is noticed."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "sound.h").write_text("#pragma once\n#include <string>\nstd::string f();\n")
        if check(compiler, folder):
            return False
        (folder / "lacking.h").write_text("#pragma once\nstd::string g();\n")
        return len(check(compiler, folder)) == 1


def main(arguments):
    compiler = arguments[0]
    default = pathlib.Path(__file__).parents[2] / "lib/include"
    folder = pathlib.Path(arguments[1]) if len(arguments) > 1 else default
    if not is_alert(compiler):
        print("a header that does not compile alone would not be noticed")
        return 1
    findings = check(compiler, folder)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
