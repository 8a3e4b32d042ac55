"""Several wsd behind one Redis, with sessions by several WebSocket implementations."""

import concurrent.futures
import json
import socket
import threading
import unittest

import clients
import support
from raw_peer import BINARY, PING, PONG, Frame
from support import wait_until
from test_resume import EventStream, JsonClient

TOPIC = "dispatchWebsocketTopic"
DEADLINE_S = 60


def pubsub_options(redis, *more):
    return ["--threads", "2", "--broker", "redis-pubsub", "--redis", redis.url, *more]


def reason(wsd):
    """What /health/ready says while it is not."""
    reply = wsd.get("/health/ready")
    if reply.status != 503:
        return ""
    return json.dumps(reply.json())


class RedisTestCase(support.WskitTestCase):
    def start_node(self, redis, *more, **options):
        wsd = self.start_wsd(*pubsub_options(redis, *more), **options)
        self.wait_until_ready(wsd)
        return wsd

    def wait_until_ready(self, *nodes):
        for wsd in nodes:
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")

    def wait_until_not_ready(self, *nodes, deadline_s=DEADLINE_S):
        for wsd in nodes:
            wait_until(lambda: not wsd.is_broker_ready(), deadline_s, "a broker that is not ready")

    def assert_publish_fails(self, wsd):
        reply = wsd.post("/api/v1/publish", {"all": True, "text": "lost"})
        self.assertEqual(reply.status, 503, reply)
        self.assertIn(reply.json()["error"]["code"], ("unavailable", "unknown"))


class Cluster(RedisTestCase):
    """Every kind of session on every one of three nodes."""

    def setUp(self):
        self.redis = self.start_redis()
        self.record = clients.Record()
        self.browser = clients.BrowserSessions(self.record)
        self.addCleanup(self.browser.stop)
        options = ("--redis-topic", TOPIC, "--origin", self.browser.origin)
        self.nodes = [self.start_wsd(*pubsub_options(self.redis, *options), name=f"wsd{n}")
                      for n in range(3)]
        self.wait_until_ready(*self.nodes)
        self.open_sessions()

    def open_sessions(self):
        """Users are named like their sessions, except for one with sessions on two nodes."""
        users = {"python-0-0": "shared", "node-1-1": "shared"}
        kinds = {"python": 2, "node": 2, "browser": 1}
        if clients.WSC.exists():
            kinds["wsc"] = 1
        urls = {kind: {} for kind in kinds}
        for kind, count in kinds.items():
            for index, node in enumerate(self.nodes):
                for n in range(count):
                    name = f"{kind}-{index}-{n}"
                    urls[kind][name] = node.url(users.get(name, name), "&channel=news")
        self.browser.open(urls["browser"])
        self.start_sessions(clients.PythonSessions(self.record, urls["python"]))
        self.start_sessions(clients.node_sessions(self.record, urls["node"]))
        for sessions in clients.wsc_sessions(self.record, urls.get("wsc", {})):
            self.start_sessions(sessions)
        self.shared = list(users)
        expected = sum(kinds.values()) * len(self.nodes)
        wait_until(lambda: sum(node.metric("wsd_sessions") for node in self.nodes) == expected,
                   DEADLINE_S, f"{expected} sessions")
        self.assertEqual(len(self.record.names()), expected)

    def start_sessions(self, sessions):
        self.addCleanup(sessions.stop)

    def assert_received(self, expected):
        """Each session has got its texts once, and in this order. `expected` maps names to
        them; None is for the others. The last text must be one that goes to everyone."""
        def has_all():
            return all(expected[None][-1] in self.record.texts(name)
                       for name in self.record.names())

        try:
            wait_until(has_all, DEADLINE_S, "everyone to get the last message")
        finally:
            for name in self.record.names():
                with self.subTest(name):
                    self.assertEqual(self.record.texts(name), expected.get(name, expected[None]))
        self.assertEqual(self.record.ended(), [])

    def publish_everywhere(self, mark):
        """Publishes by Redis and by each node; gives the texts in order."""
        texts = [f"你好 {mark} by redis-cli"]
        self.assertEqual(self.redis.publish(TOPIC, texts[0]), len(self.nodes))
        for index, node in enumerate(self.nodes):
            text = f"你好 {mark} by node {index}"
            reply = node.publish(all=True, text=text)
            self.assertIsNone(reply["id"])
            texts.append(text)
        texts.append(f"{mark} to news")
        self.nodes[1].publish(channel="news", text=texts[-1])
        self.nodes[2].publish(channel="nobody", text="for nobody")
        texts.append(f"{mark} ends")
        self.redis.publish(TOPIC, texts[-1])
        return texts

    def test_everything_reaches_everyone_once(self):
        first = self.publish_everywhere("first")
        self.assert_received({None: first})

        self.nodes[2].publish(user="shared", text="for shared")
        self.nodes[0].publish(user="python-2-1", text="for one")
        self.nodes[0].publish(user="share", text="for nobody")
        self.nodes[0].publish(user="*", text="for nobody")
        last = first + ["after users"]
        self.redis.publish(TOPIC, "after users")
        expected = {name: first + ["for shared", "after users"] for name in self.shared}
        expected["python-2-1"] = first + ["for one", "after users"]
        self.assert_received({None: last, **expected})

        for node in self.nodes:
            self.assertEqual(node.metric("wsd_broker_ready"), 1)
            self.assertEqual(node.metric("wsd_queue_drops_total"), 0)

    def test_sessions_outlive_redis(self):
        before = self.publish_everywhere("before")
        self.assert_received({None: before})

        self.redis.kill()
        self.wait_until_not_ready(*self.nodes)
        for node in self.nodes:
            self.assert_publish_fails(node)
            self.assertGreater(len(reason(node)), 10)
            self.assertEqual(node.metric("wsd_broker_ready"), 0)
            self.assertEqual(node.get("/health/live").status, 200)
            with node.session("during") as peer:
                peer.send_text("still served?")
                self.assertEqual(peer.read_text(), support.HEARTBEAT_REPLY)
                peer.close()

        self.redis.start()
        self.wait_until_ready(*self.nodes)
        after = self.publish_everywhere("after")
        self.assert_received({None: before + after})


