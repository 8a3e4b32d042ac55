"""Who is connected where: sessions, channels, presence and nodes, of one node and of a cluster, and
ending sessions wherever they are."""

import unittest
import urllib.parse

import support
from support import wait_until
from test_resume import EventStream, JsonClient

DEADLINE_S = 60

# After a node has died.
LEASE_DEADLINE_S = 15


def names(answer):
    return [session["session"] for session in answer["sessions"]]


class DirectoryCase(support.WskitTestCase):
    def client(self, wsd, user="alice", query=""):
        client = JsonClient(wsd, user, query)
        self.addCleanup(client.disconnect)
        return client

    def ask(self, wsd, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        reply = wsd.get(f"/api/v1/{path}?{query}" if query else f"/api/v1/{path}")
        self.assertEqual(reply.status, 200, reply)
        return reply.json()

    def wait_for_sessions(self, wsd, expected, deadline_s=DEADLINE_S, **parameters):
        """Until the sessions are those of these clients."""
        expected = sorted(client.welcome["session"] for client in expected)
        path = "/api/v1/sessions?" + urllib.parse.urlencode(parameters)

        def are_these():
            reply = wsd.get(path)
            return reply.status == 200 and sorted(names(reply.json())) == expected

        wait_until(are_these, deadline_s, f"the sessions {expected}")

    def disconnect(self, wsd, **parameters):
        reply = wsd.request("DELETE", "/api/v1/sessions?" + urllib.parse.urlencode(parameters))
        self.assertEqual(reply.status, 200, reply)


class OneNode(DirectoryCase):
    def setUp(self):
        self.wsd = self.start_wsd("--threads", "2", "--node-name", "here")

    def test_a_session_is_listed_with_what_is_known_of_it(self):
        client = self.client(self.wsd, urllib.parse.quote("爱丽丝"), "&channel=news&channel=a:b")
        [session] = self.ask(self.wsd, "sessions")["sessions"]
        self.assertEqual(session["session"], client.welcome["session"])
        self.assertRegex(session["session"], r"^here-[0-9a-f]{8}-[0-9a-f]{16}$")
        self.assertEqual(session["session"].rpartition("-")[0], client.welcome["node"])
        self.assertEqual(session["user"], "爱丽丝")
        self.assertEqual(sorted(session["channels"]), ["a:b", "news"])
        self.assertRegex(session["address"], r"^127\.0\.0\.1:\d+$")
        self.assertGreater(session["opened_ms"], 1_700_000_000_000)

    def test_sessions_by_user_and_by_channel(self):
        alice = self.client(self.wsd, "alice", "&channel=news")
        bob = self.client(self.wsd, "bob", "&channel=news&channel=sport")
        self.wait_for_sessions(self.wsd, [alice], user="alice")
        self.wait_for_sessions(self.wsd, [alice, bob], channel="news")
        self.wait_for_sessions(self.wsd, [bob], channel="sport")
        self.wait_for_sessions(self.wsd, [], user="carol")
        self.assertEqual(self.ask(self.wsd, "sessions", channel="news")["total"], 2)

    def test_pages_cover_every_session_once_and_in_order(self):
        clients = [self.client(self.wsd, f"user{n}", f"&channel=c{n}") for n in range(7)]
        seen, after = [], {}
        while True:
            page = self.ask(self.wsd, "sessions", limit=3, **after)
            self.assertLessEqual(len(page["sessions"]), 3)
            seen += names(page)
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        self.assertEqual(seen, sorted(client.welcome["session"] for client in clients))
        first = self.ask(self.wsd, "channels", limit=4)
        rest = self.ask(self.wsd, "channels", after=first["next"])
        self.assertEqual([each["channel"] for each in first["channels"] + rest["channels"]],
                         [f"c{n}" for n in range(7)])
        self.assertIsNone(rest["next"])

    def test_channels_and_presence(self):
        one = self.client(self.wsd, "alice", "&channel=news")
        self.client(self.wsd, "alice", "&channel=news")
        self.client(self.wsd, "bob", "&channel=news")
        expected = {"channel": "news", "sessions": 3, "truncated": False,
                    "users": [{"user": "alice", "sessions": 2}, {"user": "bob", "sessions": 1}]}
        self.assertEqual(self.ask(self.wsd, "presence", channel="news"), expected)
        self.assertEqual(one.ask(type="presence", ref=1, channel="news"),
                         {"type": "reply", "ref": 1, "result": expected})
        self.assertEqual(self.ask(self.wsd, "channels"),
                         {"channels": [{"channel": "news", "sessions": 3}], "next": None})
        one.ask(type="unsubscribe", channel="news")
        self.assertEqual(self.ask(self.wsd, "presence", channel="news")["sessions"], 2)

    def test_presence_needs_the_permission_to_subscribe(self):
        wsd = self.start_wsd(allows_all=False)
        client = self.client(wsd)
        self.assertEqual(client.error(type="presence", channel="secret"), "forbidden")
        self.assertEqual(client.ask(type="presence", channel="public:x")["result"]["sessions"], 0)

    def test_any_user_name_can_be_asked_for(self):
        for user in ("a b", "a+b", "a&b=c", "50%", "爱", "a/b?c#d"):
            client = self.client(self.wsd, urllib.parse.quote(user, safe=""))
            self.assertEqual(client.welcome["user"], user)
            self.wait_for_sessions(self.wsd, [client], user=user)
            self.disconnect(self.wsd, user=user)
            self.assertEqual(client.peer.read_close(), 4499)

    def test_an_empty_query_is_none(self):
        for path in ("sessions?", "sessions?&", "sessions?limit=1&"):
            self.assertEqual(self.wsd.get(f"/api/v1/{path}").status, 200, path)

    def test_the_node_is_listed(self):
        client = self.client(self.wsd)
        [node] = self.ask(self.wsd, "nodes")["nodes"]
        self.assertEqual((node["node"], node["sessions"]), (client.welcome["node"], 1))

    def test_a_session_is_ended_by_its_name(self):
        victim, other = self.client(self.wsd), self.client(self.wsd)
        self.disconnect(self.wsd, id=victim.welcome["session"])
        self.assertEqual(victim.peer.read_close(), 4499)
        self.wait_for_sessions(self.wsd, [other])

    def test_all_sessions_of_a_user_are_ended(self):
        victims = [self.client(self.wsd, "mallory") for _ in range(3)]
        stream = EventStream(self.wsd, "")
        self.addCleanup(stream.peer.disconnect)
        other = self.client(self.wsd, "bob")
        self.disconnect(self.wsd, user="mallory")
        for victim in victims:
            self.assertEqual(victim.peer.read_close(), 4499)
        self.disconnect(self.wsd, user="alice")
        stream.peer.read_to_end()
        self.wait_for_sessions(self.wsd, [other])

    def test_requests_that_are_wrong(self):
        for path in ("sessions?limit=0", "sessions?limit=1001", "sessions?colour=red",
                     "sessions?user=a&channel=b", "sessions?user=", "channels?limit=x",
                     "presence", "presence?channel=*", "nodes?x=1"):
            self.assertEqual(self.wsd.get(f"/api/v1/{path}").status, 400, path)
        for query in ("", "?id=a&user=b", "?user=", "?all=true"):
            self.assertEqual(self.wsd.request("DELETE", f"/api/v1/sessions{query}").status, 400)
        reply = self.wsd.request("PUT", "/api/v1/sessions", b"")
        self.assertIn(reply.status, (405, 400, 403))
        reply = self.wsd.post("/api/v1/sessions", {})
        self.assertEqual((reply.status, reply.headers["Allow"]), (405, "GET, HEAD, DELETE"))


class InACluster(DirectoryCase):
    broker = "redis-stream"

    def setUp(self):
        self.redis = self.start_redis("--appendonly", "yes", "--appendfsync", "always")
        self.nodes = [self.start_node() for _ in range(2)]

    def start_node(self):
        wsd = self.start_wsd("--broker", self.broker, "--redis", self.redis.url, "--threads", "2")
        self.wait_until_ready(wsd)
        return wsd

    def wait_until_ready(self, *nodes):
        for wsd in nodes:
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")

    def test_each_node_lists_the_sessions_of_all(self):
        here = self.client(self.nodes[0], "alice", "&channel=news")
        there = self.client(self.nodes[1], "bob", "&channel=news&channel=sport")
        for wsd in self.nodes:
            self.wait_for_sessions(wsd, [here, there])
            self.wait_for_sessions(wsd, [here], user="alice")
            self.wait_for_sessions(wsd, [there], channel="sport")
            presence = self.ask(wsd, "presence", channel="news")
            self.assertEqual([each["user"] for each in presence["users"]], ["alice", "bob"])
            self.assertEqual(self.ask(wsd, "channels")["channels"],
                             [{"channel": "news", "sessions": 2},
                              {"channel": "sport", "sessions": 1}])
            self.assertEqual({node["node"]: node["sessions"]
                              for node in self.ask(wsd, "nodes")["nodes"]},
                             {here.welcome["node"]: 1, there.welcome["node"]: 1})
        there.ask(type="unsubscribe", channel="sport")
        there.ask(type="subscribe", channel="music")
        self.wait_for_sessions(self.nodes[0], [], channel="sport")
        self.wait_for_sessions(self.nodes[0], [there], channel="music")
        there.disconnect()
        self.wait_for_sessions(self.nodes[0], [here])

    def test_pages_cover_every_session_once(self):
        clients = [self.client(self.nodes[n % 2], f"user{n}") for n in range(9)]
        self.wait_for_sessions(self.nodes[0], clients)
        seen, after = [], {}
        while True:
            page = self.ask(self.nodes[0], "sessions", limit=2, **after)
            self.assertEqual(page["total"], 9)
            seen += names(page)
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        self.assertEqual(seen, sorted(client.welcome["session"] for client in clients))

    def test_sessions_are_ended_from_another_node(self):
        victims = [self.client(wsd, "mallory") for wsd in self.nodes]
        one = self.client(self.nodes[1], "bob")
        self.disconnect(self.nodes[0], user="mallory")
        self.disconnect(self.nodes[0], id=one.welcome["session"])
        for victim in [*victims, one]:
            self.assertEqual(victim.peer.read_close(), 4499)
        self.wait_for_sessions(self.nodes[0], [])

    def test_the_sessions_of_a_killed_node_go(self):
        staying = self.client(self.nodes[0], "alice", "&channel=news")
        going = [self.client(self.nodes[1], "bob", "&channel=news") for _ in range(3)]
        self.wait_for_sessions(self.nodes[0], [staying, *going])
        self.nodes[1].expected_exit = (-9,)
        self.nodes[1].kill()
        self.wait_for_sessions(self.nodes[0], [staying], LEASE_DEADLINE_S)
        self.wait_for_sessions(self.nodes[0], [], user="bob")
        self.assertEqual(len(self.ask(self.nodes[0], "nodes")["nodes"]), 1)
        self.assertEqual(self.redis.cli("SMEMBERS", "{wskit:sessions}:nodes"),
                         staying.welcome["node"])

    def test_a_node_that_stops_leaves_nothing(self):
        self.client(self.nodes[1], "bob", "&channel=news")
        wait_until(lambda: self.ask(self.nodes[0], "sessions")["total"] == 1, DEADLINE_S,
                   "a session")
        for wsd in self.nodes:
            wsd.stop()
        self.assertEqual(self.redis.cli("--scan", "--pattern", "{wskit:sessions}*"), "")

    def test_everything_is_entered_again_where_redis_has_lost_it(self):
        clients = [self.client(wsd, "alice", "&channel=news") for wsd in self.nodes]
        self.wait_for_sessions(self.nodes[0], clients)
        self.redis.cli("FLUSHALL")
        self.wait_for_sessions(self.nodes[0], clients)
        self.redis.kill()
        wait_until(lambda: self.nodes[0].get("/api/v1/sessions").status == 503, DEADLINE_S, "503")
        for path in ("channels", "nodes", "presence?channel=news"):
            self.assertEqual(self.nodes[0].get(f"/api/v1/{path}").status, 503, path)
        self.assertEqual(clients[0].error(type="presence", channel="news"), "unavailable")
        clients.pop().disconnect()
        clients.append(self.client(self.nodes[1], "bob", "&channel=news"))
        self.redis.start()
        self.wait_until_ready(*self.nodes)
        for wsd in self.nodes:
            self.wait_for_sessions(wsd, clients, channel="news")

    def test_a_redis_that_hangs_is_noticed(self):
        client = self.client(self.nodes[0], "alice", "&channel=news")
        self.wait_for_sessions(self.nodes[1], [client])
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        wait_until(lambda: self.nodes[0].get("/api/v1/sessions", deadline_s=30).status == 503,
                   DEADLINE_S, "503")
        self.redis.resume()
        self.wait_until_ready(*self.nodes)
        self.wait_for_sessions(self.nodes[1], [client])

    def test_what_ended_during_an_outage_is_removed_afterwards(self):
        staying, going = self.client(self.nodes[0], "alice"), self.client(self.nodes[0], "bob")
        self.wait_for_sessions(self.nodes[1], [staying, going])
        self.redis.kill()
        wait_until(lambda: not self.nodes[0].is_broker_ready(), DEADLINE_S, "a 503")
        going.disconnect()
        coming = self.client(self.nodes[0], "carol")
        self.redis.start()
        self.wait_until_ready(*self.nodes)
        self.wait_for_sessions(self.nodes[1], [staying, coming])

    def test_hostile_entries_do_no_harm(self):
        client = self.client(self.nodes[0], "alice")
        self.wait_for_sessions(self.nodes[0], [client])
        self.redis.cli("ZADD", "{wskit:sessions}:all", "0", "no-record-1", "0", "\x01\n'")
        self.redis.cli("HSET", "{wskit:sessions}:of:evil", "evil-1", "no lines")
        self.redis.cli("ZADD", "{wskit:sessions}:all", "0", "evil-1")
        self.redis.cli("SADD", "{wskit:sessions}:nodes", "evil", "%s\n")
        wait_until(lambda: "evil" not in self.redis.cli("SMEMBERS", "{wskit:sessions}:nodes"),
                   DEADLINE_S, "the foreign node to be removed")
        self.wait_for_sessions(self.nodes[1], [client])
        self.redis.cli("XADD", "wskit:log", "*", "c", "!control", "d", "format disk")
        self.redis.cli("XADD", "wskit:log", "*", "c", "!control", "d", "disconnect user ")
        self.assertEqual(client.ask(type="ping", ref=1), {"type": "pong", "ref": 1})


class InAClusterByPubSub(InACluster):
    broker = "redis-pubsub"


if __name__ == "__main__":
    unittest.main()
