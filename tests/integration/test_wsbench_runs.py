"""What runs of wsbench do and count where servers, connections or publishers misbehave."""

import asyncio
import contextlib
import http.server
import os
import pathlib
import resource
import socket
import struct
import subprocess
import threading
import unittest

import websockets

from wsbench_support import WsbenchTest
from wsc_support import DEADLINE_S, RawServer, WebSocketServer, answer_upgrade, echo

BARE_SERVER = pathlib.Path(os.environ["WSKIT_BUILD_DIR"]) / "tests/bench/bare_server"


class Hub:
    """What comes on /pub goes to those on /sub, as `deliver(message)` says in a list."""

    def __init__(self, test, deliver=lambda message: [message]):
        self.subscribers = []
        self.deliver = deliver
        self.server = WebSocketServer(self.handle)
        test.addCleanup(self.server.stop)
        self.url = self.server.url + "sub"

    async def handle(self, server, websocket):
        if websocket.path.startswith("/pub"):
            async for message in websocket:
                await self.publish(message)
            return
        self.subscribers.append(websocket)
        try:
            await websocket.wait_closed()
        finally:
            self.subscribers.remove(websocket)

    async def publish(self, message):
        for copy in self.deliver(message):
            for subscriber in list(self.subscribers):
                # Who leaves just now gets nothing; that must not end the publisher.
                with contextlib.suppress(websockets.ConnectionClosed):
                    await subscriber.send(copy)


