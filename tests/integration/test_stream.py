"""The broker redis-stream: a log in a real Redis, over outages, with two nodes."""

import signal
import subprocess
import unittest

import support
from ledger import as_pair
from support import wait_until
from test_resume import JsonClient

DEADLINE_S = 60


class StreamCase(support.WskitTestCase):
    arguments = ()
    redis_arguments = ()

    def setUp(self):
        self.redis = self.start_redis(*self.redis_arguments)
        self.nodes = [self.start_node(), self.start_node()]

    def start_node(self, *more):
        wsd = self.start_wsd("--broker", "redis-stream", "--redis", self.redis.url, "--threads",
                             "2", *self.arguments, *more)
        wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        return wsd

    def cli(self, *words):
        done = subprocess.run(["redis-cli", "-s", self.redis.socket, *map(str, words)],
                              capture_output=True, text=True, check=True, timeout=20)
        return done.stdout.strip()

    def client(self, node=0, query="&channel=news", **options):
        client = JsonClient(self.nodes[node], query=query, **options)
        self.addCleanup(client.disconnect)
        return client

    def wait_until_ready(self, is_ready=True):
        for wsd in self.nodes:
            wait_until(lambda: wsd.is_broker_ready() == is_ready, DEADLINE_S,
                       f"a broker with is_ready={is_ready}")

    def restart_redis(self):
        self.redis.kill()
        self.wait_until_ready(False)
        self.redis.start()
        self.wait_until_ready()

    def expect_gaps(self, client):
        gaps = [client.read() for _ in range(3)]
        self.assertEqual({gap["type"] for gap in gaps}, {"gap"})
        self.assertEqual({gap["channel"] for gap in gaps}, {"*", "@alice", "news"})


class Delivery(StreamCase):
    def test_a_bare_xadd_and_a_post_are_alike(self):
        sessions = [self.client(0), self.client(1)]
        added = self.cli("XADD", "wskit:log", "*", "c", "*", "d", "hello")
        posted = self.nodes[0].publish(all=True, text="hello")["id"]
        self.assertLess(as_pair(added), as_pair(posted))
        for client in sessions:
            first, second = client.read(), client.read()
            self.assertEqual((first.pop("id"), second.pop("id")), (added, posted))
            self.assertEqual(first, second)

    def test_types_of_entries(self):
        client = self.client()
        for fields, expected in ((("d", "[1]", "t", "json"), {"data": [1]}),
                                 (("d", "[1]"), {"text": "[1]"}),
                                 (("d", "x", "t", "binary", "other", "y"), {"base64": "eA=="}),
                                 (("d", "x", "t", "text"), {"text": "x"})):
            self.cli("XADD", "wskit:log", "*", "c", "news", *fields)
            message = client.read()
            self.assertEqual({name: value for name, value in message.items()
                              if name not in ("type", "channel", "id")}, expected)

    def test_bad_entries_are_skipped_and_counted(self):
        client = self.client()
        for fields in (("x", "y"), ("c", "news"), ("c", "ne ws", "d", "x"), ("d", "x"),
                       ("c", "news", "d", "{", "t", "json"), ("c", "news", "d", "x", "t", "no"),
                       ("c", "news", "d", "x" * 70_000), ("c", "@", "d", "x")):
            self.cli("XADD", "wskit:log", "*", *fields)
        self.cli("XADD", "wskit:log", "*", *(f"f{n}" for n in range(3000)))
        last = self.nodes[0].publish(channel="news", text="good")["id"]
        self.assertEqual(client.read()["id"], last)
        self.assertEqual(self.nodes[0].metric("wsd_broker_messages_skipped_total"), 9)

    def test_publishers_on_both_nodes_are_in_one_order(self):
        sessions = [self.client(0), self.client(1)]
        ids = [self.nodes[n % 2].publish(channel="news", data=n)["id"] for n in range(60)]
        for client in sessions:
            messages = [client.read() for _ in range(60)]
            self.assertEqual([m["data"] for m in messages], list(range(60)))
            self.assertEqual([m["id"] for m in messages], ids)

    def test_idempotency_holds_on_all_nodes(self):
        client = self.client()
        first = self.nodes[0].publish(channel="news", data=1, idempotency_key="k")
        self.assertEqual(self.nodes[1].publish(channel="news", data=1, idempotency_key="k"), first)
        reply = self.nodes[1].post("/api/v1/publish",
                                   {"channel": "news", "data": 2, "idempotency_key": "k"})
        self.assertEqual(reply.status, 409)
        self.nodes[1].publish(channel="news", data=3)
        self.assertEqual([client.read()["data"], client.read()["data"]], [1, 3])

    def test_retention_by_count(self):
        wsd = self.start_node("--log-max-messages", "100")
        for n in range(60):
            batch = [("XADD", "wskit:log", "*", "c", "news", "d", str(n))] * 10
            subprocess.run(["redis-cli", "-s", self.redis.socket],
                           input="\n".join(" ".join(words) for words in batch), text=True,
                           check=True, capture_output=True, timeout=20)
        wsd.publish(channel="news", data=1)
        # Redis drops whole blocks of entries, 100 by default.
        self.assertLess(int(self.cli("XLEN", "wskit:log")), 300)

    def test_retention_by_age(self):
        self.start_node("--log-max-age", "1s")
        for _ in range(250):
            self.cli("XADD", "wskit:log", "*", "c", "news", "d", "x")
        wait_until(lambda: int(self.cli("XLEN", "wskit:log")) < 150, DEADLINE_S, "a trimmed log")


