"""wsbench against servers that answer in known ways: what it counts, and how it ends."""

import contextlib
import csv
import http
import json
import pathlib
import re
import signal
import socket
import subprocess
import unittest
import urllib.request
import xml.etree.ElementTree

import jsonschema

from support import certificates, parse_metrics
from wsbench_support import SOURCE, TOLERANT, Bench, WsbenchTest
from wsc_support import (DEADLINE_S, RawServer, answer_upgrade, echo, refuse_with, server_tls,
                         wait_until)


def has_ipv6_loopback():
    with contextlib.suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


async def greeting_echo(server, websocket):
    await websocket.send("welcome")
    await echo(server, websocket)


async def noting_open(server, websocket):
    server.seen.put("open")
    await echo(server, websocket)


class Echo(WsbenchTest):
    def test_every_message_is_counted(self):
        run = self.bench("-c", 5, "-n", 500, self.serve(greeting_echo).url)
        self.assertEqual(run["connections"]["opened"], 5)
        messages = run["messages"]
        self.assertEqual((messages["sent"], messages["received"], messages["other"]), (500, 505, 5))
        self.assertEqual((messages["lost"], messages["duplicated"], messages["reordered"]), (0, 0, 0))
        self.assertEqual(messages["sent_bytes"], 500 * 64)
        self.assertEqual(run["latencies"]["rtt"]["count"], 500)
        self.assertEqual(run["latencies"]["handshake"]["count"], 5)
        self.assertNotIn("rtt_uncorrected", run["latencies"])

    def test_an_open_loop_sends_on_schedule(self):
        run = self.bench("-c", 4, "-R", "2k", "-n", 600, self.serve(echo).url)
        self.assertEqual(run["messages"]["sent"], 600)
        self.assertEqual(run["latencies"]["rtt"]["count"], 600)
        self.assertEqual(run["latencies"]["rtt_uncorrected"]["count"], 600)
        # The last message is due 599 / 2000 s after the first.
        self.assertGreaterEqual(run["measured_s"], 0.29)

    def test_what_a_server_loses_doubles_and_changes(self):
        async def faulty(_, websocket):
            number = 0
            async for message in websocket:
                number += 1
                if number % 7 == 0:
                    continue
                if number % 11 == 0:
                    message = message[:-1] + ("x" if message[-1] != "x" else "y")
                await websocket.send(message)
                if number % 5 == 0:
                    await websocket.send(message)

        run = self.bench("-c", 1, "-R", 1000, "-n", 770, "--verify", "--drain", "500ms",
                         self.serve(faulty).url)
        numbers = range(1, 771)
        answered = [n for n in numbers if n % 7]
        messages = run["messages"]
        self.assertEqual(messages["lost"], 110)
        self.assertEqual(messages["gaps"], 110)
        self.assertEqual(messages["duplicated"], sum(n % 5 == 0 for n in answered))
        self.assertEqual(messages["mismatched"], sum(n % 11 == 0 for n in answered))
        self.assertEqual(messages["reordered"], 0)

    def test_a_server_that_answers_something_else(self):
        async def heartbeat(_, websocket):
            async for _ in websocket:
                await websocket.send("alive")

        server = self.serve(heartbeat)
        text = self.text("-c", 1, "-R", 200, "-n", 10, "--drain", "100ms", server.url)
        self.assertIn("10 lost", text)
        self.assertIn("not with what was sent", text)
        run = self.bench("-c", 1, "-n", 10, "-m", "ping", server.url)
        self.assertEqual((run["latencies"]["rtt"]["count"], run["messages"]["lost"]), (10, 0))

    def test_what_comes_late_is_told(self):
        async def swapping(_, websocket):
            held = None
            async for message in websocket:
                if held is None:
                    held = message
                else:
                    await websocket.send(message)
                    await websocket.send(held)
                    held = None

        run = self.bench("-c", 1, "-R", 1000, "-n", 400, self.serve(swapping).url)
        self.assertEqual(run["messages"]["reordered"], 200)
        self.assertEqual(run["messages"]["lost"], 0)

    def test_messages_of_ones_own_are_known_by_their_order(self):
        seen = self.serve(greeting_echo)
        for options in (["-m", "ping"], ["-m", "a", "-m", "b"], ["-s", "5"],
                        ["-m", "{{seq}} {{conn}} {{rand 8}} {{uuid}} {{now}}", "--template"]):
            with self.subTest(options):
                run = self.bench("-c", 2, "-n", 50, "--verify", *options, seen.url)
                messages = run["messages"]
                self.assertEqual((messages["lost"], messages["mismatched"], messages["other"]),
                                 (0, 0, 2))
                self.assertEqual(run["latencies"]["rtt"]["count"], 50)

    def test_sizes_files_and_binary(self):
        sizes = []

        async def noting(_, websocket):
            async for message in websocket:
                sizes.append((type(message), len(message)))
                await websocket.send(message)

        server = self.serve(noting)
        self.bench("-c", 1, "-n", 200, "-s", "100-109", "-b", "--verify", server.url)
        self.assertEqual({kind for kind, _ in sizes}, {bytes})
        self.assertEqual({size for _, size in sizes}, set(range(100, 110)))
        sizes.clear()
        file = self.folder / "message"
        file.write_text("from a file\n")
        self.bench("-c", 1, "-n", 3, "-f", file, server.url)
        self.assertEqual(sizes, [(str, 12)] * 3)

    def test_first_message_and_pipeline(self):
        first = []

        async def after_login(_, websocket):
            first.append(await websocket.recv())
            held = []
            async for message in websocket:
                held.append(message)
                if len(held) == 8:
                    for each in held:
                        await websocket.send(each)
                    held.clear()

        run = self.bench("-c", 2, "-p", 8, "-n", 160, "--first-message", "login",
                         self.serve(after_login).url)
        self.assertEqual(first, ["login", "login"])
        self.assertEqual(run["messages"]["lost"], 0)

    def test_warm_up_is_not_measured(self):
        run = self.bench("-c", 1, "-R", 200, "--warmup", "500ms", "-d", "500ms",
                         self.serve(echo).url)
        self.assertEqual(run["messages"]["sent"], 200)
        self.assertEqual(run["latencies"]["rtt"]["count"], 100)

    def test_stages_of_connections_and_of_the_rate(self):
        run = self.bench("-c", 2, "-R", 100, "--stage", "500ms:300/s", "--stage", "500ms:300/s",
                         self.serve(echo).url)
        # The area below the rate: 100 to 300 in half a second, then 300 for another.
        self.assertAlmostEqual(run["messages"]["sent"], 250, delta=2)
        run = self.bench("-c", 2, "--stage", "300ms:20", "--stage", "300ms:20",
                         self.serve(echo).url)
        self.assertEqual(run["connections"]["opened"], 20)