class Faults(RedisTestCase):
    """One or two nodes, and a Redis in trouble."""

    def test_redis_that_comes_late(self):
        # Bound and not listening: connections are refused, and nobody else can take the port.
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            port = reserved.getsockname()[1]
            wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub",
                                 "--redis", f"redis://127.0.0.1:{port}", "--redis-topic", TOPIC)
            peer = self.keep(wsd.session())
            self.assertFalse(wsd.is_broker_ready())
            self.assertTrue(reason(wsd))
            self.assert_publish_fails(wsd)
        redis = self.start_redis(port=port)

        self.wait_until_ready(wsd)
        redis.publish(TOPIC, "late")

        self.assertEqual(peer.read_text(), "late")

    def test_redis_that_stops_answering(self):
        redis = self.start_redis()
        wsd = self.start_node(redis, "--redis-topic", TOPIC)
        peer = self.keep(wsd.session())
        redis.pause()
        self.addCleanup(redis.resume)

        self.assert_publish_fails(wsd)
        # F2 wants it noticed within 5 s.
        self.wait_until_not_ready(wsd, deadline_s=8)
        self.assertTrue(reason(wsd))
        self.assert_publish_fails(wsd)
        peer.send_text("still served?")
        self.assertEqual(peer.read_text(), support.HEARTBEAT_REPLY)

        redis.resume()
        self.wait_until_ready(wsd)
        wsd.publish(all=True, text="end")
        while (text := peer.read_text()) != "end":
            self.assertEqual(text, "lost")  # sent to a Redis that had it in its socket

    def test_an_outage_is_told(self):
        redis = self.start_redis()
        wsd = self.start_node(redis)
        plain = self.keep(wsd.session("plain", "&channel=news"))
        client = self.keep(JsonClient(wsd, query="&channel=news"))
        events = EventStream(wsd, "&channel=news")
        self.keep(events.peer)
        redis.cli("CLIENT", "KILL", "TYPE", "normal")  # it publishes: nothing is missed
        wait_until(lambda: wsd.metric("wsd_broker_reconnects_total"), DEADLINE_S, "a loss")
        self.wait_until_ready(wsd)
        self.assertEqual(wsd.metric("wsd_broker_gaps_total"), 0)

        redis.cli("CLIENT", "KILL", "TYPE", "pubsub")
        wait_until(lambda: wsd.metric("wsd_broker_gaps_total") == 1, DEADLINE_S, "a gap")
        self.wait_until_ready(wsd)
        wsd.publish(all=True, text="after")

        channels = {"*", "@alice", "news"}
        for read in (client.read, lambda: events.read()["data"]):
            gaps = [read() for _ in channels]
            self.assertEqual({gap["channel"] for gap in gaps}, channels)
            for gap in gaps:
                self.assertEqual(gap, {"type": "gap", "channel": gap["channel"]})
            self.assertEqual(read()["text"], "after")
        self.assertEqual(plain.read_text(), "after")
        self.assertIn("messages_missed", wsd.log())

    def test_redis_killed_again_and_again(self):
        redis = self.start_redis()
        wsd = self.start_node(redis, "--redis-topic", TOPIC)
        peer = self.keep(wsd.session())
        for n in range(3):
            redis.kill()
            self.wait_until_not_ready(wsd)
            redis.start()
            self.wait_until_ready(wsd)

            wsd.publish(all=True, text=f"round {n}")

            self.assertEqual(peer.read_text(), f"round {n}")

    def test_redis_drops_its_clients(self):
        redis = self.start_redis()
        wsd = self.start_node(redis, "--redis-topic", TOPIC)
        peer = self.keep(wsd.session())
        for kind in ("pubsub", "normal"):
            with self.subTest(kind):
                killed = int(redis.cli("CLIENT", "KILL", "TYPE", kind))
                self.assertGreater(killed, 0)

                def arrives():
                    reply = wsd.post("/api/v1/publish", {"user": "alice", "text": kind})
                    return reply.status == 200 and peer.hears_within(0.2)

                wait_until(arrives, DEADLINE_S, "messages to get through again")
                self.assertEqual(peer.read_text(), kind)
                wsd.publish(all=True, text="end")
                while (text := peer.read_text()) != "end":
                    self.assertEqual(text, kind)

    def test_no_publish_is_lost_unless_it_was_refused(self):
        """A ledger over a restart of Redis. Pub/sub may lose what it accepted while a node was
        away, so only one node: what it accepted came over the same outage."""
        redis = self.start_redis()
        wsd = self.start_node(redis)
        peer = self.keep(wsd.session())
        statuses = {}
        stop = threading.Event()

        def publish():
            n = 0
            while not stop.is_set():
                statuses[n] = wsd.post("/api/v1/publish", {"all": True, "data": n}).status
                n += 1

        publisher = threading.Thread(target=publish)
        publisher.start()
        try:
            for status in (200, 503, 200, 503, 200):
                count = len(statuses)
                wait_until(lambda: status in list(statuses.values())[count:], DEADLINE_S,
                           f"a publish with {status}")
                if status == 200:
                    redis.kill()
                else:
                    redis.start()
        finally:
            stop.set()
            publisher.join()
        redis.start()
        self.wait_until_ready(wsd)
        wsd.publish(all=True, text="end")
        received = []
        while (text := peer.read_text()) != "end":
            received.append(int(text))

        self.assertEqual(received, sorted(set(received)), "duplicates or disorder")
        self.assertLessEqual(set(statuses.values()), {200, 503})
        self.assertLessEqual(set(received), set(statuses))
        self.assertGreater(len(received), 0)

    def test_stopping_while_redis_is_away(self):
        redis = self.start_redis()
        wsd = self.start_node(redis)
        peer = self.keep(wsd.session())
        redis.kill()
        self.wait_until_not_ready(wsd)

        wsd.signal()

        self.assertEqual(peer.read_close(), 1001)
        peer.answer_close()
        self.assertEqual(wsd.wait_for_exit(), 0)

    def test_stopping_while_redis_hangs(self):
        redis = self.start_redis()
        wsd = self.start_node(redis)
        peer = self.keep(wsd.session())
        redis.pause()
        self.addCleanup(redis.resume)

        wsd.signal()

        self.assertEqual(peer.read_close(), 1001)
        peer.answer_close()
        self.assertEqual(wsd.wait_for_exit(), 0)

    def test_garbage_instead_of_redis(self):
        cases = (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 5000, b"*-5\r\n",
                 b"*1000000000\r\n", b"$9999999999\r\n", b"-NOAUTH s3cret text\r\n" * 10,
                 b"+OK\r\n" * 100, b"*1\r\n" * 5000, b"")
        with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
            futures = {garbage: pool.submit(self.outlive, garbage) for garbage in cases}
        for garbage, future in futures.items():
            with self.subTest(garbage[:20]):
                future.result()

    def outlive(self, garbage):
        with GarbageServer(garbage) as server:
            wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub",
                                 "--redis", f"redis://127.0.0.1:{server.port}")
            wait_until(lambda: server.connections > 0, DEADLINE_S, "wsd to connect")
            self.assertFalse(wsd.is_broker_ready())
            self.assertNotIn("s3cret", reason(wsd))
            self.assert_publish_fails(wsd)
            wsd.session().close()
            wsd.signal()
            self.assertEqual(wsd.wait_for_exit(), 0)


