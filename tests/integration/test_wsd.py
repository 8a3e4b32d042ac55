"""wsd as its clients, its publishers and its admin see it, one process at a time."""

import asyncio
import json
import re
import signal
import socket
import threading
import unittest

import websockets

import support
from raw_peer import (BINARY, CLOSE, PING, PONG, TEXT, Frame, RawPeer, client_frame, close_code,
                      upgrade_request)
from support import run_wsd, wait_until


class Delivery(support.WskitTestCase):
    """What a wsd with default options does."""

    @classmethod
    def setUpClass(cls):
        cls.wsd = cls.share_wsd("--threads", "2")

    def open(self, user, query=""):
        return self.keep(self.wsd.session(user, query))

    def texts_until_end(self, peer):
        """All texts up to "end", which a test publishes last: nothing else has come then."""
        texts = []
        while (text := peer.read_text()) != "end":
            texts.append(text)
        return texts

    def test_a_session_is_greeted(self):
        with self.wsd.connect() as peer:
            peer.upgrade()

            self.assertEqual(peer.read_text(), "连接成功")

    def test_a_client_message_gets_the_heartbeat_reply_and_reaches_nobody(self):
        sender, other = self.open("alice"), self.open("bob")

        for opcode, payload in ((TEXT, b"ping"), (TEXT, b""), (TEXT, b'{"all":true,"text":"x"}'),
                                (BINARY, b"\xff")):
            sender.send_frame(opcode, payload)
            self.assertEqual(sender.read_text(), "心跳发送成功")
        self.wsd.publish(all=True, text="end")

        self.assertEqual(self.texts_until_end(sender), [])
        self.assertEqual(self.texts_until_end(other), [])

    def test_publishing_to_all_reaches_each_session_once(self):
        peers = [self.open(user) for user in ("alice", "alice", "bob", "%E4%BD%A0")]

        reply = self.wsd.publish(all=True, text="你好")
        self.wsd.publish(all=True, text="end")

        self.assertRegex(reply["id"], r"^\d+-\d+$")
        for peer in peers:
            self.assertEqual(self.texts_until_end(peer), ["你好"])

    def test_ids_grow(self):
        ids = [tuple(map(int, self.wsd.publish(all=True, text="x")["id"].split("-")))
               for _ in range(50)]

        self.assertEqual(ids, sorted(set(ids)))

    def test_messages_come_in_order(self):
        peers = [self.open(f"user{n}") for n in range(4)]

        for n in range(200):
            self.wsd.publish(all=True, text=str(n))
        self.wsd.publish(all=True, text="end")

        for peer in peers:
            self.assertEqual(self.texts_until_end(peer), [str(n) for n in range(200)])

    def test_a_user_is_taken_literally(self):
        users = ["a*b", "aXb", "ab", "a", "*", "@a", "A*B", "a?b", "[ab]", "你 好", 'a"b', "a\\b",
                 "a*b", "alice", "alic", "alicee", "channel", "a/b", "+"]
        quoted = {user: "".join(f"%{byte:02X}" for byte in user.encode()) for user in users}
        peers = [(user, self.open(quoted[user])) for user in users]

        for user in sorted(set(users)):
            self.wsd.publish(user=user, text=f"for {user}")
        self.wsd.publish(all=True, text="end")

        for user, peer in peers:
            with self.subTest(user):
                self.assertEqual(self.texts_until_end(peer), [f"for {user}"])

    def test_a_plus_in_a_token_is_a_space(self):
        peer = self.open("a+b")

        self.wsd.publish(user="a+b", text="plus")
        self.wsd.publish(user="a b", text="space")
        self.wsd.publish(all=True, text="end")

        self.assertEqual(self.texts_until_end(peer), ["space"])

    def test_a_channel_reaches_its_subscribers(self):
        both = self.open("alice", "&channel=news&channel=sport")
        news = self.open("alice", "&channel=news")
        twice = self.open("bob", "&channel=news&channel=news")
        none = self.open("news")
        longer = self.open("bob", "&channel=news2&channel=new&channel=News&channel=news:a")

        self.wsd.publish(channel="news", text="n")
        self.wsd.publish(channel="sport", text="s")
        self.wsd.publish(channel="nobody", text="x")
        self.wsd.publish(all=True, text="end")

        for peer, texts in ((both, ["n", "s"]), (news, ["n"]), (twice, ["n"]), (none, []),
                            (longer, [])):
            self.assertEqual(self.texts_until_end(peer), texts)

    def test_a_session_that_left_gets_nothing_and_disturbs_nobody(self):
        stays = self.open("alice")
        self.open("alice").close()
        self.open("alice").disconnect()

        self.wsd.publish(user="alice", text="x")
        self.wsd.publish(all=True, text="end")

        self.assertEqual(self.texts_until_end(stays), ["x"])

    def test_data_is_carried_verbatim(self):
        peer = self.open("alice")
        for data in (rb'{"b":1,"a":1.0,"b":2,"e":1e3,"z":-0,"big":123456789012345678901234567890}',
                     rb'{ "b" : [ 1 ,2,  3 ] }', rb'"\u00e9\/\u4f60"', rb'"\ud83d\ude00"',
                     '"你好"'.encode(), b"0.10", b"1E+2", b"null", b"true", b"[]", b"{}", b'""',
                     b'[[[[1]]]]', rb'{"}":"{\"[","data":{"data":1}}'):
            with self.subTest(data):
                for body in (b'{"all":true,"data":' + data + b"}",
                             b'{"data":' + data + b',"all":true}',
                             b' { "data" :\t' + data + b'\r\n, "user" : "alice" } '):
                    reply = self.wsd.post("/api/v1/publish", body)
                    self.assertEqual(reply.status, 200, reply)
                    self.assertEqual(peer.read_frame(), Frame(TEXT, data))

    def test_text_is_decoded(self):
        peer = self.open("alice")

        reply = self.wsd.post("/api/v1/publish",
                              rb'{"all":true,"text":"\u4f60\ud83d\ude00\"\\\n\u0000"}')

        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(peer.read_text(), '你😀"\\\n\0')

    def test_base64_is_sent_as_a_binary_message(self):
        peer = self.open("alice")
        for base64, payload in (("AP/+wIA=", b"\x00\xff\xfe\xc0\x80"), ("", b""), ("aGk=", b"hi")):
            with self.subTest(base64):
                self.wsd.publish(user="alice", base64=base64)

                self.assertEqual(peer.read_frame(), Frame(BINARY, payload))

    def test_a_message_of_the_maximum_size_passes(self):
        peer = self.open("alice")

        self.wsd.publish(all=True, text="x" * 65536)

        self.assertEqual(peer.read_text(), "x" * 65536)

    def test_counters_count(self):
        names = ["wsd_messages_received_total", "wsd_messages_sent_total",
                 "wsd_bytes_received_total", "wsd_bytes_sent_total"]
        wait_until(lambda: self.wsd.metric("wsd_sessions") == 0, 20, "an idle wsd")
        before = {name: self.wsd.metric(name) for name in names}
        peer = self.open("alice")
        peer.send_text("x" * 1000)
        peer.read_text()
        self.wsd.publish(all=True, text="y" * 3000)
        peer.read_text()

        grown = {name: self.wsd.metric(name) - before[name] for name in names}

        self.assertEqual(grown["wsd_messages_received_total"], 1)
        self.assertEqual(grown["wsd_messages_sent_total"], 3)
        self.assertGreaterEqual(grown["wsd_bytes_received_total"], 1000)
        self.assertGreaterEqual(grown["wsd_bytes_sent_total"], 3000)
        self.assertEqual(self.wsd.metric("wsd_sessions"), 1)

    def test_metrics_are_all_there(self):
        reply = self.wsd.get("/metrics")
        names = {name for name, _ in self.wsd.metrics()}

        self.assertTrue(reply.headers["Content-Type"].startswith("text/plain"))
        for name in ("wsd_sessions", "wsd_messages_received_total", "wsd_messages_sent_total",
                     "wsd_bytes_received_total", "wsd_bytes_sent_total", "wsd_queue_drops_total",
                     "wsd_broker_ready", "wsd_broker_probe_lag_seconds", "wsd_loop_lag_seconds"):
            self.assertIn(name, names)

    def test_publishes_are_counted_by_result(self):
        before = self.wsd.metric("wsd_publishes_total")

        self.wsd.publish(all=True, text="x")

        self.assertEqual(self.wsd.metric("wsd_publishes_total") - before, 1)

    def test_health(self):
        self.assertEqual(self.wsd.get("/health/live").status, 200)
        self.assertEqual(self.wsd.get("/health/ready").status, 200)
        self.assertEqual(self.wsd.metric("wsd_broker_ready"), 1)