class OneWay(WsbenchTest):
    def test_send(self):
        received = []

        async def sink(_, websocket):
            async for message in websocket:
                received.append(len(message))

        run = self.bench("send", "-c", 3, "-n", 3000, self.serve(sink).url)
        self.assertEqual(run["messages"]["sent"], 3000)
        self.assertEqual(received, [64] * 3000)

    def test_recv(self):
        async def source(_, websocket):
            while True:
                await websocket.send("x" * 100)

        run = self.bench("recv", "-c", 2, "-n", 1000, self.serve(source).url)
        self.assertGreaterEqual(run["messages"]["received"], 1000)
        self.assertEqual(run["messages"]["sent"], 0)


class Fanout(WsbenchTest):
    def hub(self, deliver):
        """What comes on /pub goes to those on /sub, as `deliver(number, message, hub)` says."""
        subscribers = set()

        async def handle(server, websocket):
            if websocket.path.startswith("/pub"):
                async for message in websocket:
                    for copy in deliver(message):
                        for subscriber in subscribers:
                            await subscriber.send(copy)
            else:
                subscribers.add(websocket)
                try:
                    async for message in websocket:
                        server.seen.put(message)
                        await websocket.send("subscribed")
                finally:
                    subscribers.discard(websocket)

        return self.serve(handle)

    def test_everything_arrives(self):
        server = self.hub(lambda message: [message])
        run = self.bench("fanout", "-c", 8, "-R", 200, "-n", 100, "--publish-url", "/pub",
                         server.url + "sub")
        messages = run["messages"]
        self.assertEqual((messages["sent"], messages["expected"], messages["lost"]), (100, 800, 0))
        self.assertEqual(run["latencies"]["delivery"]["count"], 800)
        self.assertEqual(run["latencies"]["skew"]["count"], 100)

    def test_loss_duplicates_and_order_are_exact(self):
        """Of ten messages one is lost, one comes twice, and two change places."""
        held = []
        count = 0

        def deliver(message):
            nonlocal count
            place = count % 10
            count += 1
            if place == 2:
                return []
            if place == 4:
                return [message, message]
            if place == 6:
                held.append(message)
                return []
            if place == 7:
                return [message, held.pop()]
            return [message]

        run = self.bench("fanout", "-c", 5, "-R", 500, "-n", 300, "--drain", "500ms",
                         "--publish-url", "/pub", self.hub(deliver).url + "sub")
        messages = run["messages"]
        self.assertEqual(messages["sent"], 300)
        self.assertEqual(messages["lost"], 30 * 5)
        self.assertEqual(messages["gaps"], 30 * 5)
        self.assertEqual(messages["duplicated"], 30 * 5)
        self.assertEqual(messages["reordered"], 30 * 5)
        self.assertEqual(run["latencies"]["delivery"]["count"], 29 * 10 * 5 - 20 * 5)

    def test_subscribing_by_a_message_and_publishing_in_an_envelope(self):
        def deliver(message):
            envelope = json.loads(message)
            self.assertEqual(envelope["op"], "publish")
            return [json.dumps({"data": envelope["data"], "n": envelope["n"]})]

        server = self.hub(deliver)
        run = self.bench("fanout", "--subscribers", 4, "--publishers", 3, "-p", 2, "-n", 60,
                         "--subscribe", '{"sub":{{conn}}}', "--subscribe-ack", "subscribed",
                         "--publish", '{"op":"publish","n":{{seq}},"data":"{{payload}}"}',
                         "--publish-url", "/pub", server.url + "sub")
        self.assertEqual(sorted(server.see() for _ in range(4)),
                         [f'{{"sub":{i}}}' for i in range(4)])
        self.assertEqual(run["messages"]["expected"], 240)
        self.assertEqual(run["messages"]["lost"], 0)


