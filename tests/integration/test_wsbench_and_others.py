"""wsbench with software that is not of its own: npm's ws and hdr-histogram-js, wsd, Redis."""

import json
import os
import pathlib
import subprocess
import unittest

import support
from support import Redis, Wsd
from wsbench_support import SOURCE, TOLERANT, Bench, WsbenchTest
from wsc_support import DEADLINE_S, echo

HERE = pathlib.Path(__file__).parent
NODE_MODULES = os.environ.get("WSKIT_NODE_MODULES", str(SOURCE / "build/node/node_modules"))
NODE = {**os.environ, "NODE_PATH": NODE_MODULES}
TEXT = '{"channel":"public:x","text":"{{payload}}"}'


class Ws(WsbenchTest):
    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen(["node", HERE / "ws_server.js"], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, text=True, env=NODE)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait, DEADLINE_S)
        self.addCleanup(self.server.terminate)
        self.url = f"ws://127.0.0.1:{int(self.server.stdout.readline())}"

    def test_echo_and_what_it_costs(self):
        run = self.bench("-c", 10, "-n", 5000, "--verify", "--pid", self.server.pid, self.url)
        self.assertEqual((run["messages"]["received"], run["messages"]["lost"]), (5000, 0))
        self.assertGreater(run["target"]["rss_peak_bytes"], 10_000_000)

    def test_compressed(self):
        run = self.bench("-c", 2, "-n", 200, "--verify", "--compress", "-s", "1K-20K", self.url)
        self.assertEqual((run["messages"]["mismatched"], run["messages"]["lost"]), (0, 0))
        self.assertIn("permessage-deflate", self.server.stdout.readline())


class HdrHistogram(WsbenchTest):
    """A reader of HdrHistogram's format finds the same in a report."""

    def test_percentiles_and_distribution(self):
        file = self.folder / "x.hgrm"
        run = self.bench("-c", 10, "-n", 3000, "--hdr", file, self.serve(echo).url)
        latency = run["latencies"]["rtt"]
        read = json.loads(subprocess.run(["node", HERE / "hdr_reader.cjs"], input=latency["hdr"],
                                         capture_output=True, text=True, check=True, env=NODE,
                                         timeout=DEADLINE_S).stdout)
        self.assertEqual(read["count"], 3000)
        for percent, value in read["percentiles"].items():
            with self.subTest(percent):
                expected = min(value, round(latency["max"] * 1e6))
                self.assertEqual(round(latency["percentiles"][percent] * 1e6), expected)
        self.assertEqual(file.read_text().splitlines(), read["distribution"].splitlines())


class Push(WsbenchTest):
    """What applications push through wsd arrives at every subscriber."""

    def check(self, url, *arguments):
        run = self.bench("fanout", "-c", 20, "-n", 200, "-R", 400, *arguments,
                         url + "/dispatchWebsocket?token=u{{conn}}&channel=public:x")
        messages = run["messages"]
        self.assertEqual((messages["sent"], messages["failed_publishes"]), (200, 0))
        self.assertEqual((messages["expected"], messages["lost"], messages["duplicated"]),
                         (4000, 0, 0))
        self.assertEqual(run["connections"]["failures"], [])
        return run

    def wsd(self, *arguments):
        wsd = Wsd(*arguments).start()
        self.addCleanup(wsd.stop)
        return wsd, f"ws://{wsd.ready['listen'][0]}", f"http://{wsd.ready['api']}/api/v1/publish"

    def test_by_frame(self):
        _, url, _ = self.wsd("--on-message", "publish")
        self.check(url, "--publish-url", "/dispatchWebsocket?token=p&channel=public:x")

    def test_by_http(self):
        _, url, api = self.wsd()
        self.check(url, "--publish-url", api, "--publish", TEXT,
                   "--publish-header", "Content-Type: application/json")

    def test_by_http_refused(self):
        _, url, api = self.wsd()
        run = self.bench("fanout", "-c", 2, "-R", 50, "-n", 20, "--drain", "200ms",
                         "--publish-url", api, "--publish", TEXT, "--publish-header", "X-Y: z",
                         url + "/dispatchWebsocket?token=u{{conn}}&channel=public:x", code=7)
        self.assertEqual(run["messages"]["failed_publishes"], 20)
        self.assertEqual(run["messages"]["lost"], 0)
        self.assertEqual(run["messages"]["publish_failures"][0]["cause"], "refused")

    def test_by_redis(self):
        redis = Redis(tcp=True).start()
        self.addCleanup(redis.stop)
        _, url, _ = self.wsd("--broker", "redis-pubsub", "--redis", redis.url)
        for place in (redis.url, f"redis://127.0.0.1:{redis.port}"):
            with self.subTest(place):
                self.check(url, "--publish-url", place, "--publish",
                           "PUBLISH wskit:public:x {{payload}}")

    def test_by_redis_over_tls(self):
        made = support.certificates()
        redis = Redis(certificates=made).start()
        self.addCleanup(redis.stop)
        place = f"rediss://localhost:{redis.port}"
        _, url, _ = self.wsd("--broker", "redis-pubsub", "--redis", place, "--redis-ca", made.ca)
        self.check(url, "--publish-url", place, "--cacert", made.ca, "--publish",
                   "PUBLISH wskit:public:x {{payload}}")

    def test_by_redis_stream(self):
        redis = Redis().start()
        self.addCleanup(redis.stop)
        _, url, _ = self.wsd("--broker", "redis-stream", "--redis", redis.url)
        run = self.check(url, "--publish-url", redis.url, "--publish",
                         "XADD wskit:log * c public:x d {{payload}} 'not read' {{rand 8}}")
        self.assertEqual(run["messages"]["reordered"], 0)

    def test_redis_that_refuses(self):
        redis = Redis("--requirepass", "right")
        redis.auth = ["-a", "right"]
        redis.start()
        self.addCleanup(redis.stop)
        bench = Bench(["fanout", "-c", 1, "-R", 20, "-n", 5, "-j", "--drain", "100ms", *TOLERANT,
                       "--publish-url", redis.url, self.serve(echo).url])
        self.assertIn("NOAUTH", bench.out)


if __name__ == "__main__":
    unittest.main()