class Interoperation(support.WskitTestCase):
    """The same with a client library, which checks us by its own reading of the RFC."""

    def talk(self, wsd, connect):
        async def session():
            async with connect() as socket:
                self.assertEqual(await socket.recv(), "连接成功")
                await socket.send("hi")
                self.assertEqual(await socket.recv(), "心跳发送成功")
                await (await socket.ping(b"payload"))
                await asyncio.to_thread(wsd.publish, user="alice", text="你好" * 2000)
                self.assertEqual(await socket.recv(), "你好" * 2000)
                await asyncio.to_thread(wsd.publish, all=True, base64="AP8=")
                self.assertEqual(await socket.recv(), b"\x00\xff")
            self.assertEqual(socket.close_code, 1000)

        asyncio.run(asyncio.wait_for(session(), 30))

    def test_over_tcp(self):
        wsd = self.start_wsd("--threads", "1")

        self.talk(wsd, lambda: websockets.connect(wsd.url()))

    def test_over_tls(self):
        wsd = self.start_wsd("--threads", "1", certificates=support.certificates())

        self.talk(wsd, lambda: websockets.connect(wsd.url(), ssl=wsd.client_tls))

    def test_over_a_unix_socket(self):
        path = self.folder() / "wsd.sock"
        wsd = self.start_wsd("--threads", "2", listen=(f"unix:{path}",))

        self.assertEqual(wsd.address, f"unix:{path}")
        self.talk(wsd, lambda: websockets.unix_connect(
            str(path), "ws://localhost/dispatchWebsocket?token=alice"))

    def test_on_several_addresses(self):
        path = self.folder() / "wsd.sock"
        wsd = self.start_wsd("--threads", "2", listen=("127.0.0.1:0", f"unix:{path}",
                                                       "127.0.0.1:0"))

        self.assertEqual(len(wsd.ready["listen"]), 3)
        for address in wsd.ready["listen"]:
            with self.subTest(address), RawPeer(address) as peer:
                peer.upgrade()
                self.assertEqual(peer.read_text(), "连接成功")

    def test_an_api_on_a_unix_socket_is_private(self):
        path = self.folder() / "api.sock"
        wsd = self.start_wsd("--threads", "1", api=f"unix:{path}")

        self.assertEqual(wsd.api_address, f"unix:{path}")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(wsd.get("/health/ready").status, 200)