class Scenarios(WsbenchTest):
    def test_idle_pings(self):
        run = self.bench("idle", "-c", 10, "-d", 1, "--ping-interval", "200ms",
                         self.serve(echo).url)
        self.assertGreaterEqual(run["latencies"]["rtt"]["count"], 40)
        self.assertEqual(run["messages"]["lost"], 0)
        self.assertEqual(run["connections"]["ended"], 0)

    def test_a_server_that_owes_pongs(self):
        def swallow(server, connection):
            answer_upgrade(connection)
            while connection.recv(4096):
                pass

        server = RawServer(swallow)
        self.addCleanup(server.stop)
        run = self.bench("idle", "-c", 3, "-d", 2, "--ping-interval", "500ms", "--ping-timeout",
                         "200ms", server.url, code=7)
        self.assertEqual((run["connections"]["opened"], run["connections"]["ended"]), (3, 3))
        self.assertEqual([(cause["cause"], cause["count"]) for cause in
                          run["connections"]["endings"]], [("no Pong", 3)])
        self.assertEqual(run["messages"]["lost"], run["messages"]["sent"])

    def test_text_is_checked_by_who_verifies_it(self):
        def mumble(server, connection):
            answer_upgrade(connection)
            while connection.recv(4096):
                connection.sendall(b"\x81\x02\xc3\x28")

        server = RawServer(mumble)
        self.addCleanup(server.stop)
        run = self.bench("echo", "-c", 1, "-R", 20, "-d", 1, "--drain", "100ms", server.url)
        self.assertGreater(run["messages"]["other"], 0)
        self.assertEqual(run["connections"]["ended"], 0)
        run = self.bench("echo", "-c", 1, "-R", 20, "-d", 1, "--drain", "100ms", "--verify",
                         server.url, code=7)
        [ending] = run["connections"]["endings"]
        self.assertEqual((ending["cause"], ending["example"]),
                         ("1006", "protocol error: text is not UTF-8"))

    def test_churn_opens_again_and_again(self):
        run = self.bench("churn", "-c", 5, "-d", 1, "--lifetime", "50ms", self.serve(echo).url)
        self.assertGreater(run["connections"]["opened"], 20)
        self.assertEqual(run["connections"]["ended"], 0)
        self.assertEqual(run["latencies"]["handshake"]["count"], run["connections"]["opened"])

    def test_storm_comes_back(self):
        run = self.bench("storm", "-c", 20, "-d", 1, "--drop", "50%", self.serve(echo).url)
        self.assertEqual((run["storm"]["broken"], run["storm"]["back"]), (10, 10))
        self.assertGreater(run["storm"]["back_99"], 0)
        self.assertEqual(run["connections"]["opened"], 30)

    def test_a_storm_whose_server_refuses_at_first(self):
        refusals = 5
        opened = 0

        async def refuse_some(path, headers):
            nonlocal refusals, opened
            opened += 1
            if opened > 10 and refusals > 0:
                refusals -= 1
                return http.HTTPStatus.SERVICE_UNAVAILABLE, [], b"later"
            return None

        server = self.serve(echo, process_request=refuse_some)
        run = self.bench("storm", "-c", 10, "-d", 1, "--drop", "100%", server.url)
        self.assertEqual(run["storm"]["back"], 10)
        self.assertEqual([(f["cause"], f["count"]) for f in run["connections"]["failures"]],
                         [("HTTP 503", 5)])