class GarbageServer:
    """Says the same to everyone who connects, and hangs up after their first bytes."""

    def __init__(self, garbage):
        self.garbage = garbage
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(20)

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.connections += 1
                connection.settimeout(1)
                try:
                    connection.sendall(self.garbage)
                    connection.recv(4096)
                except OSError:
                    pass


class Payloads(RedisTestCase):
    """Any program may publish: what Redis hands us is as hostile as what a peer sends."""

    def setUp(self):
        self.redis = self.start_redis()
        self.wsd = self.start_node(self.redis, "--redis-topic", TOPIC, "--max-message", "1KiB")
        self.peer = self.keep(self.wsd.session("alice", "&channel=news"))

    def test_oversized_ones_are_skipped_and_counted(self):
        before = self.counters()

        self.redis.publish(TOPIC, b"x" * 1025)
        self.redis.publish("wskit:news", b"x" * 5_000_000)
        self.redis.publish(TOPIC, b"y" * 1024)

        self.assertEqual(self.peer.read_text(), "y" * 1024)
        grown = [name for name, value in self.counters().items()
                 if value - before.get(name, 0) == 2]
        self.assertTrue([name for name in grown if "skip" in name], grown)

    def counters(self):
        totals = {}
        for (name, _), value in self.wsd.metrics().items():
            totals[name] = totals.get(name, 0) + value
        return totals

    def test_what_is_not_utf8_is_binary(self):
        for payload in (b"\xff", b"\x00\xfe", b"\xed\xa0\x80", b"\xe4\xbd", b"ab\xc0\xaf"):
            with self.subTest(payload):
                self.redis.publish(TOPIC, payload)

                self.assertEqual(self.peer.read_frame(), Frame(BINARY, payload))

    def test_text_is_carried_verbatim(self):
        for text in ("", "a\0b", "\r\n", '{"a":1,"a":2}', "😀", "*3\r\n$7\r\nmessage\r\n"):
            with self.subTest(text):
                self.redis.publish("wskit:news", text)

                self.assertEqual(self.peer.read_text(), text)

    def test_channels_of_the_prefix(self):
        self.redis.publish("wskit:@alice", "to alice")
        self.redis.publish("wskit:@alic", "to nobody")
        self.redis.publish("wskit:*", "to all")
        self.redis.publish("wskit:", "to nobody")
        self.redis.publish("wskit:news\xff", "to nobody")
        self.redis.publish("wskit", "to nobody")
        self.redis.publish("xwskit:*", "to nobody")
        self.redis.publish(TOPIC + "x", "to nobody")
        self.redis.publish(TOPIC, "end")

        self.assertEqual([self.peer.read_text() for _ in range(3)], ["to alice", "to all", "end"])

    def test_binary_travels_through_redis(self):
        self.wsd.publish(all=True, base64="AP8=")

        self.assertEqual(self.peer.read_frame(), Frame(BINARY, b"\x00\xff"))

    def test_a_burst_arrives_whole_and_in_order(self):
        script = "for i = 1, 2000 do redis.call('PUBLISH', KEYS[1], tostring(i)) end"
        self.redis.cli("EVAL", script, "1", TOPIC)

        self.assertEqual([self.peer.read_text() for _ in range(2000)],
                         [str(n) for n in range(1, 2001)])