class Options(support.WskitTestCase):
    """What options change."""

    def test_path(self):
        wsd = self.start_wsd("--threads", "1", "--path", "/a", "--path", "/b/c")
        for path, status in (("/a", 101), ("/b/c", 101), ("/b", 404), ("/dispatchWebsocket", 404)):
            with self.subTest(path), wsd.connect() as peer:
                peer.send(upgrade_request(f"{path}?token=alice"))
                self.assertEqual(peer.read_http_answer().status, status)

    def test_empty_texts_send_nothing(self):
        wsd = self.start_wsd("--threads", "1", "--greeting", "", "--heartbeat-reply", "")
        peer = self.keep(wsd.session(greeting=None))

        peer.send_text("hi")
        peer.send_frame(PING, b"1")

        self.assertEqual(peer.read_frame(), Frame(PONG, b"1"))

    def test_on_message_ignore(self):
        wsd = self.start_wsd("--threads", "1", "--on-message", "ignore")
        peer = self.keep(wsd.session())

        peer.send_text("hi")
        peer.send_frame(PING, b"1")

        self.assertEqual(peer.read_frame(), Frame(PONG, b"1"))

    def test_on_message_close(self):
        wsd = self.start_wsd("--threads", "1", "--on-message", "close")
        peer = self.keep(wsd.session())

        peer.send_text("hi")

        self.assertEqual(peer.read_close(), 1003)
        peer.answer_close()

    def test_on_message_publish(self):
        wsd = self.start_wsd("--threads", "2", "--on-message", "publish")
        sender = self.keep(wsd.session("alice", "&channel=a&channel=b"))
        in_a = self.keep(wsd.session("bob", "&channel=a"))
        in_b = self.keep(wsd.session("carol", "&channel=b"))
        lost = self.keep(wsd.session("dave"))

        sender.send_text("你好")
        sender.send_frame(BINARY, b"\xff")

        for peer in (in_a, in_b):
            self.assertEqual(peer.read_text(), "你好")
            self.assertEqual(peer.read_frame(), Frame(BINARY, b"\xff"))
        lost.send_text("where to?")
        self.assertEqual(lost.read_close(), 1008)

    def test_max_message(self):
        wsd = self.start_wsd("--threads", "1", "--on-message", "echo", "--max-message", "1KiB")
        peer = self.keep(wsd.session())

        peer.send_text("x" * 1024)
        self.assertEqual(peer.read_text(), "x" * 1024)
        peer.send_text("x" * 1025)
        self.assertEqual(peer.read_close(), 1009)
        self.assertEqual(wsd.post("/api/v1/publish", {"all": True, "text": "x" * 1024}).status,
                         200)
        self.assertEqual(wsd.post("/api/v1/publish", {"all": True, "text": "x" * 1025}).status,
                         413)

    def test_idle_sessions_are_closed_and_others_stay(self):
        wsd = self.start_wsd("--threads", "2", "--idle-timeout", "1s")
        busy = [self.keep(wsd.session()) for _ in range(4)]

        for _ in range(3):
            idle = self.keep(wsd.session(deadline_s=10))
            # What the server sends does not count, what the client sends does.
            while not idle.hears_within(0.2):
                wsd.publish(user="nobody", text="x")
                for peer in busy:
                    peer.send_frame(PING, b"still here")
                    self.assertEqual(peer.read_frame(), Frame(PONG, b"still here"))
            self.assertEqual(idle.read_close(), 4408)
            idle.answer_close()

        self.assertEqual(wsd.metric("wsd_closes_total", code="4408"), 3)
        for peer in busy:
            peer.close()

    def test_what_the_server_sends_does_not_keep_a_session(self):
        wsd = self.start_wsd("--threads", "1", "--idle-timeout", "1s")
        idle = self.keep(wsd.session(deadline_s=10))

        def is_closed():
            wsd.publish(all=True, text="x")
            return wsd.metric("wsd_closes_total", code="4408") == 1

        wait_until(is_closed, 10, "a session that only listens to end")
        frames = []
        while frame := idle.read_frame():
            frames.append(frame)
        self.assertEqual(close_code(frames[-1]), 4408)

    def test_a_pong_keeps_a_session(self):
        wsd = self.start_wsd("--threads", "1", "--ping-interval", "300ms", "--idle-timeout", "2s")
        answering = self.keep(wsd.session("alice"))
        for _ in range(2):
            silent = self.keep(wsd.session("bob"))
            while not silent.hears_within(0.01) or b"\x88" not in silent.received:
                frame = answering.read_frame()
                self.assertEqual(frame.opcode, PING)
                answering.send_frame(PONG, frame.payload)
            while (frame := silent.read_frame()).opcode != CLOSE:
                self.assertEqual(frame.opcode, PING)
            self.assertEqual(close_code(frame), 4408)
        self.assertEqual(wsd.metric("wsd_sessions"), 1)

    def test_max_sessions(self):
        wsd = self.start_wsd("--threads", "2", "--max-sessions", "3")
        peers = [self.keep(wsd.session()) for _ in range(3)]

        with wsd.connect() as peer:
            peer.send(upgrade_request())
            answer = peer.read_refusal()
        self.assertEqual(answer.status, 503)
        self.assertTrue(answer.header("retry-after").isdigit())

        peers[0].close()
        wait_until(lambda: wsd.metric("wsd_sessions") == 2, 20, "a free place")
        self.keep(wsd.session())
        self.assertEqual(wsd.metric("wsd_sessions"), 3)