class Connecting(WsbenchTest):
    def test_nobody_listens(self):
        server = self.serve(echo)
        server.stop()
        run = self.bench("-c", 3, server.url, code=7)
        failure = run["connections"]["failures"][0]
        self.assertEqual((failure["cause"], failure["count"]), ("not connected", 3))
        self.assertIn("connection refused", failure["example"])

    def test_refused(self):
        server = RawServer(refuse_with("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"))
        self.addCleanup(server.stop)
        text = self.text("-c", 2, "-d", 1, server.url, code=7)
        self.assertIn("2 × HTTP 403", text)

    def test_some_end(self):
        async def short(_, websocket):
            if websocket.path == "/1":
                return await websocket.close(4001, "enough")
            await echo(_, websocket)

        run = self.bench("-c", 3, "-n", 30, self.serve(short).url + "{{conn}}")
        self.assertEqual(run["connections"]["ended"], 1)
        self.assertEqual(run["connections"]["endings"],
                         [{"cause": "4001", "count": 1, "example": "enough"}])

    def test_each_connection_has_its_path(self):
        paths = set()

        async def note(server, websocket):
            paths.add(websocket.path)
            await echo(server, websocket)

        self.bench("-c", 4, "-n", 4, self.serve(note).url + "ws?token=user-{{conn}}")
        self.assertEqual(paths, {f"/ws?token=user-{i}" for i in range(4)})

    def test_tls_headers_and_subprotocol(self):
        seen = []

        async def note(server, websocket):
            seen.append((websocket.request_headers.get("X-One"), websocket.subprotocol,
                         websocket.request_headers.get("Authorization")))
            await echo(server, websocket)

        files = certificates()
        server = self.serve(note, ssl=server_tls(files.certificate, files.key),
                            subprotocols=["chat"])
        url = server.url.replace("ws://127.0.0.1", "wss://localhost")
        self.bench("-c", 2, "-n", 10, "--cacert", files.ca, "-H", "X-One: 1", "--subprotocol",
                   "chat", url, environment={"WSBENCH_TOKEN": "t"})
        self.assertEqual(seen, [("1", "chat", "Bearer t")] * 2)
        failure = self.bench("-c", 1, url, code=7)["connections"]["failures"][0]
        self.assertEqual(failure["cause"], "certificate")

    def test_unix_socket_and_compression(self):
        offered = []

        async def note(server, websocket):
            offered.append([e.name for e in websocket.extensions])
            await echo(server, websocket)

        path = str(self.folder / "socket")
        self.serve(note, unix_path=path)
        run = self.bench("-c", 2, "-n", 20, "--verify", "--compress", "-s", 500,
                         f"ws+unix:{path}:/x")
        self.assertEqual(offered, [["permessage-deflate"]] * 2)
        self.assertEqual(run["messages"]["mismatched"], 0)

    def test_proxy_variables_do_not_count(self):
        nowhere = {"http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"}
        self.bench("-c", 1, "-n", 1, self.serve(echo).url, environment=nowhere)

    @unittest.skipUnless(has_ipv6_loopback(), "no ::1 here")
    def test_an_ipv6_address(self):
        run = self.bench("-c", 2, "-n", 10, self.serve(echo, host="::1").url)
        self.assertEqual((run["connections"]["opened"], run["messages"]["received"]), (2, 10))

    def test_local_addresses(self):
        peers = set()

        async def note(server, websocket):
            peers.add(websocket.remote_address[0])
            await echo(server, websocket)

        self.bench("-c", 6, "-n", 6, "-l", "127.0.0.5-6,127.0.0.9", self.serve(note).url)
        self.assertEqual(peers, {"127.0.0.5", "127.0.0.6", "127.0.0.9"})

    def test_too_many_connections_for_this_machine(self):
        error = self.error("-c", "3m", "-l", "127.0.0.0/24", self.serve(echo).url)
        self.assertIn("fs.nr_open", error)
        self.assertIn("sysctl -w fs.nr_open=3000064", error)