class Names(RedisTestCase):
    def test_a_topic_below_the_prefix_is_delivered_once(self):
        redis = self.start_redis()
        wsd = self.start_node(redis, "--redis-topic", "wskit:news")
        peers = [self.keep(wsd.session("alice", "&channel=news")), self.keep(wsd.session("bob"))]

        redis.publish("wskit:news", "by redis-cli")
        wsd.publish(all=True, text="to all")
        redis.publish("wskit:*", "end")

        for peer in peers:
            self.assertEqual([peer.read_text() for _ in range(3)],
                             ["by redis-cli", "to all", "end"])

    def test_patterns_in_a_prefix_and_a_topic_are_literal(self):
        redis = self.start_redis()
        wsd = self.start_node(redis, "--redis-prefix", "w[a-z]*?:", "--redis-topic", "t*[x]?")
        peer = self.keep(wsd.session("alice", "&channel=news"))

        for channel in ("wa:news", "waXY:*", "wskit:*", "tax1", "t*x?", "t*"):
            redis.publish(channel, "a stranger's")
        redis.publish("w[a-z]*?:news", "to news")
        redis.publish("t*[x]?", "to all")
        wsd.publish(user="alice", text="to alice")

        self.assertEqual([peer.read_text() for _ in range(3)], ["to news", "to all", "to alice"])

    def test_prefixes_keep_clusters_apart(self):
        redis = self.start_redis()
        one = self.start_node(redis, "--redis-prefix", "one:")
        other = self.start_node(redis, "--redis-prefix", "other:")
        in_one, in_other = self.keep(one.session()), self.keep(other.session())

        one.publish(all=True, text="one")
        other.publish(all=True, text="other")

        self.assertEqual(in_one.read_text(), "one")
        self.assertEqual(in_other.read_text(), "other")

    def test_all_is_published_to_the_topic(self):
        """So that other subscribers of the topic, such as Redisson's, hear it as well."""
        redis = self.start_redis()
        wsd = self.start_node(redis, "--redis-topic", TOPIC)
        listener = self.keep(RedisSubscriber(redis, TOPIC))

        wsd.publish(all=True, text="你好")

        self.assertEqual(listener.message(), "你好".encode())