class SlowConsumer(support.WskitTestCase):
    """S10: who does not read is cut off, and nobody else notices."""

    def flood(self, wsd, reader, is_done, message_bytes=32768, limit=2000):
        """Publishes to all, each message only after `reader` has read the one before."""
        for n in range(limit):
            text = f"{n:8}".ljust(message_bytes, ".")
            wsd.publish(all=True, text=text)
            if reader.read_text() != text:
                raise AssertionError(f"the reader missed message {n}")
            if is_done():
                return n + 1
        raise AssertionError(f"nothing happened in {limit} messages")

    def check(self, certificates):
        wsd = self.start_wsd("--threads", "1", "--max-queue", "256KiB",
                             certificates=certificates)
        reader = self.keep(wsd.session("reader"))
        sockets = wsd.sockets()
        stuck = self.keep(wsd.session("stuck", receive_buffer_bytes=4096))
        wait_until(lambda: wsd.sockets() == sockets + 1, 20, "the stuck reader's socket")

        sent = self.flood(wsd, reader, lambda: wsd.metric("wsd_queue_drops_total") == 1)

        wait_until(lambda: wsd.sockets() == sockets, 20, "the stuck reader's socket to close")
        self.assertEqual(wsd.metric("wsd_sessions"), 1)
        self.assertEqual(wsd.metric("wsd_closes_total", code="1008"), 1)
        wsd.publish(all=True, text="last")
        self.assertEqual(reader.read_text(), "last")
        self.assertGreater(sent, 8)
        try:
            stuck.read_to_end()
        except (ConnectionResetError, OSError):
            pass  # what was queued is lost, so a reset is as good as an end

    def test_over_tcp(self):
        self.check(None)

    def test_over_tls(self):
        self.check(support.certificates())

    def test_a_slow_reader_within_its_limit_gets_everything(self):
        wsd = self.start_wsd("--threads", "1", "--max-queue", "64MiB")
        reader = self.keep(wsd.session("reader"))
        slow = self.keep(wsd.session("slow", receive_buffer_bytes=4096))

        sent = []
        self.flood(wsd, reader, lambda: sent.append(1) or len(sent) == 150)

        for n in range(150):
            self.assertEqual(slow.read_text()[:8], f"{n:8}")
        self.assertEqual(wsd.metric("wsd_queue_drops_total"), 0)


