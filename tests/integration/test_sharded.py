"""redis-pubsub with --redis-sharded: on one Redis, and on a real Redis Cluster."""

import contextlib
import subprocess
import threading
import unittest

import support
from raw_peer import BINARY, Frame
from redis_cluster import RedisCluster
from support import wait_until
from test_resume import EventStream, JsonClient

DEADLINE_S = 90
TOPIC = "dispatchWebsocketTopic"


class ShardedCase(support.WskitTestCase):
    def start_node(self, url, *more, **options):
        wsd = self.start_wsd("--threads", "2", "--broker", "redis-pubsub", "--redis-sharded",
                             "--redis", url, *more, **options)
        self.wait_until_ready(wsd)
        return wsd

    def wait_until_ready(self, *nodes, is_ready=True):
        for wsd in nodes:
            wait_until(lambda: wsd.is_broker_ready() == is_ready, DEADLINE_S,
                       f"a broker with is_ready={is_ready}")

    def wait_until_joined(self, redis, channel, count):
        """Until so many nodes are subscribed to that channel of Redis."""
        def joined():
            return redis.cli("PUBSUB", "SHARDNUMSUB", channel).split() == [channel, str(count)]
        wait_until(joined, DEADLINE_S, f"{count} subscribers of {channel}")

    def client(self, wsd, user="alice", query="&channel=news"):
        return self.keep(JsonClient(wsd, user, query))