class Resume(StreamCase):
    arguments = ("--replay-buffer", "4KiB")

    def test_on_a_node_that_started_later(self):
        ids = [self.nodes[0].publish(channel="news", data=n)["id"] for n in range(500)]
        self.nodes.append(self.start_node())
        client = self.client(2, query=f"&channel=news&since={ids[3]}")
        self.assertEqual([client.read()["data"] for _ in range(496)], list(range(4, 500)))

    def test_history_from_redis(self):
        ids = [self.nodes[0].publish(channel="news", data=n)["id"] for n in range(300)]
        for n in range(250):
            self.nodes[0].publish(channel="other", data=n)
        client = self.client()
        result = client.ask(type="history", channel="news", limit=3)["result"]
        self.assertEqual([m["data"] for m in result["messages"]], [297, 298, 299])
        result = client.ask(type="history", channel="news", limit=2, before=ids[2])["result"]
        self.assertEqual([m["data"] for m in result["messages"]], [0, 1])
        self.assertFalse(result["truncated"])

    def test_an_unknown_id_is_a_gap(self):
        ids = [self.nodes[0].publish(channel="news", data=n)["id"] for n in range(3)]
        for since in ("1-0", f"{as_pair(ids[-1])[0] + 60_000}-0"):
            client = self.client(query="")
            client.ask(type="subscribe", channel="news", since=since)
            self.assertEqual(client.read(), {"type": "gap", "channel": "news", "since": since})

    def test_resume_while_redis_is_away_waits_for_it(self):
        ids = [self.nodes[0].publish(channel="news", data=n)["id"] for n in range(100)]
        self.cli("CONFIG", "SET", "appendonly", "yes")
        wait_until(lambda: "aof_rewrite_in_progress:0" in self.cli("INFO", "persistence"),
                   DEADLINE_S, "the log on disk")
        self.redis.kill()
        self.wait_until_ready(False)
        client = self.client(query=f"&channel=news&since={ids[0]}")
        self.redis.arguments += ["--appendonly", "yes"]
        self.redis.start()
        self.assertEqual([client.read()["data"] for _ in range(99)], list(range(1, 100)))