class Usage(WsbenchTest):
    def test_what_is_wrong_is_named(self):
        for arguments, said in (
                ([], "a URL is needed"),
                (["ws://h", "ws://i"], "one URL is enough"),
                (["ech", "ws://h"], "'ech' is no mode; did you mean echo? Modes are echo, send"),
                (["search", "fan", "ws://h"], "did you mean fanout?"),
                (["--dura", "5", "ws://h"], "did you mean --duration?"),
                (["ftp://h"], "'ftp' is no scheme of a URL here: there are ws, wss"),
                (["-c", "0", "ws://h"], "--connections: '0' is no number above 0"),
                (["-t", "0", "ws://h"], "--threads: '0'"),
                (["-p", "0", "ws://h"], "--pipeline: '0'"),
                (["-R", "0", "ws://h"], "--rate: '0'"),
                (["--repeat", "0", "ws://h"], "--repeat: '0'"),
                (["-d", "5x", "ws://h"], "--duration: '5x' is not a duration"),
                (["--stage", "x:5", "ws://h"], "--stage: 'x' is not a duration"),
                (["churn", "--stage", "1s:5", "ws://h"], "--stage is for echo, send, recv"),
                (["-n", "5", "--warmup", "1", "ws://h"], "--messages and --warmup exclude"),
                (["--max-regression", "rate=5%", "ws://h"], "needs a --baseline"),
                (["--abort-on-fail", "ws://h"], "--abort-on-fail needs --threshold"),
                (["fanout", "--subscribe-ack", "x", "ws://h"], "--subscribe-ack needs --subscribe"),
                (["fanout", "--subscribers", "5", "-c", "7", "ws://h"],
                 "--connections and --subscribers exclude each other"),
                (["-n", "5", "-d", "7", "ws://h"], "--duration and --messages exclude each other"),
                (["--pid", "1", "--unit", "x", "ws://h"], "--pid and --unit exclude each other"),
                (["storm", "--at", "2s", "-d", "2s", "ws://h"], "--at must be before the end"),
                (["idle", "--ping-interval", "0", "--ping-timeout", "1", "ws://h"],
                 "--ping-timeout needs Pings"),
                (["fanout", "--publish-url", "redis://h", "--publish-header", "A: B", "ws://h"],
                 "--publish-header is not for Redis"),
                (["--rate-per-conn", "5", "--stage", "5s:10/s", "ws://h"], "--rate-per-conn"),
                (["search", "--slo", "rtt:avg<1s", "--threshold", "rtt:avg<1s", "ws://h"],
                 "--threshold is not for search"),
                (["search", "--slo", "rtt:avg<1s", "--repeat", "2", "ws://h"],
                 "--repeat is not for search"),
                (["search", "--slo", "rtt:avg<1s", "--baseline", "x", "ws://h"],
                 "--baseline is not for search"),
                (["search", "idle", "--slo", "rtt:avg<1s", "ws://h"],
                 "idle has no rate to search for"),
                (["compare", "--unit", "x", "ws://h", "ws://i"], "--unit is not for compare"),
                (["compare", "--pid", "1", "--pid", "1", "--pid", "1", "ws://h", "ws://i"],
                 "more --pid than URLs"),
                (["merge", "-c", "5", "x"], "--connections is not for merge"),
                (["merge", "-o", "prometheus=:0", "x"], "--out prometheus is not for merge"),
                (["-j", "-o", "csv=-", "ws://h"], "only one report can go to standard output"),
                (["-c", "ten", "ws://h"], "'ten' is no number above 0"),
                (["--connetions", "1", "ws://h"], "--connections"),
                (["--vus", "10", "ws://h"], "unknown option --vus: use --connections"),
                (["-d", "soon", "ws://h"], "'soon' is not a duration"),
                (["-R", "5", "-p", "2", "ws://h"], "--pipeline is for runs without a rate"),
                (["recv", "-R", "5", "ws://h"],
                 "--rate is for echo, send, fanout, not for recv"),
                (["--drop", "10%", "ws://h"], "--drop is for storm, not for echo"),
                (["--slo", "rtt:p(99)<1ms", "ws://h"], "--slo is for search"),
                (["--stage", "5s", "ws://h"], "'5s' is no stage"),
                (["--template", "ws://h"], "--template needs a --message"),
                (["-m", "{{nope}}", "--template", "ws://h"], "{{nope}}"),
                (["-f", "/nowhere", "ws://h"], "/nowhere"),
                (["-o", "xml=x", "ws://h"], "'xml=x'"),
                (["fanout", "-s", "10", "ws://h"], "--size 44 at least"),
                (["--pid", "0", "ws://h"], "'0' is no process id"),
                (["--pid", "4194303", "ws://127.0.0.1"], "4194303"),
                (["ws://127.0.0.1:x/"], "URL"),
                (["-l", "127.0.0.300", "ws://127.0.0.1"], "127.0.0.300"),
                (["--threshold", "rtr:p(99)<1ms", "ws://127.0.0.1"], "rtr"),
                (["--baseline", "/nowhere", "ws://127.0.0.1"], "/nowhere"),
                (["compare", "ws://127.0.0.1"], "two URLs"),
                (["search", "ws://127.0.0.1"], "--slo"),
                (["merge"], "JSON reports")):
            with self.subTest(arguments):
                error = self.error(*arguments)
                self.assertIn(said, error)
                self.assertRegex(error, r"^wsbench: [^\n]*\n$")

    def test_a_url_with_a_password_is_in_no_error(self):
        self.assertNotIn("hush", self.error("ws://joe:hush@h", "ws://h"))

    def test_a_query_may_have_any_scheme(self):
        address = self.serve(echo).url.removeprefix("ws://")
        self.bench("-c", 1, "-n", 1, address + "?next=ftp://h")

    def test_threads_are_for_the_connections_of_all_stages(self):
        report = Bench(["-c", 1, "-t", 2, "--stage", "100ms:4", "-j", *TOLERANT,
                        self.serve(echo).url]).report
        self.assertEqual(report["options"]["threads"], 2)
        self.assertEqual(len(report["runs"][0]["generator"]["threads"]), 2)

    def test_the_rate_of_each_connection_follows_the_stages(self):
        run = self.bench("-c", 2, "--rate-per-conn", 100, "--stage", "500ms:6", "--stage", "500ms:6",
                         self.serve(echo).url)
        # From 2 to 6 connections, then with 6.
        self.assertAlmostEqual(run["messages"]["sent"], 500, delta=15)

    def test_secrets_are_not_listed(self):
        server = self.serve(noting_open)
        process = self.start("-c", 1, "-d", 30, "-q", "-H", "X-Key: hush", "--bearer", "hush",
                             "--first-message", "hush", server.url + "?token=hush")
        server.see()
        arguments = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
        self.assertNotIn(b"hush", arguments)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE_S)
        self.assertNotIn(b"hush", out + err)


