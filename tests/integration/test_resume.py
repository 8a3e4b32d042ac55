"""The log: ids, resuming on each protocol, gaps, history, permissions, Server-Sent Events."""

import json
import unittest

import support
from ledger import as_pair
from raw_peer import upgrade_request

JSON = ("Sec-WebSocket-Protocol: wskit.v1.json",)


class JsonClient:
    """A session of wskit.v1.json that has read its welcome."""

    def __init__(self, wsd, user="alice", query="", **options):
        self.peer = wsd.session(user, query, greeting=None, headers=JSON, **options)
        self.welcome = self.read()

    def send(self, **request):
        self.peer.send_text(json.dumps(request))

    def read(self):
        return json.loads(self.peer.read_text())

    def ask(self, **request):
        """The reply, which nothing may precede."""
        self.send(**request)
        return self.read()

    def error(self, **request):
        return self.ask(**request)["error"]["code"]

    def disconnect(self):
        self.peer.disconnect()


class EventStream:
    """A client of /sse that reads event by event."""

    def __init__(self, wsd, query, headers=(), **options):
        self.peer = wsd.connect(**options)
        lines = [f"GET /sse?token=alice{query} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self.peer.send("\r\n".join(lines).encode())
        self.answer = self.peer.read_http_answer()
        assert self.answer.status == 200, self.answer

    def read(self):
        """The next event's fields, and its data as JSON."""
        fields = {}
        for line in self.peer.read_until(b"\n\n").decode().splitlines():
            name, _, value = line.partition(": ")
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
        fields["data"] = json.loads(fields["data"])
        return fields


class WithWsd(unittest.TestCase):
    arguments = ()
    options = {}

    def setUp(self):
        self.wsd = support.Wsd(*self.arguments, **self.options).start()
        self.addCleanup(self.wsd.stop)

    def publish_numbers(self, count, channel="news", first=0):
        return [self.wsd.publish(channel=channel, data=n)["id"]
                for n in range(first, first + count)]

    def plain(self, query=""):
        peer = self.wsd.session(query=query)
        self.addCleanup(peer.disconnect)
        return peer

    def refusal(self, query):
        peer = self.wsd.connect()
        self.addCleanup(peer.disconnect)
        peer.send(upgrade_request(f"/dispatchWebsocket?token=alice{query}"))
        return peer.read_refusal()

    def client(self, **options):
        client = JsonClient(self.wsd, **options)
        self.addCleanup(client.disconnect)
        return client


class Plain(WithWsd):
    arguments = ("--plain-ids",)

    def test_ids_grow_and_begin_each_message(self):
        peer = self.plain("&channel=news")
        ids = self.publish_numbers(20)
        self.assertEqual(sorted(ids, key=as_pair), ids)
        self.assertEqual(len(set(ids)), 20)
        for n, message_id in enumerate(ids):
            self.assertEqual(peer.read_text(), f"{message_id}\n{n}")

    def test_resume_gives_what_was_missed_and_then_the_live_stream(self):
        ids = self.publish_numbers(5)
        self.wsd.publish(channel="other", data="no")
        everyone = self.wsd.publish(all=True, text="to all")["id"]
        own = self.wsd.publish(user="alice", text="to alice")["id"]
        self.wsd.publish(user="bob", text="to bob")
        peer = self.plain(f"&channel=news&since={ids[1]}")
        live = self.publish_numbers(1, first=9)[0]
        expected = [f"{ids[n]}\n{n}" for n in (2, 3, 4)]
        expected += [f"{everyone}\nto all", f"{own}\nto alice", f"{live}\n9"]
        self.assertEqual([peer.read_text() for _ in expected], expected)

    def test_an_id_that_the_log_does_not_reach_ends_with_4410(self):
        self.publish_numbers(1)
        for since in ("1-0", "99999999999999-0"):
            peer = self.plain(f"&since={since}")
            self.assertEqual(peer.read_close(), 4410)

    def test_a_malformed_id_is_400(self):
        self.assertEqual(self.refusal("&since=yesterday").status, 400)


class WithoutIds(WithWsd):
    def test_resume_works_and_messages_carry_no_id(self):
        ids = self.publish_numbers(3)
        peer = self.plain(f"&channel=news&since={ids[0]}")
        self.assertEqual([peer.read_text(), peer.read_text()], ["1", "2"])


class Json(WithWsd):
    def test_welcome_names_session_user_node_and_cursor(self):
        last = self.publish_numbers(1)[0]
        welcome = self.client().welcome
        self.assertEqual(welcome["type"], "welcome")
        self.assertEqual(welcome["user"], "alice")
        self.assertTrue(welcome["session"].startswith(welcome["node"] + "-"))
        self.assertEqual(welcome["heartbeat_ms"], 20000)
        self.assertEqual(welcome["cursor"], last)

    def test_bodies_come_as_data_text_and_base64(self):
        client = self.client(query="&channel=news")
        data = b'{"channel":"news","data":{"b": 1.0,"a":[1e3, 12345678901234567890]}}'
        self.assertEqual(self.wsd.post("/api/v1/publish", data).status, 200)
        self.wsd.publish(channel="news", text='say "hi"\n')
        self.wsd.publish(channel="news", base64="AP8=")
        raw = client.peer.read_text()
        self.assertTrue(raw.endswith(
            ',"data":{"b": 1.0,"a":[1e3, 12345678901234567890]}}'), raw)
        self.assertEqual(client.read()["text"], 'say "hi"\n')
        self.assertEqual(client.read()["base64"], "AP8=")

    def test_subscribe_with_since_replays_that_channel_after_the_reply(self):
        ids = self.publish_numbers(4)
        client = self.client()
        reply = client.ask(type="subscribe", ref="r", channel="news", since=ids[1])
        self.assertEqual((reply["type"], reply["ref"]), ("reply", "r"))
        self.assertEqual([client.read()["id"], client.read()["id"]], ids[2:])

    def test_a_gap_is_told_once_a_channel_before_what_is_left(self):
        ids = self.publish_numbers(2)
        client = self.client()
        client.ask(type="subscribe", channel="news", since="1-0")
        self.assertEqual(client.read(), {"type": "gap", "channel": "news", "since": "1-0"})
        self.assertEqual([client.read()["id"], client.read()["id"]], ids)
        self.assertEqual(client.ask(type="ping", ref=1), {"type": "pong", "ref": 1})

    def test_unsubscribe_ends_the_messages(self):
        client = self.client(query="&channel=news")
        self.assertEqual(client.ask(type="unsubscribe", ref=1, channel="news")["result"], {})
        self.publish_numbers(1)
        self.assertEqual(client.ask(type="ping")["type"], "pong")
        self.assertEqual(client.error(type="unsubscribe", channel="news"), "not_subscribed")

    def test_publish_and_history(self):
        client = self.client()
        ids = [client.ask(type="publish", ref=n, channel="a", data=n)["result"]["id"]
               for n in range(4)]
        result = client.ask(type="history", channel="a", limit=2, before=ids[3])["result"]
        self.assertEqual([m["id"] for m in result["messages"]], ids[1:3])
        self.assertEqual([m["data"] for m in result["messages"]], [1, 2])

    def test_bad_requests_get_an_error_and_five_times_no_json_ends_the_session(self):
        client = self.client()
        for request, code in (
                ({"type": "nonsense"}, "bad_request"),
                ({"type": "subscribe"}, "bad_request"),
                ({"type": "subscribe", "channel": "*"}, "bad_channel"),
                ({"type": "subscribe", "channel": "@alice"}, "bad_channel"),
                ({"type": "subscribe", "channel": "a", "since": "b"}, "bad_request"),
                ({"type": "subscribe", "channel": "a", "extra": 1}, "bad_request"),
                ({"type": "publish", "channel": "a"}, "bad_request"),
                ({"type": "publish", "channel": "a", "data": 1, "text": "x"}, "bad_request"),
                ({"type": "history", "channel": "a", "limit": 0}, "bad_request"),
                ({"type": "ping", "ref": {}}, "bad_request"),
                ({"type": "refresh", "token": "mallory"}, "forbidden")):
            with self.subTest(request=request):
                self.assertEqual(client.error(**request), code)
        for text in ("nope", "[]", '{"type":"ping"} x', '{"a":"\\ud800"}'):
            client.peer.send_text(text)
            self.assertEqual(client.read()["error"]["code"], "bad_json", text)
        self.assertEqual(client.ask(type="ping")["type"], "pong")
        for _ in range(5):
            client.peer.send_text("[" * 40)
            self.assertEqual(client.read()["error"]["code"], "bad_json")
        self.assertEqual(client.peer.read_close(), 1007)


class SlowReplay(WithWsd):
    arguments = ("--max-queue", "64KiB")

    def test_a_replay_larger_than_the_queue_limit_arrives_whole(self):
        text = "x" * 10_000
        first = self.wsd.publish(channel="news", text="first")["id"]
        for n in range(300):
            self.wsd.publish(channel="news", text=f"{n} {text}")
        peer = self.wsd.session(query=f"&channel=news&since={first}", receive_buffer_bytes=4096)
        self.addCleanup(peer.disconnect)
        for n in range(300):
            self.assertEqual(peer.read_text(), f"{n} {text}")


class SmallReplayBuffer(WithWsd):
    arguments = ("--replay-buffer", "2KiB", "--threads", "2")

    def test_what_the_workers_have_dropped_comes_from_the_broker(self):
        ids = self.publish_numbers(500)
        client = self.client()
        client.ask(type="subscribe", channel="news", since=ids[0])
        self.assertEqual([client.read()["data"] for _ in range(499)], list(range(1, 500)))


class Retention(WithWsd):
    arguments = ("--log-max-messages", "10", "--replay-buffer", "1KiB")

    def test_what_the_log_has_dropped_is_a_gap(self):
        ids = self.publish_numbers(30)
        client = self.client()
        client.ask(type="subscribe", channel="news", since=ids[5])
        self.assertEqual(client.read()["type"], "gap")
        self.assertEqual([client.read()["data"] for _ in range(10)], list(range(20, 30)))


class Permissions(WithWsd):
    arguments = ("--allow-subscribe", "public:**", "--allow-subscribe", "user:{user}:*",
                 "--allow-publish", "chat:*")
    options = {"allows_all": False}

    def test_subscriptions(self):
        client = self.client()
        for channel, is_allowed in (("public:a:b", True), ("user:alice:x", True),
                                    ("user:bob:x", False), ("user:alice:x:y", False),
                                    ("chat:a", False), ("news", False)):
            reply = client.ask(type="subscribe", channel=channel)
            self.assertEqual("result" in reply, is_allowed, channel)
        self.assertEqual(self.wsd.metric("wsd_refusals_total", request="subscribe"), 4)

    def test_publishing(self):
        client = self.client()
        self.assertIn("result", client.ask(type="publish", channel="chat:a", data=1))
        self.assertEqual(client.error(type="publish", channel="chat:a:b", data=1), "forbidden")
        self.assertEqual(self.wsd.metric("wsd_refusals_total", request="publish"), 1)

    def test_a_handshake_for_a_forbidden_channel_is_403(self):
        self.assertEqual(self.refusal("&channel=news").status, 403)

    def test_history_needs_the_permission_to_subscribe(self):
        self.assertEqual(self.client().error(type="history", channel="news"), "forbidden")


class Events(WithWsd):
    def stream(self, query="", headers=()):
        stream = EventStream(self.wsd, query, headers)
        self.addCleanup(stream.peer.disconnect)
        return stream

    def test_messages_come_as_events_with_ids(self):
        stream = self.stream("&channel=news")
        self.assertEqual(stream.answer.header("content-type"), "text/event-stream")
        sent = self.wsd.publish(channel="news", data={"n": 1})["id"]
        event = stream.read()
        self.assertEqual(event["id"], sent)
        self.assertEqual(event["data"], {"type": "message", "channel": "news", "id": sent,
                                         "data": {"n": 1}})

    def test_last_event_id_resumes(self):
        ids = self.publish_numbers(4)
        stream = self.stream("&channel=news", [f"Last-Event-ID: {ids[1]}"])
        self.assertEqual([stream.read()["id"], stream.read()["id"]], ids[2:])

    def test_a_gap_is_an_event(self):
        stream = self.stream("&channel=news", ["Last-Event-ID: 1-0"])
        events = [stream.read() for _ in range(3)]
        self.assertEqual({event["event"] for event in events}, {"gap"})
        self.assertEqual({event["data"]["channel"] for event in events}, {"*", "@alice", "news"})

    def test_pages_of_allowed_origins_may_read(self):
        stream = self.stream(headers=["Origin: http://localhost"])
        self.assertEqual(stream.answer.header("access-control-allow-origin"), "http://localhost")

    def test_refusals(self):
        for request, status in (("GET /sse HTTP/1.1", 401), ("POST /sse?token=a HTTP/1.1", 405)):
            peer = self.wsd.connect()
            self.addCleanup(peer.disconnect)
            peer.send(f"{request}\r\nHost: localhost\r\n\r\n".encode())
            self.assertEqual(peer.read_refusal().status, status, request)

    def test_a_stop_ends_the_stream(self):
        stream = self.stream()
        self.wsd.signal()
        self.assertEqual(stream.peer.read_to_end(), b"")
        self.assertEqual(self.wsd.wait_for_exit(), 0)


class Batch(WithWsd):
    def test_each_message_has_a_result_of_its_own(self):
        client = self.client(query="&channel=news")
        reply = self.wsd.post("/api/v1/batch", [
            {"channel": "news", "data": 1}, {"channel": "no name", "data": 2}, 3,
            {"channel": "news", "text": "x" * 70_000}, {"user": "alice", "text": "hi"}])
        self.assertEqual(reply.status, 200)
        results = reply.json()
        self.assertEqual([result.get("error", {}).get("code") for result in results],
                         [None, "bad_channel", "bad_json", "too_large", None])
        self.assertEqual([client.read()["id"], client.read()["id"]],
                         [results[0]["id"], results[4]["id"]])

    def test_what_is_no_array_is_400(self):
        for body, code in ((b"{}", "bad_json"), (b"[", "bad_json"), (b"[1,]", "bad_json"),
                           (b"[" + b"1," * 1000 + b"1]", "bad_request")):
            reply = self.wsd.post("/api/v1/batch", body)
            self.assertEqual((reply.status, reply.json()["error"]["code"]), (400, code))
        self.assertEqual(self.wsd.post("/api/v1/batch", b" [ ] ").json(), [])


class History(WithWsd):
    def test_pages_backwards(self):
        ids = self.publish_numbers(5)
        self.wsd.publish(channel="other", data="no")
        page = self.wsd.get("/api/v1/history?channel=news&limit=2").json()
        self.assertEqual(page, {"truncated": False, "messages": [
            {"channel": "news", "id": ids[n], "data": n} for n in (3, 4)]})
        page = self.wsd.get(f"/api/v1/history?channel=news&before={ids[1]}").json()
        self.assertEqual([message["data"] for message in page["messages"]], [0])

    def test_everyone_and_users_have_a_history_too(self):
        self.wsd.publish(all=True, text="a")
        self.wsd.publish(user="bob", text="b")
        for channel, text in (("*", "a"), ("@bob", "b")):
            page = self.wsd.get(f"/api/v1/history?channel={channel}").json()
            self.assertEqual([message["text"] for message in page["messages"]], [text])

    def test_bad_requests(self):
        for query, code in (("", "bad_channel"), ("?channel=a%20b", "bad_channel"),
                            ("?channel=a&limit=0", "bad_request"),
                            ("?channel=a&before=x", "bad_request"),
                            ("?channel=a&other=1", "bad_request")):
            reply = self.wsd.get(f"/api/v1/history{query}")
            self.assertEqual((reply.status, reply.json()["error"]["code"]), (400, code), query)


class Idempotency(WithWsd):
    def test_a_repeated_key_gives_the_first_id_and_publishes_nothing(self):
        client = self.client(query="&channel=news")
        first = self.wsd.publish(channel="news", data=1, idempotency_key="k")
        self.assertEqual(self.wsd.publish(channel="news", data=1, idempotency_key="k"), first)
        self.wsd.publish(channel="news", data=2)
        self.assertEqual([client.read()["data"], client.read()["data"]], [1, 2])

    def test_another_message_under_the_key_is_409(self):
        self.wsd.publish(channel="news", data=1, idempotency_key="k")
        reply = self.wsd.post("/api/v1/publish",
                              {"channel": "news", "data": 2, "idempotency_key": "k"})
        self.assertEqual((reply.status, reply.json()["error"]["code"]), (409, "conflict"))


if __name__ == "__main__":
    unittest.main()