class Api(support.WskitTestCase):
    """The internal listener and what it refuses."""

    PUBLISH = b'{"all":true,"text":"x"}'

    @classmethod
    def setUpClass(cls):
        cls.wsd = cls.share_wsd("--threads", "1")

    def assert_error(self, reply, status):
        self.assertEqual(reply.status, status, reply)
        error = reply.json()["error"]
        self.assertTrue(error["code"] and error["message"], error)
        self.assertTrue(reply.headers["Content-Type"].startswith("application/json"))

    def raw_pieces(self, pieces):
        with RawPeer(self.wsd.api_address) as peer:
            for piece in pieces:
                peer.send(piece)
            return peer.read_http_answer().status

    def raw(self, head, body=b""):
        with RawPeer(self.wsd.api_address) as peer:
            peer.send(head.replace(b"\n", b"\r\n") + body)
            return peer.read_http_answer()

    def test_pipelined_posts_end_the_connection_and_hold_up_nothing(self):
        wsd = self.start_wsd("--threads", "1")
        host, port = wsd.api_address.rsplit(":", 1)
        request = (b"POST /api/v1/publish HTTP/1.1\r\nHost: localhost\r\n"
                   b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(self.PUBLISH) +
                   self.PUBLISH)

        with socket.create_connection((host, int(port)), timeout=20) as peer:
            peer.sendall(request * 16)
            try:
                while peer.recv(1 << 16):
                    pass
            except ConnectionResetError:
                pass

        wsd.publish(all=True, text="still there")

    def test_content_types(self):
        for content_type in ("text/plain", "application/x-www-form-urlencoded",
                             "multipart/form-data", "application/jsonx", ""):
            with self.subTest(content_type):
                reply = self.wsd.request("POST", "/api/v1/publish", self.PUBLISH,
                                         {"Content-Type": content_type})
                self.assert_error(reply, 415)
        with self.subTest("none"):
            self.assert_error(self.wsd.request("POST", "/api/v1/publish", self.PUBLISH), 415)
        for content_type in ("application/json; charset=utf-8", "Application/JSON"):
            with self.subTest(content_type):
                reply = self.wsd.request("POST", "/api/v1/publish", self.PUBLISH,
                                         {"Content-Type": content_type})
                self.assertEqual(reply.status, 200, reply)

    def test_foreign_hosts(self):
        port = self.wsd.api_address.rsplit(":", 1)[1]
        for host in ("evil.example", f"evil.example:{port}", "localhost.evil.example",
                     "127.0.0.1.evil.example", "10.0.0.1", "127.0.0.1@evil.example"):
            for path in ("/metrics", "/health/live", "/api/v1/publish"):
                with self.subTest(host=host, path=path):
                    self.assertEqual(self.wsd.get(path, headers={"Host": host}).status, 421)
        for host in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", "127.0.0.1"):
            with self.subTest(host):
                self.assertEqual(self.wsd.get("/health/live", headers={"Host": host}).status, 200)

    def test_a_refused_request_does_not_publish(self):
        """Its body may come with its head or after it, and must not be looked at either way."""
        peer = self.keep(self.wsd.session())
        body = b'{"all":true,"text":"evil"}'
        publish = b"POST /api/v1/publish HTTP/1.1\r\nContent-Length: %d\r\n" % len(body)
        for name, head, status in (
                ("host", publish + b"Host: evil.example\r\nContent-Type: application/json\r\n", 421),
                ("type", publish + b"Host: localhost\r\nContent-Type: text/plain\r\n", 415),
                ("method", publish.replace(b"POST", b"PUT")
                 + b"Host: localhost\r\nContent-Type: application/json\r\n", 405)):
            for pieces in [head + b"\r\n" + body], [head + b"\r\n", body]:
                with self.subTest(name, pieces=len(pieces)):
                    self.assertEqual({self.raw_pieces(pieces) for _ in range(10)}, {status})
        self.wsd.publish(all=True, text="good")

        self.assertEqual(peer.read_text(), "good")

    def test_chunked_is_refused(self):
        answer = self.raw(b"POST /api/v1/publish HTTP/1.1\nHost: localhost\n"
                          b"Content-Type: application/json\nTransfer-Encoding: chunked\n\n",
                          b"17\r\n" + self.PUBLISH + b"\r\n0\r\n\r\n")

        self.assertEqual(answer.status, 411)

    def test_a_post_without_length_is_refused(self):
        answer = self.raw(b"POST /api/v1/publish HTTP/1.1\nHost: localhost\n"
                          b"Content-Type: application/json\n\n")

        self.assertIn(answer.status, (400, 411))

    def test_methods(self):
        for method, path in (("GET", "/api/v1/publish"), ("DELETE", "/api/v1/publish"),
                             ("PUT", "/api/v1/publish"), ("POST", "/metrics"),
                             ("POST", "/health/live"), ("DELETE", "/health/ready"),
                             ("PATCH", "/metrics"), ("OPTIONS", "/metrics")):
            with self.subTest(method=method, path=path):
                body = b"{}" if method in ("POST", "PUT", "PATCH") else None
                headers = {"Content-Type": "application/json"} if body else {}
                self.assertEqual(self.wsd.request(method, path, body, headers).status, 405)

    def test_methods_that_the_parser_does_not_know(self):
        for method in ("TRACE", "NONSENSE"):
            with self.subTest(method):
                self.assertIn(self.wsd.request(method, "/metrics").status, (403, 405))

    def test_unknown_paths(self):
        for path in ("/nowhere", "/api/v1", "/api/v1/publish/", "/api/v1/publish/x",
                     "/api/v2/publish", "/metricsx", "/dispatchWebsocket?token=alice", "/health",
                     "/%2e%2e/etc/passwd"):
            with self.subTest(path):
                self.assert_error(self.wsd.get(path), 404)
        self.assert_error(self.wsd.post("/nowhere", {}), 404)

    def test_bodies_that_are_not_understood(self):
        for body in (b"", b"{", b"[]", b"null", b'"x"', b"{}", b"x", b'{"all":true}',
                     b'{"text":"x"}', b'{"all":false,"text":"x"}', b'{"all":1,"text":"x"}',
                     b'{"all":"true","text":"x"}', b'{"all":true,"text":1}',
                     b'{"all":true,"text":null}', b'{"all":true,"user":"u","text":"x"}',
                     b'{"user":"u","channel":"c","text":"x"}',
                     b'{"all":true,"text":"x","data":1}', b'{"all":true,"text":"x","base64":""}',
                     b'{"all":true,"base64":"a"}', b'{"all":true,"base64":"a-_="}',
                     b'{"all":true,"base64":"aGk=\\n"}', b'{"all":true,"base64":1}',
                     b'{"user":"","text":"x"}', b'{"user":1,"text":"x"}',
                     b'{"user":"a\\u0000","text":"x"}', b'{"user":"a\\n","text":"x"}',
                     b'{"user":"' + b"u" * 129 + b'","text":"x"}',
                     b'{"channel":"","text":"x"}', b'{"channel":"a b","text":"x"}',
                     b'{"channel":"*","text":"x"}', b'{"channel":"@alice","text":"x"}',
                     b'{"channel":"' + b"c" * 201 + b'","text":"x"}', b'{"chanel":"c","text":"x"}',
                     b'{"all":true,"text":"x"} x', b'{"all":true,"text":"x"}{}',
                     b'{"all":true,"text":"x",}', b"{'all':true,'text':'x'}",
                     b'{"all":true,"text":"\\ud800"}', b'{"all":true,"text":"\xff"}',
                     b'{"all":true,"data":"\xff"}', b'{"all":true,"data":"\\ud800"}',
                     b'{"all":true,"data":}', b'{"all":true,"data":01}',
                     b'{"all":true,"data":NaN}', b'{"all":true,"data":1 2}',
                     b'{"all":true,"data":[1,]}', b'{"all":true,"data":"a\nb"}',
                     b'\xef\xbb\xbf{"all":true,"text":"x"}'):
            with self.subTest(body[:60]):
                self.assert_error(self.wsd.post("/api/v1/publish", body), 400)

    def test_deep_nesting_does_no_harm(self):
        for body in (b"[" * 60000, b'{"all":true,"data":' + b"[" * 30000 + b"]" * 30000 + b"}",
                     b'{"all":true,"data":' + b'{"a":' * 10000 + b"1" + b"}" * 10000 + b"}"):
            with self.subTest(body[:30]):
                self.assertIn(self.wsd.post("/api/v1/publish", body).status, (200, 400))
        self.assertEqual(self.wsd.get("/health/live").status, 200)

    def test_too_large(self):
        for body in (b'{"all":true,"text":"' + b"x" * 65537 + b'"}',
                     b'{"all":true,"data":"' + b"x" * 65535 + b'"}',
                     b'{"all":true,"text":"' + "你".encode() * 22000 + b'"}',
                     b'{"all":true,"base64":"' + b"AAAA" * 22000 + b'"}'):
            with self.subTest(body[:20]):
                self.assert_error(self.wsd.post("/api/v1/publish", body), 413)

    def test_a_huge_length_is_refused_before_its_body(self):
        for length in (b"1073741824", b"9223372036854775807"):
            with self.subTest(length):
                answer = self.raw(b"POST /api/v1/publish HTTP/1.1\nHost: localhost\n"
                                  b"Content-Type: application/json\n"
                                  b"Content-Length: " + length + b"\n\n")
                self.assertEqual(answer.status, 413)

    def test_lengths_that_are_none(self):
        for length in (b"-1", b"x", b"99999999999999999999999"):
            with self.subTest(length):
                answer = self.raw(b"POST /api/v1/publish HTTP/1.1\nHost: localhost\n"
                                  b"Content-Type: application/json\n"
                                  b"Content-Length: " + length + b"\n\n")
                self.assertIn(answer.status, (400, 413))

    def test_a_body_in_pieces_is_put_together(self):
        peer = self.keep(self.wsd.session())
        with RawPeer(self.wsd.api_address) as api:
            for byte in (b"POST /api/v1/publish HTTP/1.1\r\nHost: localhost\r\n"
                         b"Content-Type: application/json\r\nContent-Length: 23\r\n\r\n"
                         + self.PUBLISH):
                api.send(bytes([byte]))
            self.assertEqual(api.read_http_answer().status, 200)

        self.assertEqual(peer.read_text(), "x")

    def test_answers_name_no_versions(self):
        for path in ("/metrics", "/nowhere", "/health/ready"):
            reply = self.wsd.get(path)
            self.assertNotRegex(str(reply.headers).lower(), r"libwebsockets|lws|server:.*\d")