class Ending(WsbenchTest):
    """An interrupted run reports what it has."""

    def check_signal(self, number, code):
        server = self.serve(noting_open)
        process = self.start("-c", 2, "-R", 100, "-d", 60, "-j", *TOLERANT, server.url)
        server.see()
        server.see()
        process.send_signal(number)
        out, err = process.communicate(timeout=DEADLINE_S)
        self.assertEqual(process.returncode, code, err)
        report = json.loads(out)
        self.assertEqual(report["verdict"]["status"], "interrupted")
        self.assertEqual(report["verdict"]["exit_code"], code)
        self.assertEqual(report["runs"][0]["connections"]["opened"], 2)

    def test_sigint(self):
        self.check_signal(signal.SIGINT, 130)

    def test_sigterm(self):
        self.check_signal(signal.SIGTERM, 143)


class Checks(WsbenchTest):
    def check(self, code, *arguments):
        bench = Bench(["-c", 2, "-n", 50, "-j", *TOLERANT, *arguments])
        self.assertEqual(bench.code, code, bench.err + bench.out[-3000:])
        return bench.report

    def test_thresholds(self):
        url = self.serve(echo).url
        report = self.check(0, "--threshold", "rtt:p(99)<1m", "--threshold", "loss:rate==0",
                            "--threshold", "errors:count<1", url)
        self.assertEqual([t["ok"] for t in report["thresholds"]], [True] * 3)
        self.assertEqual(report["verdict"]["status"], "passed")
        report = self.check(99, "--threshold", "rtt:p(99)<1m", "--threshold", "rtt:min<1ns", url)
        self.assertEqual([t["ok"] for t in report["thresholds"]], [True, False])
        self.assertEqual(report["verdict"]["status"], "failed")
        self.assertIn("rtt:min<1ns", report["verdict"]["reasons"][0])

    def test_a_threshold_on_what_was_not_measured_is_not_met(self):
        self.check(99, "--threshold", "target_cpu:value<100", self.serve(echo).url)

    def test_baseline(self):
        url = self.serve(echo).url
        base = self.folder / "base.json"
        self.check(0, "-o", f"json={base}", url)
        report = self.check(0, "--baseline", base, "--max-regression", "rtt.p50=10000%,rate=99.9%",
                            url)
        self.assertEqual([c["ok"] for c in report["baseline"]["comparisons"]], [True, True])
        faster = json.loads(base.read_text())
        faster["metrics"]["rtt.p50"].update(median=1e-6, min=1e-6, max=1e-6)
        base.write_text(json.dumps(faster))
        report = self.check(98, "--baseline", base, "--max-regression", "rtt.p50=10%", url)
        self.assertEqual(report["verdict"]["status"], "regressed")

    def test_repeat_gives_median_and_spread(self):
        report = self.check(0, "--repeat", 3, self.serve(echo).url)
        self.assertEqual(len(report["runs"]), 3)
        metric = report["metrics"]["rtt.p50"]
        medians = sorted(run["latencies"]["rtt"]["percentiles"]["50"] for run in report["runs"])
        self.assertAlmostEqual(metric["median"], medians[1])
        self.assertEqual((metric["min"], metric["max"]), (medians[0], medians[2]))

    def test_the_target_is_measured(self):
        script = "import time\nwhile True: time.process_time()"
        busy = subprocess.Popen(["/usr/bin/python3", "-c", script])
        self.addCleanup(busy.wait)
        self.addCleanup(busy.kill)
        bench = Bench(["-c", 1, "-R", 50, "-d", 1, "-j", *TOLERANT, "--pid", busy.pid,
                       "--threshold", "target_cpu:value>0.01", "--threshold", "target_rss:max>1M",
                       self.serve(echo).url])
        self.assertEqual(bench.code, 0, bench.err + bench.out[-2000:])
        self.assertGreater(bench.run["target"]["cpu_us_per_operation"], 0)
        self.assertGreater(bench.run["intervals"][0]["target"]["rss_bytes"], 1_000_000)

    def test_a_generator_that_is_starved_says_so(self):
        bench = Bench(["-c", 4, "-t", 1, "-R", "3m", "-d", 1, "-j", "-q", self.serve(echo).url])
        self.assertEqual(bench.code, 97, bench.err + bench.out[-2000:])
        self.assertEqual(bench.report["verdict"]["status"], "invalid")


