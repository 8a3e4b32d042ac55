"""Installs into a folder, and builds and runs a program that uses what is there."""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import support

CONSUMER = pathlib.Path(__file__).with_name("consumer")
SAID = re.compile(r"0\.1\.0: 1, .*nowhere")

OWN_SYMBOL = re.compile(r"(?:(?:typeinfo|typeinfo name|vtable|VTT) for )?wskit::")


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        raise AssertionError(f"{shlex.join(map(str, command))} gave {done.returncode}\n{done.stdout}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wskit-install-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", support.BUILD_DIR, "--prefix", cls.prefix)
        [cls.library] = cls.prefix.glob("lib*/**/libwskit.so")

    def test_find_package(self):
        build = self.folder / "build"
        run(
            "cmake", "-G", "Ninja", "-S", CONSUMER, "-B", build,
            f"-DCMAKE_PREFIX_PATH={self.prefix}",
        )
        run("cmake", "--build", build)
        self.assertRegex(run(build / "consumer"), SAID)

    def test_pkg_config(self):
        environment = {**os.environ, "PKG_CONFIG_PATH": str(self.library.parent / "pkgconfig"),
                       "LD_LIBRARY_PATH": str(self.library.parent)}
        flags = run("pkg-config", "--cflags", "--libs", "wskit", env=environment).split()
        program = self.folder / "by_pkg_config"
        run("c++", "-std=c++20", CONSUMER / "consumer.cc", "-o", program, *flags)
        self.assertRegex(run(program, env=environment), SAID)

    def test_every_header_compiles_alone(self):
        include = self.prefix / "include"
        for header in sorted((include / "wskit").glob("*.h")):
            with self.subTest(header.name):
                run("c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic",
                    "-x", "c++", "-include", header, "-I", include, "/dev/null")

    def test_programs_run_where_they_are(self):
        for program in ("sbin/wsd", "bin/wsc", "bin/wsbench"):
            self.assertIn("0.1.0", run(self.prefix / program, "--version"))

    def test_the_library_exports_its_own_names_only(self):
        symbols = run("nm", "--dynamic", "--demangle", "--defined-only", "--format=posix",
                      self.library).splitlines()
        names = [re.sub(r" [A-Za-z] [0-9a-f]+( [0-9a-f]+)?$", "", line) for line in symbols]
        self.assertIn("wskit::Server::start()", names)
        self.assertEqual([name for name in names if not OWN_SYMBOL.match(name)], [])
        dynamic = run("readelf", "--dynamic", self.library)
        self.assertIn("Library soname: [libwskit.so.0]", dynamic)


if __name__ == "__main__":
    unittest.main()