class RedisSubscriber:
    """A subscriber that is none of ours: the inline protocol over a socket."""

    def __init__(self, redis, channel):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(str(redis.socket))
        self.file = self.socket.makefile("rb")
        self.socket.sendall(f"SUBSCRIBE {channel}\r\n".encode())
        for _ in range(6):  # *3, $9, subscribe, $n, the channel, :1
            self.file.readline()

    def message(self):
        parts = []
        count = int(self.file.readline()[1:])
        for _ in range(count):
            size = int(self.file.readline()[1:])
            parts.append(self.file.read(size + 2)[:-2])
        return parts[-1]

    def disconnect(self):
        self.file.close()
        self.socket.close()


class Credentials(RedisTestCase):
    """S14, S20: passwords come from the environment or a file, and go nowhere else."""

    def start_guarded_redis(self, **options):
        redis = support.Redis("--user", "default", "off",
                              "--user", "admin", "on", ">adm1n", "~*", "&*", "+@all",
                              "--user", "wsd", "on", ">s3cret", "resetkeys", "resetchannels",
                              "&wskit:*", f"&{TOPIC}", "-@all", "+@pubsub", "+@connection",
                              **options)
        redis.auth = ["--user", "admin", "--pass", "adm1n"]
        return self.start(redis)

    def talk(self, redis, wsd):
        self.wait_until_ready(wsd)
        peer = self.keep(wsd.session())
        wsd.publish(all=True, text="by wsd")
        redis.publish(TOPIC, "by redis-cli")
        self.assertEqual([peer.read_text(), peer.read_text()], ["by wsd", "by redis-cli"])
        peer.close()
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)
        self.assertNotIn("s3cret", wsd.log())

    def password_file(self, password):
        path = self.folder() / "password"
        path.touch(0o600)
        path.write_text(password)
        return path

    def test_a_user_that_may_only_do_pubsub_suffices(self):
        redis = self.start_guarded_redis(tcp=True)
        address = f"127.0.0.1:{redis.port}"
        options = ["--threads", "1", "--broker", "redis-pubsub", "--redis-topic", TOPIC,
                   "--log-level", "debug"]
        with self.subTest("URL in the environment"):
            self.talk(redis, self.start_wsd(
                *options, env={"WSD_REDIS": f"redis://wsd:s3cret@{address}"}))
        with self.subTest("password in a file"):
            self.talk(redis, self.start_wsd(
                *options, "--redis", f"redis://wsd@{address}",
                "--redis-password-file", self.password_file("s3cret\n")))
        with self.subTest("URL in the configuration file"):
            config = self.folder() / "wsd.toml"
            config.touch(0o600)
            config.write_text(f'redis = "redis://wsd:s3cret@{address}"\n')
            self.talk(redis, self.start_wsd(*options, "--config", config))

    def test_a_wrong_password(self):
        redis = self.start_guarded_redis(tcp=True)
        wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub", "--log-level", "debug",
                             env={"WSD_REDIS": f"redis://wsd:wr0ng@127.0.0.1:{redis.port}"})

        wait_until(lambda: "WRONGPASS" in redis.cli("ACL", "LOG") or "auth" in
                   redis.cli("ACL", "LOG"), DEADLINE_S, "an attempt to log in")

        self.assertTrue(reason(wsd))
        self.assertNotIn("wr0ng", reason(wsd))
        self.assert_publish_fails(wsd)
        wsd.session().close()
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)
        self.assertNotIn("wr0ng", wsd.log())

    def test_a_password_that_becomes_right(self):
        redis = self.start_guarded_redis(tcp=True)
        wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub", "--redis-topic", TOPIC,
                             env={"WSD_REDIS": f"redis://wsd:n3w@127.0.0.1:{redis.port}"})
        wait_until(lambda: "auth" in redis.cli("ACL", "LOG"), DEADLINE_S, "an attempt to log in")
        self.assertFalse(wsd.is_broker_ready())

        redis.cli("ACL", "SETUSER", "wsd", ">n3w")

        self.wait_until_ready(wsd)

    def test_no_password_where_one_is_needed(self):
        redis = support.Redis("--requirepass", "adm1n", tcp=True)
        redis.auth = ["-a", "adm1n"]
        self.start(redis)
        wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub",
                             "--redis", f"redis://127.0.0.1:{redis.port}")

        self.assertFalse(wsd.is_broker_ready())
        self.assert_publish_fails(wsd)

    def test_a_channel_that_is_forbidden(self):
        """Redis refuses the subscription: that must not pass for ready."""
        redis = self.start_guarded_redis(tcp=True)
        wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub",
                             "--redis-topic", "forbidden",
                             env={"WSD_REDIS": f"redis://wsd:s3cret@127.0.0.1:{redis.port}"})

        wait_until(lambda: "forbidden" in redis.cli("ACL", "LOG"), DEADLINE_S, "a refusal")

        self.assertFalse(wsd.is_broker_ready())
        self.assertTrue(reason(wsd))


