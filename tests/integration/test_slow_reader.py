"""S10 with --slow-consumer drop-oldest: who reads too slowly is told what it does not get."""

import unittest

import support
from ledger import as_pair
from raw_peer import CLOSE, TEXT, close_code
from support import wait_until
from test_resume import EventStream, JsonClient

MESSAGE_BYTES = 32 * 1024
STUCK = {"receive_buffer_bytes": 4096}


class Flood:
    """Publishes numbered messages, each only after a reader has got the one before."""

    def __init__(self, wsd, reader, channel="news"):
        self.wsd, self.reader, self.channel = wsd, reader, channel
        self.ids = []

    def publish(self, channel=None):
        """One message, to the flood's own channel unless another is named."""
        text = f"{len(self.ids):8}".ljust(MESSAGE_BYTES, ".")
        self.ids.append(self.wsd.publish(channel=channel or self.channel, text=text).get("id"))
        if self.reader.read_text() != text:
            raise AssertionError(f"the reader missed message {len(self.ids) - 1}")

    def until(self, is_done, limit=2000):
        for _ in range(limit):
            self.publish()
            if is_done():
                return
        raise AssertionError(f"nothing happened in {limit} messages")


def number_of(message):
    return int(message["text"][:8])


class SlowReader(support.WskitTestCase):
    def start_flood(self, *arguments, query="&channel=news", max_queue="256KiB", **options):
        self.wsd = self.start_wsd("--threads", "1", "--max-queue", max_queue,
                                  "--slow-consumer", "drop-oldest", *arguments, **options)
        wait_until(self.wsd.is_broker_ready, 20, "the broker")
        return Flood(self.wsd, self.keep(self.wsd.session("reader", query)))

    def stuck_client(self, query="&channel=news"):
        client = JsonClient(self.wsd, "stuck", query, **STUCK)
        self.keep(client.peer)
        return client

    def dropped_count(self):
        return self.wsd.metric("wsd_messages_dropped_total")

    def explain(self, flood, objects):
        """Checks what one channel's subscriber saw; gives how many messages it missed."""
        last, since, missed_count = -1, None, 0
        for each in objects:
            if each["type"] == "gap":
                place = as_pair(each["since"])
                if last >= 0:
                    self.assertGreaterEqual(place, as_pair(flood.ids[last]))
                since = since or place
                continue
            number = number_of(each)
            self.assertGreater(number, last)
            self.assertEqual(each["id"], flood.ids[number])
            for missing in range(last + 1, number):
                self.assertIsNotNone(since, f"{missing} is missing without a gap")
                self.assertGreater(as_pair(flood.ids[missing]), since)
                missed_count += 1
            last, since = number, None
        self.assertEqual(last, len(flood.ids) - 1, "the newest message was not delivered")
        return missed_count

    def read_to_the_newest(self, flood, read):
        objects = [read()]
        while objects[-1]["type"] == "gap" or number_of(objects[-1]) < len(flood.ids) - 1:
            objects.append(read())
        return objects

    def assert_session_was_kept(self, client):
        self.assertEqual(client.ask(type="ping", ref=1), {"type": "pong", "ref": 1})
        self.assertEqual(self.wsd.metric("wsd_queue_drops_total"), 0)
        self.assertEqual(self.wsd.metric("wsd_sessions"), 2)

    def check_json(self, **options):
        flood = self.start_flood(**options)
        client = self.stuck_client()
        flood.until(lambda: self.dropped_count() >= 30)

        objects = self.read_to_the_newest(flood, client.read)

        self.assertEqual(self.explain(flood, objects), self.dropped_count())
        self.assertEqual([each["type"] for each in objects].count("gap"), 1)
        self.assert_session_was_kept(client)
        return flood, client, objects

    def test_a_json_session_is_told_of_a_gap_and_gets_the_newest(self):
        flood, client, objects = self.check_json()

        since = next(each["since"] for each in objects if each["type"] == "gap")
        client.ask(type="unsubscribe", channel="news")
        client.ask(type="subscribe", channel="news", since=since)
        first = next(n for n, each in enumerate(flood.ids) if as_pair(each) > as_pair(since))
        for number in range(first, len(flood.ids)):
            self.assertEqual(number_of(client.read()), number)

    def test_over_tls(self):
        self.check_json(certificates=support.certificates())

    def test_a_session_that_is_slow_again_has_another_gap(self):
        flood = self.start_flood()
        client = self.stuck_client()
        objects = []
        for round_number in (1, 2, 3):
            flood.until(lambda: self.dropped_count() >= 20 * round_number)
            objects += self.read_to_the_newest(flood, client.read)

        self.assertEqual(self.explain(flood, objects), self.dropped_count())
        self.assertEqual([each["type"] for each in objects].count("gap"), 3)
        self.assert_session_was_kept(client)

    def test_each_channel_has_its_own_gap(self):
        flood = self.start_flood(query="&channel=a&channel=b&channel=c")
        client = self.stuck_client("&channel=a&channel=b&channel=c")
        sent = {"a": [], "b": [], "c": []}
        while self.dropped_count() < 40:
            self.assertLess(len(flood.ids), 2000)
            channel = "abc"[len(flood.ids) % 3]
            sent[channel].append(len(flood.ids))
            flood.publish(channel)

        objects = self.read_to_the_newest(flood, client.read)

        for channel, numbers in sent.items():
            own = [each for each in objects if each["channel"] == channel]
            self.assertEqual([each["type"] for each in own].count("gap"), 1, channel)
            got = [number_of(each) for each in own if each["type"] == "message"]
            before = next(n for n, each in enumerate(own) if each["type"] == "gap")
            missing = [number for number in numbers if number not in got]
            self.assertEqual(got, sorted(got))
            self.assertEqual(missing, numbers[before:before + len(missing)])
            self.assertGreater(as_pair(flood.ids[missing[0]]), as_pair(own[before]["since"]))
        self.assert_session_was_kept(client)

    def test_an_event_stream_has_an_event_for_it(self):
        flood = self.start_flood()
        stream = EventStream(self.wsd, "&channel=news", **STUCK)
        self.keep(stream.peer)
        flood.until(lambda: self.dropped_count() >= 30)

        names = []

        def read():
            event = stream.read()
            names.append(event.get("event"))
            return event["data"]

        objects = self.read_to_the_newest(flood, read)

        self.assertEqual(self.explain(flood, objects), self.dropped_count())
        self.assertEqual(names, ["gap" if each["type"] == "gap" else None for each in objects])
        self.assertEqual(self.wsd.metric("wsd_queue_drops_total"), 0)

    def test_a_plain_session_is_closed_with_4410(self):
        flood = self.start_flood()
        stuck = self.keep(self.wsd.session("stuck", "&channel=news", **STUCK))
        flood.until(lambda: self.wsd.metric("wsd_closes_total", code="4410",
                                            reason="slow_consumer") == 1)

        numbers = []
        while (frame := stuck.read_frame()).opcode == TEXT:
            numbers.append(int(frame.payload[:8]))

        self.assertEqual((frame.opcode, close_code(frame)), (CLOSE, 4410))
        self.assertEqual(numbers, list(range(len(numbers))), "nothing may follow the hole")
        self.assertEqual(self.dropped_count() + len(numbers), len(flood.ids))

    def test_a_plain_session_that_reads_nothing_is_gone(self):
        flood = self.start_flood()
        sockets = self.wsd.sockets()
        self.keep(self.wsd.session("stuck", "&channel=news", **STUCK))
        flood.until(lambda: self.wsd.metric("wsd_closes_total", code="4410") == 1)

        wait_until(lambda: self.wsd.sockets() == sockets, 20, "the stuck reader's socket to close")

    def test_answers_are_not_dropped_and_end_the_session(self):
        flood = self.start_flood()
        for _ in range(20):
            flood.publish()
        client = self.stuck_client("")
        for ref in range(100):
            client.send(type="history", ref=ref, channel="news", limit=1000)

        wait_until(lambda: self.wsd.metric("wsd_closes_total", code="1008",
                                           reason="slow_consumer") == 1, 20, "1008")
        self.assertEqual(self.dropped_count(), 0)
        flood.publish()

    def test_a_replay_under_way_is_not_dropped(self):
        flood = self.start_flood()
        for _ in range(200):
            flood.publish()
        client = self.stuck_client("&channel=other")
        client.send(type="subscribe", ref=1, channel="news", since=flood.ids[0])
        other = Flood(self.wsd, self.keep(self.wsd.session("other", "&channel=other")), "other")
        other.until(lambda: self.dropped_count() >= 30)
        for _ in range(20):
            flood.publish()

        objects = []
        while sum(each.get("channel") == "news" for each in objects) < 219:
            objects.append(client.read())

        self.assertIn({"type": "reply", "ref": 1},
                      [{name: each.get(name) for name in ("type", "ref")} for each in objects])
        news = [each for each in objects if each.get("channel") == "news"]
        self.assertEqual([number_of(each) for each in news], list(range(1, 220)))
        # Both end with their newest, in whatever order.
        client.send(type="ping", ref="end")
        while objects[-1] != {"type": "pong", "ref": "end"}:
            objects.append(client.read())
        self.explain(other, [each for each in objects if each.get("channel") == "other"])

    def test_without_ids_a_gap_has_no_since(self):
        redis = self.start_redis()
        flood = self.start_flood("--broker", "redis-pubsub", "--redis", redis.url)
        client = self.stuck_client()
        flood.until(lambda: self.dropped_count() >= 30)

        objects = self.read_to_the_newest(flood, client.read)

        gap = objects.index({"type": "gap", "channel": "news"})
        messages = [number_of(each) for n, each in enumerate(objects) if n != gap]
        last = len(flood.ids) - 1
        self.assertEqual(messages[:gap], list(range(gap)))
        self.assertEqual(messages[gap:], list(range(last + 1 - len(messages[gap:]), last + 1)))
        self.assertEqual(len(messages) + self.dropped_count(), last + 1)

    @unittest.skipIf(support.is_sanitized(), "a sanitizer keeps what was freed")
    def test_memory_is_bounded(self):
        flood = self.start_flood("--log-max-bytes", "1MiB", "--replay-buffer", "64KiB")
        clients = [self.stuck_client() for _ in range(3)]
        flood.until(lambda: self.dropped_count() >= 90)
        before_kib = self.wsd.resident_kib()

        flood.until(lambda: self.dropped_count() >= 4000)

        self.assertLess(self.wsd.resident_kib() - before_kib, 16 * 1024)
        self.assertEqual(self.wsd.metric("wsd_sessions"), 4)
        for client in clients:
            self.read_to_the_newest(flood, client.read)

    def test_what_waits_too_long_is_dropped_too(self):
        flood = self.start_flood(max_queue="64MiB")
        client = self.stuck_client()
        self.keep(self.wsd.session("plain", "&channel=news", **STUCK))
        for _ in range(400):
            flood.publish()

        wait_until(lambda: self.wsd.metric("wsd_closes_total", code="4410") == 1, 60, "4410")
        flood.publish()
        objects = self.read_to_the_newest(flood, client.read)

        self.assertGreater(self.explain(flood, objects), 0)
        self.assertEqual(client.ask(type="ping", ref=1), {"type": "pong", "ref": 1})


if __name__ == "__main__":
    unittest.main()
