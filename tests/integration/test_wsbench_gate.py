"""The guard of wsd's cost: wsbench compares it with the bare server, in turn, on this machine.

What counts is CPU for each round trip as a ratio, which a slow or busy machine does not change
much. The limit is wide for the sake of machines whose processors move about.
"""

import os
import pathlib
import subprocess
import unittest

from support import Wsd, is_sanitized
from wsbench_support import Bench, WsbenchTest
from wsc_support import DEADLINE_S

BENCH = pathlib.Path(os.environ["WSKIT_BUILD_DIR"]) / "tests/bench"
MOST = "target_us=80%"


@unittest.skipIf(is_sanitized(), "sanitizers cost more than what is guarded")
class Gate(WsbenchTest):
    def setUp(self):
        super().setUp()
        self.bare = subprocess.Popen([BENCH / "bare_server", "send"], stdout=subprocess.PIPE,
                                     text=True)
        self.addCleanup(self.bare.stdout.close)
        self.addCleanup(self.bare.wait, DEADLINE_S)
        self.addCleanup(self.bare.kill)
        fields = dict(word.split("=") for word in self.bare.stdout.readline().split())
        self.bare_url = f"ws://127.0.0.1:{fields['port']}/echo"

    def compare(self, environment=None):
        wsd = Wsd("--threads", 1, "--on-message", "echo", "--greeting", "", env=environment).start()
        self.addCleanup(wsd.stop)
        url = f"ws://{wsd.ready['listen'][0]}/dispatchWebsocket?token=u{{{{conn}}}}"
        bench = Bench(["compare", "-c", 50, "-d", "1500ms", "--warmup", "300ms", "--repeat", 3,
                       "-j", "-q", "--accept-invalid", "--pid", self.bare.pid,
                       "--pid", wsd.ready["pid"], "--threshold", "loss:count==0",
                       "--threshold", "errors:count==0", "--max-regression", MOST,
                       self.bare_url, url])
        self.assertIn(bench.code, (0, 98, 99), bench.err)
        comparison = bench.report["comparisons"][0]["comparisons"][0]
        return bench.code, f"{comparison} {bench.report['verdict']}"

    def test_wsd_costs_little_more_than_the_bare_server(self):
        code, why = self.compare()
        self.assertEqual(code, 0, why)

    def test_a_slower_wsd_is_noticed(self):
        code, why = self.compare({"LD_PRELOAD": str(BENCH / "slow_sends.so")})
        self.assertEqual(code, 98, why)


if __name__ == "__main__":
    unittest.main()
