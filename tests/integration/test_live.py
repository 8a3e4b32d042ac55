"""GET /api/v1/live: what a node does, as a stream of events."""

import json
import os
import signal
import unittest

import support
from raw_peer import RawPeer
from support import wait_until

MAX_WATCHERS = 16


class Watcher(RawPeer):
    """Reads the stream; `answer` is its head."""

    def __init__(self, wsd, headers=(), method="GET", **options):
        super().__init__(wsd.api_address, **options)
        lines = [f"{method} /api/v1/live HTTP/1.1", "Host: localhost", *headers]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.answer = self.read_http_answer()

    def read_event(self):
        name, data = self.read_until(b"\n\n").decode().split("\n")
        return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


class Live(support.WskitTestCase):
    def watch(self, wsd, **options):
        return self.keep(Watcher(wsd, **options))

    def descriptors(self, wsd):
        return len(os.listdir(f"/proc/{wsd.pid}/fd"))

    def test_first_the_node_and_then_its_numbers_again_and_again(self):
        wsd = self.start_wsd("--path", "/a", "--path", "/b")
        self.keep(wsd.connect()).upgrade("/a?token=alice")
        watcher = self.watch(wsd)

        self.assertEqual(watcher.answer.header("content-type"), "text/event-stream")
        name, node = watcher.read_event()
        self.assertEqual(name, "node")
        self.assertEqual((node["listen"], node["paths"], node["tls"], node["broker"]),
                         (wsd.ready["listen"], ["/a", "/b"], False, "memory"))
        name, first = watcher.read_event()
        self.assertEqual((name, first["sessions"], first["handshakes"]), ("stats", 1, {"ok": 1}))
        wsd.publish(all=True, text="x")
        self.wait_for_stats(watcher, lambda stats: stats["messages_sent"]
                            == first["messages_sent"] + 1 and stats["broker"]["published"] == 1)

    def wait_for_stats(self, watcher, condition):
        wait_until(lambda: condition(watcher.read_event()[1]), what="numbers as expected")

    def test_a_watcher_that_does_not_read_harms_nobody(self):
        wsd = self.start_wsd("--threads", "1")
        lazy = self.watch(wsd, receive_buffer_bytes=1)
        watcher = self.watch(wsd)
        watcher.read_event()
        for _ in range(3):
            self.assertEqual(watcher.read_event()[0], "stats")
        self.assertEqual(wsd.get("/health/live").status, 200)
        self.assertEqual(lazy.read_event()[0], "node")

    def test_only_so_many_watch_at_once_and_those_who_left_make_room(self):
        wsd = self.start_wsd("--threads", "1")
        before = self.descriptors(wsd)
        watchers = [self.watch(wsd) for _ in range(MAX_WATCHERS)]
        refused = wsd.get("/api/v1/live")
        self.assertEqual((refused.status, refused.json()["error"]["code"]), (503, "too_many"))

        for watcher in watchers:
            watcher.disconnect()

        wait_until(lambda: self.descriptors(wsd) == before, what="the descriptors to be closed")
        self.assertEqual(self.watch(wsd).read_event()[0], "node")

    def test_what_a_watcher_says_meanwhile_ends_at_most_its_own_stream(self):
        wsd = self.start_wsd("--threads", "1")
        before = self.descriptors(wsd)
        for words in (b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x00\xff" * 5000):
            watcher = self.watch(wsd)
            watcher.send(words)
            other = self.watch(wsd)
            self.assertEqual(other.read_event()[0], "node")
            watcher.disconnect()
            other.disconnect()
        wait_until(lambda: self.descriptors(wsd) == before, what="the descriptors to be closed")

    def test_it_ends_when_wsd_stops(self):
        wsd = self.start_wsd("--threads", "1")
        watcher = self.watch(wsd)
        wsd.signal(signal.SIGTERM)
        watcher.read_to_end()
        self.assertEqual(wsd.wait_for_exit(), 0)

    def test_head_gets_no_stream(self):
        wsd = self.start_wsd("--threads", "1")
        self.assertEqual(wsd.request("HEAD", "/api/v1/live").status, 200)

    def test_two_readers_of_numbers_do_not_take_them_from_each_other(self):
        wsd = self.start_wsd("--threads", "1")
        wait_until(lambda: wsd.metric("wsd_loop_lag_seconds", loop="control") > 0, what="a turn")
        self.assertGreater(wsd.metric("wsd_loop_lag_seconds", loop="control"), 0)

    def test_it_needs_a_key_where_the_api_does(self):
        keys = self.folder() / "keys"
        keys.touch(mode=0o600)
        keys.write_text("secret\n")
        wsd = self.start_wsd("--threads", "1", "--api-key-file", keys)
        self.assertEqual(wsd.get("/api/v1/live").status, 401)
        watcher = self.watch(wsd, headers=["Authorization: Bearer secret"])
        self.assertEqual(watcher.read_event()[0], "node")


if __name__ == "__main__":
    unittest.main()