class Modes(WsbenchTest):
    def test_search(self):
        bench = Bench(["search", "--search", "conns", "-c", 2, "-R", 50, "-d", "300ms", "-j",
                       *TOLERANT, "--slo", "conns:value<7", self.serve(echo).url])
        self.assertEqual(bench.code, 0, bench.err + bench.out[-2000:])
        self.assertEqual(bench.report["search"]["best"], 6)
        self.assertEqual(bench.run["connections"]["opened"], 6)

    def test_a_search_in_which_nothing_holds(self):
        bench = Bench(["search", "-R", 10, "-d", "300ms", "-c", 1, "-j", *TOLERANT,
                       "--slo", "rtt:min<1ns", self.serve(echo).url])
        self.assertEqual(bench.code, 99, bench.err)
        self.assertEqual(bench.report["search"]["best"], 0)

    def test_compare(self):
        first, second = self.serve(echo), self.serve(echo)
        bench = Bench(["compare", "-c", 2, "-n", 50, "--repeat", 2, "-j", *TOLERANT,
                       "--max-regression", "rtt.p50=100000%", first.url, second.url])
        self.assertEqual(bench.code, 0, bench.err + bench.out[-2000:])
        report = bench.report
        self.assertEqual([run["target_number"] for run in report["runs"]], [1, 2, 2, 1])
        self.assertEqual(report["comparisons"][0]["comparisons"][0]["metric"], "rtt.p50")

    def test_merge(self):
        url = self.serve(echo).url
        files = []
        for count in (30, 70):
            files.append(self.folder / f"{count}.json")
            self.text("-c", 1, "-n", count, "-o", f"json={files[-1]}", url)
        merged = Bench(["merge", *files, "-j"])
        self.assertEqual(merged.code, 0, merged.err)
        run = merged.run
        self.assertEqual(run["messages"]["sent"], 100)
        self.assertEqual(run["latencies"]["rtt"]["count"], 100)
        highest = max(json.loads(file.read_text())["runs"][0]["latencies"]["rtt"]["max"]
                      for file in files)
        self.assertAlmostEqual(run["latencies"]["rtt"]["max"], highest, delta=highest / 1000)

    def test_merging_what_is_no_report(self):
        file = self.folder / "x.json"
        for text in ("", "{}", "[]", '{"wsbench":"1","format":1,"runs":[{}],"scenario":"echo"}',
                     '{"wsbench":"1","format":1,"runs":[],"scenario":"dance"}'):
            file.write_text(text)
            self.assertIn("x.json", self.error("merge", file))

    def test_merging_what_cannot_be(self):
        report = Bench(["-c", 1, "-n", 1, "-j", *TOLERANT, self.serve(echo).url]).report
        file = self.folder / "x.json"
        for path, value in ((("messages", "sent"), -1), (("messages", "sent"), 1.5),
                            (("messages", "sent"), 2**63), (("measured_s",), -1),
                            (("measured_s",), 1e300), (("rates", "sent"), -1)):
            changed = json.loads(json.dumps(report))
            place = changed["runs"][0]
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] = value
            file.write_text(json.dumps(changed))
            with self.subTest(path=path, value=value):
                error = self.error("merge", file)
                self.assertIn("x.json", error)
                self.assertIn(f"'{path[-1]}'", error)