class RedisOverTls(RedisTestCase):
    def test_with_its_ca(self):
        made = support.certificates()
        redis = self.start_redis(certificates=made)
        wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub", "--redis-topic", TOPIC,
                             "--redis", f"rediss://localhost:{redis.port}",
                             "--redis-ca", made.ca)
        self.wait_until_ready(wsd)
        peer = self.keep(wsd.session())

        wsd.publish(all=True, text="x" * 60000)
        redis.publish(TOPIC, "你好")

        self.assertEqual(peer.read_text(), "x" * 60000)
        self.assertEqual(peer.read_text(), "你好")

    def test_certificates_that_are_not_trusted(self):
        made = support.certificates()
        other = support.Certificates()
        redis = self.start_redis(certificates=made)
        for name, options in {
                "another CA": ["--redis", f"rediss://localhost:{redis.port}",
                               "--redis-ca", other.ca],
                "no CA": ["--redis", f"rediss://localhost:{redis.port}"],
                "no TLS": ["--redis", f"redis://127.0.0.1:{redis.port}"]}.items():
            with self.subTest(name):
                wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub", *options)
                self.assert_publish_fails(wsd)
                self.assertFalse(wsd.is_broker_ready())
                self.assertTrue(reason(wsd))

    def test_a_certificate_for_another_name(self):
        made = support.Certificates("DNS:other.example")
        redis = self.start_redis(certificates=made)
        for host in ("localhost", "127.0.0.1"):
            with self.subTest(host):
                wsd = self.start_wsd("--threads", "1", "--broker", "redis-pubsub",
                                     "--redis", f"rediss://{host}:{redis.port}",
                                     "--redis-ca", made.ca)
                self.assert_publish_fails(wsd)
                self.assertFalse(wsd.is_broker_ready())