class Stopping(support.WskitTestCase):
    def test_sigterm_tells_every_client(self):
        for name in ("SIGTERM", "SIGINT"):
            with self.subTest(name):
                wsd = self.start_wsd("--threads", "2")
                peers = [self.keep(wsd.session(f"user{n}")) for n in range(20)]
                wsd.publish(all=True, text="the last message")

                wsd.signal(getattr(signal, name))

                for peer in peers:
                    self.assertEqual(peer.read_text(), "the last message")
                    self.assertEqual(peer.read_close(), 1001)
                    peer.answer_close()
                self.assertEqual(wsd.wait_for_exit(), 0)

    def test_over_tls(self):
        wsd = self.start_wsd("--threads", "2", certificates=support.certificates())
        peers = [self.keep(wsd.session(f"user{n}")) for n in range(5)]

        wsd.signal()

        for peer in peers:
            self.assertEqual(peer.read_close(), 1001)
            peer.answer_close()
        self.assertEqual(wsd.wait_for_exit(), 0)

    def test_clients_that_do_not_answer_hold_it_up_only_so_long(self):
        wsd = self.start_wsd("--threads", "2")
        peers = [self.keep(wsd.session()) for _ in range(3)]
        half_open = self.keep(wsd.connect())
        half_open.send(b"GET /")

        wsd.signal()

        for peer in peers:
            self.assertEqual(peer.read_close(), 1001)
        self.assertEqual(wsd.wait_for_exit(20), 0)

    def test_a_second_signal_ends_it_at_once(self):
        wsd = self.start_wsd("--threads", "1", "--max-queue", "64MiB")
        reader = self.keep(wsd.session("reader"))
        self.keep(wsd.session("stuck", receive_buffer_bytes=4096))
        for n in range(300):
            wsd.publish(all=True, text="x" * 32768)
            reader.read_text()

        wsd.signal()
        self.assertEqual(reader.read_close(), 1001)
        reader.answer_close()
        self.assertTrue(wsd.is_running(), "the stuck reader should have held it up")
        wsd.signal()

        # The first signal alone would have waited 5 s for the stuck reader.
        self.assertEqual(wsd.wait_for_exit(3), 0)

    def test_a_stopping_wsd_takes_no_more_connections(self):
        wsd = self.start_wsd("--threads", "2")
        unanswering = self.keep(wsd.session())

        wsd.signal()

        self.assertEqual(unanswering.read_close(), 1001)
        wait_until(lambda: not self.accepts(wsd.address), 3, "connections to be refused")
        self.assertTrue(wsd.is_running(), "wsd should still wait for a Close frame")
        unanswering.answer_close()
        self.assertEqual(wsd.wait_for_exit(), 0)

    @staticmethod
    def accepts(address):
        host, port = address.rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), 5).close()
        except ConnectionRefusedError:
            return False
        return True

    def test_a_unix_socket_is_removed(self):
        path = self.folder() / "wsd.sock"
        for _ in range(2):
            wsd = self.start_wsd("--threads", "1", listen=(f"unix:{path}",))
            self.assertTrue(path.exists())
            wsd.signal()
            self.assertEqual(wsd.wait_for_exit(), 0)
            self.assertFalse(path.exists())

    def test_a_stale_unix_socket_is_replaced(self):
        path = self.folder() / "wsd.sock"
        wsd = support.Wsd("--threads", "1", listen=(f"unix:{path}",)).start()
        wsd.kill()
        wsd.remove_folder()
        self.assertTrue(path.exists())

        again = self.start_wsd("--threads", "1", listen=(f"unix:{path}",))

        self.keep(again.session())