class OneRedis(ShardedCase):
    def setUp(self):
        self.redis = self.start_redis()
        self.nodes = [self.start_node(self.redis.url) for _ in range(2)]

    def spublish(self, channel, payload):
        data = payload if isinstance(payload, bytes) else payload.encode()
        return int(self.redis.cli("-x", "SPUBLISH", channel, stdin=data))

    def test_everyone_users_and_channels(self):
        peers = [self.keep(wsd.session("alice", "&channel=news")) for wsd in self.nodes]
        for channel in ("wskit:*", "wskit:@alice", "wskit:news"):
            self.wait_until_joined(self.redis, channel, 2)

        self.nodes[0].publish(all=True, text="to all")
        self.nodes[0].publish(user="alice", text="to alice")
        self.nodes[1].publish(channel="news", data={"to": "news"})
        self.nodes[1].publish(user="bob", text="to nobody")
        self.assertEqual(self.spublish("wskit:news", "你好 by redis-cli"), 2)
        self.assertEqual(self.spublish("wskit:@alice", b"\xff"), 2)
        self.assertEqual(self.spublish("wskit:@bob", "to nobody"), 0)

        for peer in peers:
            self.assertEqual([peer.read_text() for _ in range(4)],
                             ["to all", "to alice", '{"to": "news"}', "你好 by redis-cli"])
            self.assertEqual(peer.read_frame(), Frame(BINARY, b"\xff"))
        for wsd in self.nodes:
            self.assertEqual(wsd.metric("wsd_broker_messages_received_total"), 5)

    def test_a_channel_nobody_is_subscribed_to_is_accepted(self):
        self.assertEqual(self.nodes[0].publish(channel="nobody", text="x"), {"id": None})
        reply = self.nodes[0].post("/api/v1/publish",
                                   {"all": True, "text": "x", "idempotency_key": "k"})
        self.assertEqual(reply.json()["error"]["code"], "unsupported")

    def test_first_and_last_session_of_a_node(self):
        peers = [self.keep(self.nodes[0].session(f"user{n}", "&channel=news")) for n in range(8)]
        self.wait_until_joined(self.redis, "wskit:news", 1)
        for n, peer in enumerate(peers):
            self.assertIn("wskit:news", self.redis.cli("PUBSUB", "SHARDCHANNELS"))
            peer.close()
            self.wait_until_joined(self.redis, f"wskit:@user{n}", 0)
        self.wait_until_joined(self.redis, "wskit:news", 0)
        self.assertEqual(len(self.redis.cli("PUBSUB", "SHARDCHANNELS").split()), 3,
                         "everyone's, the nodes' and the probes'")

    def test_a_channel_that_comes_and_goes(self):
        """Subscribing and unsubscribing overtake each other's answers."""
        client = self.client(self.nodes[0], query="")
        for n in range(50):
            for kind in ("subscribe", "unsubscribe") * 5 + ("subscribe",):
                client.send(type=kind, channel="news")
            for _ in range(11):
                self.assertNotIn("error", client.read())
            self.nodes[0].publish(channel="news", text=str(n))
            self.assertEqual(client.read()["text"], str(n))
            client.ask(type="unsubscribe", channel="news")
        self.assertEqual(self.nodes[0].metric("wsd_broker_gaps_total"), 0)

    def test_published_here_as_soon_as_somebody_is_there(self):
        for n in range(100):
            with self.nodes[0].session(f"user{n}", f"&channel=c{n}") as peer:
                self.nodes[0].publish(channel=f"c{n}", text="channel")
                self.nodes[0].publish(user=f"user{n}", text="user")
                self.assertEqual({peer.read_text(), peer.read_text()}, {"channel", "user"})
                peer.close()

    def test_published_here_while_the_subscription_is_under_way(self):
        """With the control loop busy, both come to it in one turn."""
        wsd = self.nodes[0]
        stop = threading.Event()

        def keep_busy():
            batch = [{"channel": "noise", "text": "x" * 1000}] * 500
            while not stop.is_set():
                wsd.post("/api/v1/batch", batch)

        busy = threading.Thread(target=keep_busy)
        busy.start()
        try:
            client = self.client(wsd, query="")
            for n in range(300):
                client.ask(type="subscribe", channel=f"c{n % 100}")
                client.send(type="publish", channel=f"c{n % 100}", text=str(n))
                answers = [client.read(), client.read()]
                self.assertEqual({answer["type"] for answer in answers}, {"reply", "message"})
                client.ask(type="unsubscribe", channel=f"c{n % 100}")
        finally:
            stop.set()
            busy.join()

    def test_thousands_of_channels_over_an_outage(self):
        clients = [self.client(self.nodes[0], f"user{n}", "") for n in range(20)]
        names = [[f"channel:{n}:{m}" for m in range(100)] for n in range(len(clients))]
        for client, own in zip(clients, names):
            for name in own:
                client.send(type="subscribe", channel=name)
            for name in own:
                self.assertIn("result", client.read())
        self.wait_until_joined(self.redis, "wskit:channel:19:99", 1)

        self.redis.cli("CLIENT", "KILL", "TYPE", "pubsub")
        wait_until(lambda: self.nodes[0].metric("wsd_broker_gaps_total") == 1, DEADLINE_S, "a gap")
        self.wait_until_ready(*self.nodes)
        for n, (client, own) in enumerate(zip(clients, names)):
            gaps = [client.read() for _ in range(len(own) + 2)]
            self.assertEqual({gap["type"] for gap in gaps}, {"gap"})
            self.assertEqual({gap["channel"] for gap in gaps}, {"*", f"@user{n}", *own})
            self.assertEqual(self.spublish(f"wskit:{own[n]}", "after"), 1)
            self.assertEqual(client.read()["text"], "after")
        self.assertIn("messages_missed", self.nodes[0].log())

    def test_redis_killed_and_restarted(self):
        plain = self.keep(self.nodes[0].session("plain", "&channel=news"))
        client = self.client(self.nodes[1])
        events = EventStream(self.nodes[1], "&channel=news")
        self.keep(events.peer)
        self.redis.kill()
        self.wait_until_ready(*self.nodes, is_ready=False)
        for wsd in self.nodes:
            self.assertEqual(wsd.post("/api/v1/publish", {"channel": "x", "text": "x"}).status, 503)
        late = self.client(self.nodes[1], "bob", "&channel=late")

        self.redis.start()
        self.wait_until_ready(*self.nodes)
        for channel in ("news", "late"):
            self.nodes[1].publish(channel=channel, text="after")

        for read, channels in ((client.read, {"*", "@alice", "news"}),
                               (lambda: events.read()["data"], {"*", "@alice", "news"}),
                               (late.read, {"*", "@bob", "late"})):
            gaps = [read() for _ in channels]
            self.assertEqual({gap.pop("channel") for gap in gaps}, channels)
            self.assertEqual(gaps, [{"type": "gap"}] * len(channels))
            self.assertEqual(read()["text"], "after")
        self.assertEqual(plain.read_text(), "after")

    def test_redis_that_stops_answering(self):
        peer = self.keep(self.nodes[0].session())
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        self.wait_until_ready(self.nodes[0], is_ready=False)

        self.redis.resume()
        self.wait_until_ready(self.nodes[0])
        self.nodes[0].publish(all=True, text="after")
        self.assertEqual(peer.read_text(), "after")

    def test_oversized_ones_are_skipped(self):
        wsd = self.start_node(self.redis.url, "--max-message", "1KiB")
        peer = self.keep(wsd.session("alice", "&channel=news"))
        self.wait_until_joined(self.redis, "wskit:news", 1)
        self.spublish("wskit:news", b"x" * 1025)
        self.spublish("wskit:news", b"y" * 1024)
        self.assertEqual(peer.read_text(), "y" * 1024)
        self.assertEqual(wsd.metric("wsd_broker_messages_skipped_total"), 1)

    def test_stopping_while_redis_is_away(self):
        self.keep(self.nodes[0].session())
        self.redis.kill()
        self.wait_until_ready(self.nodes[0], is_ready=False)
        self.nodes[0].signal()
        self.assertEqual(self.nodes[0].wait_for_exit(), 0)