class Outages(StreamCase):
    def test_a_lost_connection_loses_nothing(self):
        client = self.client()
        for n in range(5):
            self.nodes[0].publish(channel="news", data=n)
            self.cli("CLIENT", "KILL", "TYPE", "normal")
            self.cli("XADD", "wskit:log", "*", "c", "news", "d", f"bare {n}")
            self.wait_until_ready()
        for n in range(5):
            self.assertEqual(client.read()["data"], n)
            self.assertEqual(client.read()["text"], f"bare {n}")
        self.assertEqual(self.nodes[0].metric("wsd_broker_gaps_total"), 0)

    def test_an_empty_restart_is_told_as_a_gap(self):
        client = self.client()
        self.nodes[0].publish(channel="news", data=1)
        self.assertEqual(client.read()["data"], 1)
        self.restart_redis()
        self.nodes[0].publish(channel="news", data=2)
        self.expect_gaps(client)
        self.assertEqual(client.read()["data"], 2)

    def test_a_plain_session_is_closed_with_4410_at_a_gap(self):
        peer = self.nodes[0].session()
        self.addCleanup(peer.disconnect)
        self.nodes[0].publish(all=True, text="one")
        self.assertEqual(peer.read_text(), "one")
        self.restart_redis()
        self.assertEqual(peer.read_close(), 4410)

    def test_flushall_is_told_as_a_gap(self):
        client = self.client()
        self.nodes[0].publish(channel="news", data=1)
        self.assertEqual(client.read()["data"], 1)
        self.cli("FLUSHALL")
        self.expect_gaps(client)

    def test_a_gap_begins_before_what_was_lost(self):
        client = self.client()
        node = self.nodes[0]
        self.addCleanup(node.signal, signal.SIGCONT)
        for _ in range(5):
            # It mostly waits for the first, and the second is gone when it asks again.
            wait_until(lambda: "blocked_clients:2" in self.cli("INFO", "clients"), DEADLINE_S,
                       "readers that wait")
            node.signal(signal.SIGSTOP)
            _, lost = (self.cli("XADD", "wskit:log", "*", "c", "news", "d", text)
                       for text in ("first", "lost"))
            self.cli("DEL", "wskit:log")
            self.cli("XADD", "wskit:log", "*", "c", "news", "d", "last")
            node.signal(signal.SIGCONT)
            told = []
            while [each["type"] for each in told].count("gap") < 3 or not any(
                    each.get("text") == "last" for each in told):
                told.append(client.read())
            since = {each.get("since", "0-0") for each in told if each["type"] == "gap"}
            self.assertEqual(len(since), 1, told)
            self.assertLess(as_pair(since.pop()), as_pair(lost))

    def test_a_log_replaced_by_a_shorter_one_is_a_gap(self):
        client = self.client()
        for n in range(3):
            self.nodes[0].publish(channel="news", data=n)
            self.assertEqual(client.read()["data"], n)
        # As after a failover that lost the last entry, and gained another one.
        last = self.cli("XREVRANGE", "wskit:log", "+", "-", "COUNT", "1").split()[0]
        subprocess.run(["redis-cli", "-s", self.redis.socket], input=f"""
            MULTI
            CLIENT KILL TYPE normal SKIPME yes
            XDEL wskit:log {last}
            XADD wskit:log * c news d new
            XSETID wskit:log {as_pair(last)[0] + 100000}-0 ENTRIESADDED 3
            EXEC""", text=True, check=True, capture_output=True, timeout=20)
        self.expect_gaps(client)
        self.assertEqual(client.read()["text"], "new")

    def test_out_of_memory_is_503_until_there_is_some(self):
        self.cli("CONFIG", "SET", "maxmemory", "1")
        self.wait_until_ready(False)
        reply = self.nodes[0].post("/api/v1/publish", {"all": True, "text": "x"})
        self.assertEqual((reply.status, reply.json()["error"]["code"]), (503, "unavailable"))
        self.assertIn("OOM", self.nodes[0].get("/health/ready").json()["reason"])
        self.cli("CONFIG", "SET", "maxmemory", "0")
        self.wait_until_ready()

    def test_the_highest_id_is_explained(self):
        top = 2**64 - 1
        self.cli("XADD", "wskit:log", f"{top}-{top}", "c", "news", "d", "the end")
        self.wait_until_ready(False)
        self.assertIn("highest possible id", self.nodes[0].get("/health/ready").json()["reason"])
        self.assertEqual(self.nodes[0].post("/api/v1/publish", {"all": True, "text": "x"}).status,
                         503)
        self.cli("DEL", "wskit:log")
        self.wait_until_ready()
        client = self.client()
        self.nodes[0].publish(channel="news", data=1)
        self.assertEqual(client.read()["data"], 1)

    def test_a_key_of_another_type_is_503(self):
        self.cli("DEL", "wskit:log")
        self.cli("SET", "wskit:log", "mine")
        self.wait_until_ready(False)
        self.cli("DEL", "wskit:log")
        self.wait_until_ready()

    def test_an_eviction_policy_that_could_drop_the_log_is_warned_of(self):
        self.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        wsd = self.start_node()
        wait_until(lambda: "redis_may_evict_log" in wsd.log(), DEADLINE_S, "a warning")


class Late(support.WskitTestCase):
    def test_sessions_before_redis_is_there_are_told_where_the_log_begins(self):
        redis = self.start_redis()
        redis.kill()
        wsd = self.start_wsd("--broker", "redis-stream", "--redis", redis.url)
        client = JsonClient(wsd)
        self.addCleanup(client.disconnect)
        self.assertNotIn("cursor", client.welcome)
        redis.start()
        self.assertEqual({client.read()["type"], client.read()["type"]}, {"gap"})
        wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        wsd.publish(all=True, text="now")
        self.assertEqual(client.read()["text"], "now")


class Acl(StreamCase):
    """What docs/operations.md says a user of Redis needs suffices."""

    def test_a_user_with_the_documented_rights(self):
        self.cli("ACL", "SETUSER", "wsd", "on", ">secret", "~wskit:log", "~{wskit:log}:*", "+xadd",
                 "+xread", "+xrange", "+xrevrange", "+xinfo|stream", "+xtrim", "+eval", "+get",
                 "+set", "+multi", "+exec", "+ping", "+auth")
        password = self.redis.folder / "password"
        password.write_text("secret")
        password.chmod(0o600)
        wsd = self.start_wsd("--broker", "redis-stream", "--redis",
                             self.redis.url.replace("redis+unix://", "redis+unix://wsd@"),
                             "--redis-password-file", password)
        wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        client = JsonClient(wsd, query="&channel=news")
        self.addCleanup(client.disconnect)
        wsd.publish(channel="news", data=1, idempotency_key="k")
        self.assertEqual(client.read()["data"], 1)
        answers = wsd.post("/api/v1/batch", [{"channel": "news", "data": n} for n in (2, 3)]).json()
        self.assertEqual([client.read()["id"] for _ in range(2)], [each["id"] for each in answers])


if __name__ == "__main__":
    unittest.main()