class Configuration(support.WskitTestCase):
    """Flags, environment, file, defaults; and what is refused."""

    def greeting(self, *arguments, env=None):
        wsd = self.start_wsd("--threads", "1", *arguments, env=env)
        with wsd.connect() as peer:
            peer.upgrade()
            return peer.read_text()

    def config(self, text):
        path = self.folder() / "wsd.toml"
        path.write_text(text)
        return path

    def test_precedence(self):
        file = self.config('greeting = "from the file"\n')
        environment = {"WSD_GREETING": "from the environment"}

        self.assertEqual(self.greeting(), "连接成功")
        self.assertEqual(self.greeting("--config", file), "from the file")
        self.assertEqual(self.greeting("--config", file, env=environment), "from the environment")
        self.assertEqual(self.greeting("--config", file, "--greeting", "from the flag",
                                       env=environment), "from the flag")

    def test_the_environment_may_name_the_file(self):
        file = self.config('greeting = "from the file"\n')

        self.assertEqual(self.greeting(env={"WSD_CONFIG": str(file)}), "from the file")

    def test_lists_from_the_environment_split_at_commas(self):
        wsd = self.start_wsd("--threads", "1", env={"WSD_PATH": "/a,/b"})
        for path in ("/a", "/b"):
            with wsd.connect() as peer:
                peer.upgrade(f"{path}?token=alice")

    def test_lists_from_the_file(self):
        wsd = self.start_wsd("--threads", "1", "--config", self.config('path = ["/a", "/b"]\n'))
        for path in ("/a", "/b"):
            with wsd.connect() as peer:
                peer.upgrade(f"{path}?token=alice")

    def assert_refused(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(str(word), done.stderr)

    def test_usage_errors(self):
        for arguments, word in ((["--nonsense"], "--nonsense"), (["nonsense"], "nonsense"),
                                (["--threads", "many"], "threads"),
                                (["--threads", "-1"], "threads"),
                                (["--on-message", "dance"], "on-message"),
                                (["--idle-timeout", "soon"], "idle-timeout"),
                                (["--idle-timeout", "-1s"], "idle-timeout"),
                                (["--max-message", "64KB!"], "max-message"),
                                (["--listen", "127.0.0.1"], "127.0.0.1"),
                                (["--listen", "127.0.0.1:99999"], "99999"),
                                (["--path", "no-slash"], "path"),
                                (["--log-level", "loud"], "log-level"),
                                (["--broker", "carrier-pigeon"], "broker"),
                                (["--origin", "good.example/path"], "origin"),
                                (["--redis-topic", "t"], "redis-topic"),
                                (["--tls-cert", "/nowhere.pem"], "tls-key")):
            with self.subTest(arguments):
                self.assert_refused(run_wsd("--listen", "127.0.0.1:0", "--api", "127.0.0.1:0",
                                            *arguments), 2, word)

    def test_an_error_in_the_environment_names_its_variable(self):
        self.assert_refused(run_wsd("--listen", "127.0.0.1:0", "--api", "127.0.0.1:0",
                                    env={"WSD_THREADS": "many"}), 2, "WSD_THREADS")

    def test_errors_in_the_file_name_file_and_line(self):
        for text, line, word in (
                ('# a comment\n\ngreetings = "x"\n', 3, "greetings"),
                ('greeting = "x"\nthreads = "many"\n', 2, "threads"),
                ('greeting = "x"\n\n\nidle-timeout = "soon"\n', 4, "idle-timeout"),
                ('greeting = "x"\nthis is not TOML\n', 2, ""),
                ('greeting = "x"\n[section]\nkey = 1\n', 2, "section")):
            with self.subTest(text):
                file = self.config(text)
                for command in ([], ["check"]):
                    done = run_wsd(*command, "--config", file)
                    self.assert_refused(done, 2, file, word)
                    self.assertRegex(done.stderr, rf"{re.escape(str(file))}\D{{1,10}}{line}\b")

    def test_a_missing_file_is_named(self):
        self.assert_refused(run_wsd("--config", "/nowhere/wsd.toml"), 2, "/nowhere/wsd.toml")

    def test_check(self):
        good = self.config('greeting = "x"\nidle-timeout = "30s"\nmax-message = "1MiB"\n')

        done = run_wsd("check", "--config", good)

        self.assertEqual(done.returncode, 0, done.stderr)

    def test_check_starts_nothing(self):
        holder = self.start_wsd("--threads", "1")

        done = run_wsd("check", "--listen", holder.address, "--api", holder.api_address)

        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_address_in_use_is_named(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            taken = "127.0.0.1:%d" % holder.getsockname()[1]
            for arguments in (["--listen", taken, "--api", "127.0.0.1:0"],
                              ["--listen", "127.0.0.1:0", "--api", taken]):
                with self.subTest(arguments):
                    self.assert_refused(run_wsd(*arguments), 1, taken)

    def test_two_wsd_do_not_share_an_address(self):
        first = self.start_wsd("--threads", "2")
        for taken, arguments in (
                (first.address, ["--listen", first.address, "--api", "127.0.0.1:0"]),
                (first.api_address, ["--listen", "127.0.0.1:0", "--api", first.api_address])):
            with self.subTest(arguments):
                self.assert_refused(run_wsd(*arguments), 1, taken)

    def test_an_api_on_a_public_address_is_refused(self):
        self.assert_refused(run_wsd("--listen", "127.0.0.1:0", "--api", "0.0.0.0:0"), 2, "api")

    def test_missing_certificates_are_named(self):
        made = support.certificates()
        for certificate, key, word in (("/nowhere/c.pem", made.key, "/nowhere/c.pem"),
                                       (made.certificate, "/nowhere/k.pem", "/nowhere/k.pem"),
                                       (made.key, made.key, made.key)):
            with self.subTest(word):
                done = run_wsd("--listen", "127.0.0.1:0", "--api", "127.0.0.1:0",
                               "--tls-cert", certificate, "--tls-key", key)
                self.assertIn(done.returncode, (1, 2), done.stderr)
                self.assertIn(str(word), done.stderr)

    def test_a_key_of_another_certificate_is_refused(self):
        one, other = support.certificates(), support.Certificates()

        done = run_wsd("--listen", "127.0.0.1:0", "--api", "127.0.0.1:0",
                       "--tls-cert", one.certificate, "--tls-key", other.key)

        self.assertIn(done.returncode, (1, 2), done.stderr)
        self.assertIn(str(other.key), done.stderr)

    def test_a_redis_password_on_the_command_line_is_refused_and_not_repeated(self):
        for url in ("redis://:s3cret@127.0.0.1:1", "redis://wsd:s3cret@127.0.0.1:1/0",
                    "rediss://wsd:s3cret@127.0.0.1:1"):
            for command in ([], ["check"]):
                with self.subTest(url=url, command=command):
                    done = run_wsd(*command, "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0",
                                   "--broker", "redis-pubsub", "--redis", url, deadline_s=10)
                    self.assert_refused(done, 2, "redis-password-file")
                    self.assertNotIn("s3cret", done.stdout + done.stderr)

    def test_help_and_version(self):
        done = run_wsd("--help")
        self.assertEqual(done.returncode, 0)
        for option in ("--listen", "--api", "--ready-file", "--threads", "--path", "--greeting",
                       "--heartbeat-reply", "--on-message", "--idle-timeout", "--ping-interval",
                       "--max-message", "--max-queue", "--max-sessions", "--origin", "--broker",
                       "--redis", "--redis-prefix", "--redis-topic", "--redis-ca",
                       "--redis-password-file", "--tls-cert", "--tls-key", "--log-level",
                       "--log-format", "--config"):
            self.assertIn(option, done.stdout)
        done = run_wsd("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\d+\.\d+\.\d+")


class Logs(support.WskitTestCase):
    """S16: one event, one line, whatever peers send."""

    HOSTILE = [
        upgrade_request("/%0A%0D%1B[31mlevel=error%00%FF%22?token=alice"),
        upgrade_request("/%E2%80%A8%C2%85?token=%0Aevil"),
        upgrade_request(headers=["Origin: http://\x1b[31mevil"]),
        upgrade_request(headers=['Origin: http://"},{"level":"fake"}']),
        upgrade_request().replace(b"Upgrade: web", b"Origin: \xff\xfe\x9b31m\r\nUpgrade: web"),
        upgrade_request(headers=["Origin: http://" + "e" * 8000]),
        upgrade_request("/" + "a" * 4000),
        upgrade_request("/dispatchWebsocket?token=%22%20level=error%20x=%22"),
        upgrade_request("/dispatchWebsocket?token=%E2%80%AEalice"),
        b"\x16\x03\x01\n\x1b[31m\r\n\r\n", b"\n\n\n\n", b"GET \x1b HTTP/1.1\r\n\r\n",
    ]

    def provoke(self, log_format):
        wsd = self.start_wsd("--threads", "1", "--log-format", log_format, "--log-level", "debug")
        for request in self.HOSTILE:
            with wsd.connect() as peer:
                peer.send(request)
                peer.read_http_answer()
        for reason in (b"\n{}\x1b[31m", b'"', "\u2028\u202e".encode()):
            with wsd.session(greeting=None) as peer:
                peer.send_frame(CLOSE, b"\x03\xe8" + reason)
                peer.read_to_end()
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)
        return wsd.log_file.read_bytes()

    def test_text(self):
        log = self.provoke("text")

        self.assertTrue(log.endswith(b"\n"))
        self.assertGreater(len(log.splitlines()), 5)
        self.assertNotRegex(log, rb"[^\n -~]")
        for line in log[:-1].split(b"\n"):
            self.assertRegex(line, rb"\b(debug|info|warn|error)\b")
            self.assertNotRegex(line, rb"a{300}|e{300}")
            self.assertFalse(line.startswith((b"{", b"level=error")), line)

    def test_json(self):
        log = self.provoke("json")

        self.assertNotRegex(log, rb"[^\n -~]")
        lines = log.splitlines()
        self.assertGreater(len(lines), 5)
        for line in lines:
            event = json.loads(line)
            self.assertIn(event["level"], ("debug", "info", "warn", "error"))
            self.assertTrue(event["event"])
            for value in event.values():
                self.assertLess(len(str(value)), 300)

    def test_start_and_stop_are_told(self):
        wsd = self.start_wsd("--threads", "1")
        address = wsd.address
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)

        self.assertIn(address, wsd.log())

    def test_tokens_of_sessions_do_not_reach_the_log_at_info(self):
        wsd = self.start_wsd("--threads", "1")
        wsd.session("s3cret").close()
        with wsd.connect() as peer:
            peer.send(upgrade_request("/nowhere?token=s3cret"))
            peer.read_refusal()
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)

        self.assertNotIn("s3cret", wsd.log())

    def test_a_flood_of_refusals_does_not_fill_the_log(self):
        wsd = self.start_wsd("--threads", "1", "--log-level", "debug")
        for _ in range(300):
            with wsd.connect() as peer:
                peer.send(upgrade_request("/dispatchWebsocket"))
                peer.read_http_answer()
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)

        refusals = [line for line in wsd.log().splitlines() if "token_missing" in line]
        self.assertTrue(refusals)
        self.assertLess(len(refusals), 200)


class Churn(support.WskitTestCase):
    """Connections come and go in every way, and nothing is left of them."""

    def test_sockets_return_to_where_they_were(self):
        wsd = self.start_wsd("--threads", "2")
        wsd.session().close()
        wait_until(lambda: wsd.metric("wsd_sessions") == 0, 20, "no session")
        before = wsd.sockets()

        def churn(index):
            for n in range(40):
                kind = (n + index) % 5
                with wsd.connect() as peer:
                    if kind == 1:
                        peer.send(upgrade_request()[:20 + n])
                    elif kind == 2:
                        peer.upgrade()
                    elif kind == 3:
                        peer.upgrade()
                        peer.send(client_frame(TEXT, b"x" * 100)[:50])
                    elif kind == 4:
                        peer.upgrade()
                        peer.close()

        threads = [threading.Thread(target=churn, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        wait_until(lambda: wsd.metric("wsd_sessions") == 0, 20, "no session")
        wait_until(lambda: wsd.sockets() <= before, 20, "the sockets to be closed")
        self.assertEqual(wsd.metric("wsd_handshakes_total", result="ok"), 4 * 40 * 3 / 5 + 1)


if __name__ == "__main__":
    unittest.main()
