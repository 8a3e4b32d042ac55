"""Runs wsbench, and servers that answer as a test wants."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from wsc_support import DEADLINE_S, WebSocketServer

SOURCE = pathlib.Path(__file__).resolve().parents[2]
WSBENCH = pathlib.Path(os.environ["WSKIT_BUILD_DIR"]) / "apps/wsbench/wsbench"

# Figures of a busy machine are no error of what is tested here.
TOLERANT = ("--accept-invalid", "-q")


class Bench:
    """What one run printed and how it ended."""

    def __init__(self, arguments, environment=None, deadline_s=60):
        result = subprocess.run([WSBENCH, *map(str, arguments)], capture_output=True, text=True,
                                timeout=deadline_s, env={**os.environ, **(environment or {})})
        self.code = result.returncode
        self.out = result.stdout
        self.err = result.stderr

    @property
    def report(self):
        return json.loads(self.out)

    @property
    def run(self):
        return self.report["runs"][0]


class WsbenchTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wsbench-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def serve(self, handler, **options):
        server = WebSocketServer(handler, **options)
        self.addCleanup(server.stop)
        return server

    def bench(self, *arguments, code=0, **options):
        """The JSON report's only run, after a run that must end with this code."""
        return self.report(*arguments, code=code, **options)["runs"][0]

    def report(self, *arguments, code=0, **options):
        """The whole JSON report."""
        bench = Bench([*arguments, "-j", *TOLERANT], **options)
        self.assertEqual(bench.code, code, bench.err + bench.out[-2000:])
        return bench.report

    def text(self, *arguments, code=0, **options):
        """What is printed, as people read it."""
        bench = Bench([*arguments, *TOLERANT], **options)
        self.assertEqual(bench.code, code, bench.err + bench.out[-2000:])
        return bench.out

    def start(self, *arguments):
        process = subprocess.Popen([WSBENCH, *map(str, arguments)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)

        def clean_up():
            process.kill()
            process.wait(DEADLINE_S)
            process.stdout.close()
            process.stderr.close()

        self.addCleanup(clean_up)
        return process

    def error(self, *arguments, code=2, **options):
        bench = Bench(arguments, **options)
        self.assertEqual((bench.code, bench.out), (code, ""), bench.err)
        return bench.err