class Outputs(WsbenchTest):
    def test_prometheus(self):
        process = self.start("-c", 3, "-R", 100, "-d", 60, "--interval", "100ms", "--no-tui",
                             "-o", "prometheus=127.0.0.1:0", self.serve(echo).url)
        line = process.stderr.readline().decode()
        address = re.search("http://[0-9.:]+/metrics", line).group()

        def answer():
            with urllib.request.urlopen(address, timeout=DEADLINE_S) as response:
                return response.read().decode()

        wait_until(lambda: "wsbench_connections 3\n" in answer(), "metrics")
        metrics = parse_metrics(answer())
        self.assertGreater(metrics["wsbench_messages_sent_total", ()], 0)
        self.assertIn(("wsbench_rtt_seconds_bucket", (("le", "+Inf"),)), metrics)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE_S)

    def test_a_line_for_each_interval(self):
        bench = Bench(["-c", 1, "-R", 50, "-d", 1, "--interval", "250ms", "--accept-invalid",
                       self.serve(echo).url])
        lines = bench.err.splitlines()
        self.assertGreaterEqual(len(lines), 3)
        for line in lines:
            self.assertRegex(line, r"^ *[0-9.]+s 1 connections, .*/s sent, .*p99")

    def test_lines_without_latencies_name_none(self):
        async def sink(_, websocket):
            async for _ in websocket:
                pass

        bench = Bench(["send", "-c", 1, "-R", 50, "-d", 1, "--interval", "250ms",
                       "--accept-invalid", self.serve(sink).url])
        self.assertIn("/s received\n", bench.err)
        self.assertNotIn("rtt", bench.err)

    def test_every_format(self):
        files = {name: self.folder / f"report.{name}"
                 for name in ("json", "csv", "junit", "html", "md", "hgrm")}
        hostile = "</script><img src=x onerror=alert(1)>|&\x01"

        async def rude(server, websocket):
            if websocket.path == "/1":
                return await websocket.close(4001, hostile)
            await echo(server, websocket)

        self.text("-c", 2, "-R", 100, "-n", 20, "--threshold", "rtt:max<1m", "--repeat", 2,
                  *(word for name, file in files.items() for word in ("-o", f"{name}={file}")),
                  self.serve(rude).url + "{{conn}}")
        report = json.loads(files["json"].read_text())
        schema = json.loads((SOURCE / "docs/wsbench-report.schema.json").read_text())
        jsonschema.validate(report, schema)
        rows = list(csv.DictReader(files["csv"].read_text().splitlines()))
        self.assertEqual({row["run"] for row in rows}, {"1", "2"})
        self.assertEqual(sum(int(row["sent"]) for row in rows), 20)
        suite = xml.etree.ElementTree.parse(files["junit"]).getroot()
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("5", "0"))
        page = files["html"].read_text()
        self.assertNotIn("<img", page)
        self.assertNotIn('"hdr"', page)
        self.assertNotIn("<img", files["md"].read_text())
        self.assertIn("Total count", files["hgrm"].read_text())

    def page(self, *arguments, code=0):
        """What a browser makes of the HTML report, without network."""
        file = self.folder / "report.html"
        self.text(*arguments, "-o", f"html={file}", code=code)
        return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu",
                               f"--user-data-dir={self.folder}/profile", "--dump-dom",
                               file.as_uri()], capture_output=True, text=True, timeout=60).stdout

    def test_the_page_shows_the_report(self):
        dom = self.page("-c", 2, "-R", 200, "-d", 1, "--interval", "200ms", self.serve(echo).url)
        self.assertEqual(dom.count("<figure>"), 5, dom[-3000:])
        self.assertIn("rtt over time", dom)
        self.assertIn("<th scope=\"row\">rtt</th>", dom)

    def test_the_page_of_a_comparison(self):
        url = self.serve(echo).url
        dom = self.page("compare", "-c", 1, "-n", 20, "--threshold", "rtt:max<1ns", url, url,
                        code=99)
        self.assertIn("Server 2 against server 1", dom)
        self.assertIn(f"<li>{url}</li>", dom)
        self.assertIn("<h2>Thresholds</h2>", dom)
        self.assertIn("failed: threshold rtt:max&lt;1ns is not met", dom)

    def test_the_page_of_a_search(self):
        dom = self.page("search", "--search", "conns", "-c", 2, "-R", 50, "-d", "200ms",
                        "--slo", "conns:value<3", self.serve(echo).url)
        self.assertIn("Search for the most connections: 2", dom)

    def test_the_page_of_repeated_runs(self):
        dom = self.page("-c", 1, "-n", 20, "--repeat", 2, self.serve(echo).url)
        self.assertIn("Medians of 2 runs", dom)

    def test_the_page_of_a_long_run(self):
        report = Bench(["-c", 1, "-n", 1, "-j", *TOLERANT, self.serve(echo).url]).report
        run = report["runs"][0]
        run["intervals"] = [dict(run["intervals"][0], at_s=at) for at in range(40_000)]
        file = self.folder / "long.json"
        file.write_text(json.dumps(report))
        dom = self.page("merge", file)
        self.assertLess((self.folder / "report.html").stat().st_size, 500_000)
        self.assertGreaterEqual(dom.count("<figure>"), 3, dom[-3000:])
        self.assertIn("joins 40 intervals", dom)

    def test_hgrm(self):
        file = self.folder / "x.hgrm"
        self.text("-c", 1, "-n", 20, "--hdr", file, self.serve(echo).url)
        lines = file.read_text().splitlines()
        self.assertEqual(lines[0].split(), ["Value", "Percentile", "TotalCount",
                                            "1/(1-Percentile)"])
        self.assertIn("Total count    =           20]", lines[-2])

    def test_a_file_that_cannot_be_written_is_told_before_the_run(self):
        bench = Bench(["-o", "json=/nowhere/x", self.serve(echo).url])
        self.assertEqual((bench.code, bench.out), (1, ""))
        self.assertIn("cannot write /nowhere/x", bench.err)

    def test_what_goes_to_standard_output_replaces_the_text(self):
        url = self.serve(echo).url
        for name, begin in (("json", "{\n"), ("csv", "run,at_s"), ("md", "### wsbench"),
                            ("junit", "<?xml"), ("hgrm", "       Value"),
                            ("html", "<!doctype html>")):
            with self.subTest(name):
                out = self.text("-c", 1, "-n", 1, "-o", f"{name}=-", url)
                self.assertTrue(out.startswith(begin), out[:100])
                self.assertNotIn(f"echo {url}\n  connections", out)
        json.loads(self.text("-c", 1, "-n", 1, "-o", "json=-", url))

    def test_a_file_that_takes_nothing_leaves_the_report_on_standard_output(self):
        bench = Bench(["-c", 1, "-n", 1, *TOLERANT, "-o", "json=/dev/full",
                       self.serve(echo).url])
        self.assertEqual(bench.code, 1)
        self.assertIn("cannot write /dev/full", bench.err)
        self.assertIn("rtt", bench.out)


if __name__ == "__main__":
    unittest.main()