class TwoNodes(RedisTestCase):
    """Exactness under load: every message once, on the other node as well."""

    def test_publishers_on_both_nodes(self):
        redis = self.start_redis()
        nodes = [self.start_node(redis, "--redis-topic", TOPIC) for _ in range(2)]
        peers = [self.keep(node.session(f"user{n}")) for node in nodes for n in range(3)]

        def publish(index):
            for n in range(200):
                nodes[index].publish(all=True, data=[index, n])

        threads = [threading.Thread(target=publish, args=(index,)) for index in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        redis.publish(TOPIC, "end")

        orders = set()
        for peer in peers:
            received = []
            while (text := peer.read_text()) != "end":
                received.append(tuple(json.loads(text)))
            orders.add(tuple(received))
            for index in range(2):
                self.assertEqual([n for sender, n in received if sender == index],
                                 list(range(200)))
        self.assertEqual(len(orders), 1, "Redis has one order, and everyone must see it")

    def test_a_stuck_session_does_not_hold_up_its_node(self):
        redis = self.start_redis()
        nodes = [self.start_node(redis, "--max-queue", "256KiB") for _ in range(2)]
        reader = self.keep(nodes[1].session("reader"))
        self.keep(nodes[1].session("stuck", receive_buffer_bytes=4096))

        for n in range(2000):
            nodes[0].publish(all=True, text=f"{n}".ljust(32768, "."))
            self.assertEqual(reader.read_text().rstrip("."), str(n))
            if nodes[1].metric("wsd_queue_drops_total") == 1:
                break
        else:
            self.fail("the stuck session was not cut off")

        reader.send_frame(PING, b"1")
        self.assertEqual(reader.read_frame(), Frame(PONG, b"1"))


if __name__ == "__main__":
    unittest.main()