class Names(ShardedCase):
    def test_a_topic(self):
        """It goes to everyone only, whatever channel of the prefix has its name."""
        redis = self.start_redis()
        for topic in (TOPIC, "wskit:news"):
            with self.subTest(topic):
                wsd = self.start_node(redis.url, "--redis-topic", topic)
                peers = [self.keep(wsd.session("alice", "&channel=news")),
                         self.keep(wsd.session("bob"))]
                redis.cli("SPUBLISH", topic, "by redis-cli")
                wsd.publish(all=True, text="to all")
                redis.cli("SPUBLISH", "wskit:*", "end")
                for peer in peers:
                    self.assertEqual([peer.read_text() for _ in range(3)],
                                     ["by redis-cli", "to all", "end"])
                    peer.close()
                wsd.stop()

    def test_options_that_contradict(self):
        sharded = ("--broker", "redis-pubsub", "--redis-sharded")
        for arguments, expected in {
                ("--redis-sharded",): "redis-sharded: needs",
                ("--broker", "redis-stream", "--redis-sharded"): "redis-sharded: needs",
                (*sharded, "--redis-topic", "wskit:!probe:7"): "redis-topic",
                (*sharded, "--redis-prefix", "{a}:", "--redis-topic", "b"): "hash tag"}.items():
            with self.subTest(arguments):
                done = support.run_wsd("check", *arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(expected, done.stderr)
        done = support.run_wsd("check", *sharded, "--redis-prefix", "{a}:", "--redis-topic", "{a}")
        self.assertEqual(done.returncode, 0, done.stderr)


class Credentials(ShardedCase):
    def start_guarded_redis(self, *commands):
        redis = support.Redis("--user", "default", "off",
                              "--user", "admin", "on", ">adm1n", "~*", "&*", "+@all",
                              "--user", "wsd", "on", ">s3cret", "resetkeys", "resetchannels",
                              "&wskit:*", "-@all", *commands, tcp=True)
        redis.auth = ["--user", "admin", "--pass", "adm1n"]
        return self.start(redis)

    def test_the_documented_commands_suffice(self):
        redis = self.start_guarded_redis("+ssubscribe", "+sunsubscribe", "+spublish", "+ping",
                                         "+auth")
        wsd = self.start_wsd("--broker", "redis-pubsub", "--redis-sharded",
                             env={"WSD_REDIS": f"redis://wsd:s3cret@127.0.0.1:{redis.port}"})
        self.wait_until_ready(wsd)
        with wsd.session() as peer:
            wsd.publish(user="alice", text="to alice")
            self.assertEqual(peer.read_text(), "to alice")
            peer.close()

    def test_what_is_forbidden_is_told(self):
        for commands, topic in ((("+spublish", "+ping"), ""),
                                (("+ssubscribe", "+ping"), ""),
                                (("+@pubsub", "+ping"), "forbidden")):
            with self.subTest(commands):
                redis = self.start_guarded_redis(*commands)
                wsd = self.start_wsd(
                    "--broker", "redis-pubsub", "--redis-sharded", "--redis-topic", topic,
                    env={"WSD_REDIS": f"redis://wsd:s3cret@127.0.0.1:{redis.port}"})
                wait_until(lambda: b"NOPERM" in wsd.get("/health/ready").body, DEADLINE_S,
                           "a reason")
                self.assertEqual(
                    wsd.post("/api/v1/publish", {"all": True, "text": "x"}).status, 503)
                redis.cli("ACL", "SETUSER", "wsd", "+@pubsub", "allchannels")
                self.wait_until_ready(wsd)


class Cluster(ShardedCase):
    def setUp(self):
        self.cluster = RedisCluster(self)
        self.nodes = [self.start_node(self.cluster.url, "--redis-topic", TOPIC)
                      for _ in range(2)]
        self.channels = self.one_channel_for_each_master()

    def one_channel_for_each_master(self):
        found = {}
        for n in range(100):
            found.setdefault(self.cluster.owner(f"wskit:channel{n}"), f"channel{n}")
            if len(found) == 3:
                return list(found.values())
        self.fail("channels of one master only")

    def all_names(self):
        return [TOPIC, "wskit:@alice", *(f"wskit:{channel}" for channel in self.channels)]

    def wait_until_all_joined(self):
        for name in self.all_names():
            self.wait_until_joined(self.cluster.owner(name), name, 2)

    def clients(self):
        query = "".join(f"&channel={channel}" for channel in self.channels)
        clients = [self.client(wsd, query=query) for wsd in self.nodes]
        self.wait_until_all_joined()
        return clients

    def publish_everywhere(self, mark):
        """By each node and by redis-cli to each channel; gives what each session must get."""
        expected = {}
        for n, wsd in enumerate(self.nodes):
            wsd.publish(all=True, text=f"{mark} {n}")
            wsd.publish(user="alice", text=f"{mark} {n}")
            for channel in self.channels:
                wsd.publish(channel=channel, text=f"{mark} {n}")
        port = str(self.cluster.living()[0].port)
        for name in self.all_names():
            subprocess.run(["redis-cli", "-e", "-c", "-p", port, "SPUBLISH", name, f"{mark} cli"],
                           check=True, capture_output=True, timeout=20)
        for channel in ("*", "@alice", *self.channels):
            expected[channel] = [f"{mark} 0", f"{mark} 1", f"{mark} cli"]
        return expected

    def read(self, client, expected):
        """Reads as many messages as are expected, in order on each channel; gives the gaps' channels."""
        gaps, got = set(), {channel: [] for channel in expected}
        while any(len(got[channel]) < len(expected[channel]) for channel in expected):
            object_ = client.read()
            if object_["type"] == "gap":
                gaps.add(object_["channel"])
            else:
                got[object_["channel"]].append(object_["text"])
        self.assertEqual(got, expected)
        return gaps

    def test_each_master(self):
        clients = self.clients()
        expected = self.publish_everywhere("first")
        for client in clients:
            self.assertEqual(self.read(client, expected), set())
        for wsd in self.nodes:
            self.assertEqual(wsd.metric("wsd_broker_gaps_total"), 0)

    def test_a_failed_master(self):
        clients = self.clients()
        lost = self.cluster.owner(f"wskit:{self.channels[0]}")
        there = {channel for channel in ("*", "@alice", *self.channels)
                 if self.cluster.owner(f"wskit:{channel}") is lost}
        if self.cluster.owner(TOPIC) is lost:
            there.add("*")
        lost.kill()
        self.wait_until_ready(*self.nodes, is_ready=False)
        self.assertEqual(self.nodes[0].post("/api/v1/publish", {
            "channel": self.channels[0], "text": "lost"}).status, 503)
        self.nodes[0].publish(channel=self.channels[1], text="still there")
        self.wait_until_ready(*self.nodes)
        self.wait_until_all_joined()

        expected = self.publish_everywhere("after")
        expected[self.channels[1]].insert(0, "still there")
        for client in clients:
            self.assertEqual(self.read(client, expected), there)
        for wsd in self.nodes:
            self.assertEqual(wsd.metric("wsd_broker_gaps_total"), 1)

    def test_a_slot_that_moves(self):
        clients = self.clients()
        channel = self.channels[0]
        name = f"wskit:{channel}"
        move = self.cluster.begin_to_move(name)
        self.nodes[0].publish(channel=channel, text="while it moves")
        for client in clients:
            self.assertEqual(client.read()["text"], "while it moves")
        self.cluster.finish_to_move(*move)
        self.wait_until_joined(move[1], name, 2)
        self.wait_until_ready(*self.nodes)

        expected = self.publish_everywhere("after")
        for client in clients:
            self.assertEqual(self.read(client, expected), {channel})

    def test_the_slot_of_the_probes_moves(self):
        clients = self.clients()
        for member in self.cluster.masters():
            probe, = (name for name in member.cli("PUBSUB", "SHARDCHANNELS").split()
                      if "!probe" in name)
            before = self.nodes[0].metric("wsd_broker_gaps_total")
            self.cluster.finish_to_move(*self.cluster.begin_to_move(probe))

            def has_another():
                names = member.cli("PUBSUB", "SHARDCHANNELS").split()
                return any("!probe" in name and name != probe for name in names)

            wait_until(has_another, DEADLINE_S, "another channel for probes")
            self.assertLessEqual(self.nodes[0].metric("wsd_broker_gaps_total"), before + 1)
        self.wait_until_ready(*self.nodes)
        expected = self.publish_everywhere("after")
        for client in clients:
            self.read(client, expected)

    def hand_over(self, replica):
        """Redis gives a failover up after 5 s where the replica is not quite up to date."""
        for _ in range(DEADLINE_S // 6):
            replica.cli("CLUSTER", "FAILOVER")
            with contextlib.suppress(AssertionError):
                return wait_until(
                    lambda: self.cluster.owner(f"wskit:{self.channels[0]}") is replica, 6,
                    "a new master")
        self.fail("there is no new master")

    def test_a_master_that_hands_over(self):
        """The old one lives on as a replica."""
        clients = self.clients()
        old = self.cluster.owner(f"wskit:{self.channels[0]}")
        old_id = old.cli("CLUSTER", "MYID")
        replica = next(member for member in self.cluster.members
                       if f"slave {old_id}" in next(
                           line for line in member.cli("CLUSTER", "NODES").splitlines()
                           if "myself" in line))
        self.hand_over(replica)
        self.wait_until_all_joined()
        self.wait_until_ready(*self.nodes)
        expected = self.publish_everywhere("after")
        for client in clients:
            self.read(client, expected)

    def test_a_prefix_with_a_hash_tag_uses_one_master(self):
        wsd = self.start_node(self.cluster.url, "--redis-prefix", "{here}:")
        peer = self.keep(wsd.session("alice", "&channel=news"))
        wsd.publish(user="alice", text="to alice")
        wsd.publish(channel="news", text="news")
        self.assertEqual({peer.read_text(), peer.read_text()}, {"to alice", "news"})
        for member in self.cluster.masters():
            channels = member.cli("PUBSUB", "SHARDCHANNELS", "{here}:*").split()
            self.assertEqual(bool(channels), member is self.cluster.owner("here"))


if __name__ == "__main__":
    unittest.main()
