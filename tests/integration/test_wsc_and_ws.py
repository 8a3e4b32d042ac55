"""wsc with a server of npm's ws."""

import os
import pathlib
import subprocess
import unittest

from wsc_support import DEADLINE_S, WscTest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
NODE_MODULES = os.environ.get("WSKIT_NODE_MODULES", str(SOURCE / "build/node/node_modules"))


class WscAndWs(WscTest):
    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen(
            ["node", pathlib.Path(__file__).with_name("ws_server.js")], stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True, env={**os.environ, "NODE_PATH": NODE_MODULES})
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait, DEADLINE_S)
        self.addCleanup(self.server.terminate)
        self.url = f"ws://127.0.0.1:{int(self.server.stdout.readline())}"

    def test_lines_there_and_back(self):
        lines = [f"{number} 你好" for number in range(100)]

        result = self.run_wsc("-n", "100", self.url, stdin="\n".join(lines).encode())

        self.check_end(result, 0)
        self.assertEqual(result.stdout.decode().splitlines(), lines)
        self.assertEqual(self.server.stdout.readline(), "none\n")

    def test_compressed_messages(self):
        line = "the same again and again " * 4000

        result = self.run_wsc("--compress", "-n", "2", self.url, stdin=f"{line}\nshort\n".encode())

        self.check_end(result, 0)
        self.assertEqual(result.stdout.decode(), f"{line}\nshort\n")
        self.assertEqual(self.server.stdout.readline(), "permessage-deflate\n")

    def test_refusals_and_closes(self):
        self.check_end(self.run_wsc(self.url + "/refuse"), 22, "refused: 403 Forbidden: no")
        self.check_end(self.run_wsc(self.url + "/close"), 8, "4001 as asked")


if __name__ == "__main__":
    unittest.main()