class BareServerTest(WsbenchTest):
    def bare_server(self):
        process = subprocess.Popen([BARE_SERVER, "send"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait, DEADLINE_S)
        self.addCleanup(process.terminate)
        fields = dict(word.split("=") for word in process.stdout.readline().split())
        return f"ws://127.0.0.1:{fields['port']}/"


class Pipelines(BareServerTest):
    def test_answers_that_several_reads_of_a_turn_bring_are_all_measured(self):
        run = self.bench("-c", 1, "-p", 64, "-s", "16K", "-n", 20000, self.bare_server())
        self.assertEqual(run["latencies"]["rtt"]["count"], 20000)
        self.assertLess(run["latencies"]["rtt"]["max"], DEADLINE_S * 1e3)


class Windows(BareServerTest):
    def test_a_closed_loop_goes_on_for_a_moment(self):
        run = self.bench("-c", 1, "-d", "200ms", self.bare_server())
        # 20 ms; its timer may be early by a millisecond or two.
        self.assertGreater(run["intervals"][-1]["at_s"], 0.215)

    def test_an_open_loop_ends_with_what_is_due(self):
        run = self.bench("-c", 1, "-R", 100, "-d", "200ms", self.bare_server())
        self.assertLessEqual(run["measured_s"], 0.2)
        self.assertLessEqual(run["messages"]["sent"], 20)
        self.assertAlmostEqual(run["intervals"][-1]["at_s"], 0.2, 6)


class BusyPolling(BareServerTest):
    def test_threads_do_not_sleep_and_what_they_poll_in_vain_is_no_work(self):
        url = self.bare_server()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = self.bench("-c", 4, "-t", 2, "-R", "2k", "-n", 2000, "--busy-poll", url)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual((run["messages"]["lost"], run["latencies"]["rtt"]["count"]), (0, 2000))
        # Who sleeps does so about once for each message.
        self.assertLess(after.ru_nvcsw - before.ru_nvcsw, 1000)
        used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        work = sum(thread["cpu"] for thread in run["generator"]["threads"])
        self.assertLess(work * run["measured_s"], used_s / 2)
        shown = sum(each["generator"]["cpu"] * each["length_s"] for each in run["intervals"])
        self.assertLess(shown, used_s / 2)


class Repeating(WsbenchTest):
    def test_each_run_counts_its_own_messages(self):
        report = self.report("fanout", "-c", 4, "-n", 50, "--repeat", 2, "--publish-url", "/pub",
                             Hub(self).url)
        counts = [(run["messages"]["sent"], run["messages"]["expected"], run["messages"]["lost"])
                  for run in report["runs"]]
        self.assertEqual(counts, [(50, 200, 0)] * 2)


class Losing(WsbenchTest):
    def test_a_closed_loop_of_a_fan_out_goes_on_after_a_loss(self):
        count = 0

        def deliver(message):
            nonlocal count
            count += 1
            return [] if count == 5 else [message]

        run = self.bench("fanout", "-c", 3, "-n", 30, "--drain", "500ms", "--publish-url", "/pub",
                         Hub(self, deliver).url)
        self.assertEqual((run["messages"]["sent"], run["messages"]["lost"]), (30, 3))
        self.assertGreaterEqual(run["messages"]["stalls"], 1)

    def test_a_fan_out_goes_on_when_a_subscriber_has_gone(self):
        count = 0
        hub = None

        def deliver(message):
            nonlocal count
            count += 1
            if count == 5:
                hub.subscribers.pop().transport.abort()
            return [message]

        hub = Hub(self, deliver)
        run = self.bench("fanout", "-c", 3, "-n", 200, "--drain", "500ms", "--publish-url", "/pub",
                         hub.url)
        self.assertEqual((run["messages"]["sent"], run["connections"]["ended"]), (200, 1))
        self.assertEqual((run["messages"]["expected"], run["messages"]["lost"]), (600, 196))

    def test_a_closed_loop_of_echoes_goes_on_after_a_loss(self):
        count = 0

        async def lossy(server, websocket):
            nonlocal count
            async for message in websocket:
                count += 1
                if count != 7:
                    await websocket.send(message)

        run = self.bench("-c", 1, "-n", 20, "--drain", "100ms", self.serve(lossy).url)
        messages = run["messages"]
        self.assertEqual((messages["sent"], messages["lost"], messages["gaps"]), (20, 1, 1))
        self.assertEqual(messages["stalls"], 1)

    def test_an_answer_after_that_does_not_let_more_be_under_way(self):
        early = []

        async def slow_at_first(server, websocket):
            first = await websocket.recv()
            second = await websocket.recv()
            await websocket.send(first)
            await websocket.send(second)
            third = await websocket.recv()
            with contextlib.suppress(asyncio.TimeoutError):
                early.append(await asyncio.wait_for(websocket.recv(), 0.3))
            await websocket.send(third)
            await echo(server, websocket)

        run = self.bench("-c", 1, "-n", 20, self.serve(slow_at_first).url)
        self.assertEqual(early, [])
        self.assertEqual((run["messages"]["lost"], run["messages"]["stalls"]), (0, 1))

    def test_a_server_that_closes_when_all_is_done(self):
        async def brief(server, websocket):
            for _ in range(20):
                await websocket.send(await websocket.recv())

        self.assertEqual(self.bench("-c", 1, "-n", 20, self.serve(brief).url)["messages"]["lost"], 0)

    def test_what_comes_is_not_all_and_the_report_says_so(self):
        async def deaf(server, websocket):
            async for message in websocket:
                if message == "b":
                    await websocket.send(message)

        report = self.report("-c", 1, "-R", 200, "-n", 40, "-m", "a", "-m", "b", "--drain",
                             "100ms", self.serve(deaf).url)
        warnings = " ".join(report["verdict"]["warnings"])
        self.assertIn("20 of 40 messages did not come", warnings)
        self.assertIn("taken in their order", warnings)

    def test_nobody_is_left(self):
        async def hang_up(server, websocket):
            await websocket.recv()
            websocket.transport.abort()

        report = self.report("-c", 3, "-d", 1, self.serve(hang_up).url, code=7)
        self.assertIn("no connection was left at the end", report["verdict"]["reasons"])
        self.assertEqual(report["runs"][0]["connections"]["ended"], 3)


class Publishing(WsbenchTest):
    def http_server(self, answer):
        """`answer(body)` is the status of each POST."""

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(answer(body.decode()))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/publish"

    def test_no_publisher_can_connect(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        for way in ("ws", "redis"):
            with self.subTest(way):
                report = self.report("fanout", "-c", 2, "-d", 1, "--publish-url",
                                     f"{way}://127.0.0.1:{port}", Hub(self).url, code=7)
                self.assertIn("no publisher could connect", report["verdict"]["reasons"])
                run = report["runs"][0]
                self.assertEqual(run["connections"]["failures"], [])
                self.assertEqual(run["messages"]["publish_failures"][0]["cause"], "not connected")

    def test_nothing_is_taken(self):
        url = self.http_server(lambda body: 404)
        report = self.report("fanout", "-c", 2, "-R", 100, "-n", 10, "--publish-url", url,
                             Hub(self).url, code=7)
        self.assertIn("the server has taken nothing that was published",
                      report["verdict"]["reasons"])
        messages = report["runs"][0]["messages"]
        self.assertEqual((messages["failed_publishes"], messages["expected"], messages["lost"]),
                         (10, 0, 0))

    def test_what_is_refused_is_not_lost(self):
        hub = Hub(self)
        count = 0

        def answer(body):
            nonlocal count
            count += 1
            if count % 4 == 0:
                return 503
            hub.server.thread.call(hub.publish(body))
            return 200

        run = self.bench("fanout", "-c", 3, "-n", 40, "--publish-url", self.http_server(answer),
                         hub.url)
        messages = run["messages"]
        self.assertEqual((messages["sent"], messages["failed_publishes"]), (40, 10))
        self.assertEqual((messages["expected"], messages["lost"], messages["stalls"]), (90, 0, 0))
        self.assertEqual([(cause["cause"], cause["count"]) for cause in
                          messages["publish_failures"]], [("refused", 10)])

    def test_publish_needs_the_payload(self):
        for url in ("redis://127.0.0.1", "/pub"):
            self.assertIn("{{payload}}", self.error("fanout", "--publish", "PUBLISH x y",
                                                    "--publish-url", url, "ws://127.0.0.1:1"))

    def test_who_does_not_subscribe_is_not_counted(self):
        refused = []

        async def choosy(server, websocket):
            if websocket.path.startswith("/pub"):
                async for message in websocket:
                    for subscriber in server.subscribers:
                        await subscriber.send(message)
                return
            request = await websocket.recv()
            if request == "0":
                refused.append(websocket)
            else:
                server.subscribers.append(websocket)
                await websocket.send("yes")
            await websocket.wait_closed()

        server = self.serve(choosy)
        server.subscribers = []
        run = self.bench("fanout", "-c", 3, "-n", 20, "--subscribe", "{{conn}}", "--subscribe-ack",
                         "yes", "--publish-url", "/pub", server.url)
        self.assertEqual([(cause["cause"], cause["count"]) for cause in
                          run["connections"]["endings"]], [("not subscribed", 1)])
        self.assertEqual((run["messages"]["expected"], run["messages"]["lost"]), (40, 0))

    def test_nobody_subscribes(self):
        report = self.report("fanout", "-c", 2, "-n", 20, "--subscribe", "x", "--subscribe-ack",
                             "yes", "--publish-url", "/pub", Hub(self).url, code=7)
        self.assertIn("nobody could subscribe", report["verdict"]["reasons"])


class Sharing(WsbenchTest):
    """What connections and threads have of the load."""

    def test_a_rate_for_each_connection(self):
        counts = {}

        async def count(server, websocket):
            async for message in websocket:
                counts[websocket] = counts.get(websocket, 0) + 1
                await websocket.send(message)

        self.bench("-c", 3, "-t", 2, "--rate-per-conn", 100, "-n", 150, self.serve(count).url)
        self.assertEqual(sorted(counts.values()), [50, 50, 50])

    def test_a_storm_breaks_the_share_of_all(self):
        run = self.bench("storm", "-c", 10, "-t", 8, "-d", 1, "--drop", "30%",
                         self.serve(echo).url)
        self.assertEqual((run["storm"]["broken"], run["storm"]["back"]), (3, 3))
        self.assertEqual((run["connections"]["opened_at_start"], run["connections"]["opened"]),
                         (10, 13))

    def test_what_is_received_before_it_begins_does_not_count(self):
        async def push(server, websocket):
            for _ in range(100):
                await websocket.send("old")
            while True:
                await websocket.send("news")

        run = self.bench("recv", "-c", 1, "-n", 50, self.serve(push).url)
        self.assertGreaterEqual(run["messages"]["received"], 150)

    def test_what_is_received_counts_wherever_it_comes(self):
        is_first = True

        async def push(server, websocket):
            nonlocal is_first
            if not is_first:
                return await websocket.wait_closed()
            is_first = False
            while True:
                await websocket.send("news")

        run = self.bench("recv", "-c", 2, "-t", 2, "-n", 50, self.serve(push).url)
        self.assertGreaterEqual(run["messages"]["received"], 50)


class Ramps(BareServerTest):
    def test_who_waits_to_be_dialled_leaves_with_the_others(self):
        run = self.bench("-c", 1, "-R", 100, "--connect-rate", 20, "--stage", "200ms:40", "--stage",
                         "100ms:1", "--stage", "200ms:40", "--stage", "100ms:1", "--stage",
                         "1s:1", self.serve(echo).url)
        self.assertEqual(run["intervals"][-1]["connections"], 1)
        self.assertLessEqual(max(point["connections"] for point in run["intervals"]), 40)
        self.assertEqual((run["messages"]["lost"], run["messages"]["gaps"]), (0, 0))

    def test_subscribers_that_come_and_go_miss_nothing(self):
        run = self.bench("fanout", "-c", 2, "-R", 200, "--stage", "400ms:20", "--stage",
                         "400ms:2", "--stage", "400ms:10", "--publish-url", "/pub", Hub(self).url)
        messages = run["messages"]
        self.assertGreater(run["connections"]["opened"], 20)
        self.assertGreater(messages["expected"], messages["sent"] * 2)
        self.assertEqual(messages["publish_failures"], [])
        self.assertEqual((messages["lost"], messages["gaps"], messages["duplicated"]), (0, 0, 0))

    def test_a_closed_loop_does_not_wait_for_subscribers_that_have_left(self):
        for threads in (1, 2):
            run = self.bench("fanout", "-c", 30, "-p", 1, "-t", threads, "--stage", "500ms:4",
                             "--stage", "500ms:30", "--stage", "500ms:4", "--publish-url", "/pub",
                             self.bare_server() + "sub")
            self.assertEqual((run["messages"]["stalls"], run["messages"]["lost"]), (0, 0))


class Lives(WsbenchTest):
    def test_pongs_that_take_longer_than_the_interval(self):
        """Each Ping is answered when two more have come."""

        def late(server, connection):
            answer_upgrade(connection)
            pings = []
            while (head := connection.recv(2, socket.MSG_WAITALL)) and head[0] == 0x89:
                length = head[1] & 0x7F
                mask, *_ = struct.unpack("4s", connection.recv(4, socket.MSG_WAITALL))
                payload = connection.recv(length, socket.MSG_WAITALL)
                pings.append(bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))
                if len(pings) > 2:
                    connection.sendall(bytes([0x8A, length]) + pings.pop(0))

        server = RawServer(late)
        self.addCleanup(server.stop)
        run = self.bench("idle", "-c", 2, "-d", 2, "--ping-interval", "200ms", "--ping-timeout",
                         "1500ms", "--drain", 0, server.url)
        self.assertEqual(run["connections"]["ended"], 0)
        self.assertEqual(run["messages"]["lost"], 4)
        self.assertEqual(run["messages"]["received"], run["messages"]["sent"] - 4)
        self.assertEqual(run["latencies"]["rtt"]["count"], run["messages"]["received"])

    def test_connections_that_others_end_do_not_shorten_the_next(self):
        async def brief(server, websocket):
            await websocket.close()

        report = self.report("churn", "-c", 4, "-d", 1, "--lifetime", "300ms",
                             self.serve(brief).url)
        connections = report["runs"][0]["connections"]
        # Not one lives so long that it would be ours to end.
        self.assertGreaterEqual(connections["ended"], connections["opened"] - 4)
        self.assertLessEqual(report["metrics"]["conns.value"]["max"], 4)


if __name__ == "__main__":
    unittest.main()
