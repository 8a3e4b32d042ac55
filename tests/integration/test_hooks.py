"""Hooks: their options, and the events that an application gets."""

import struct
import unittest

import support
from hook_receiver import SECRET, HookReceiver
from raw_peer import BINARY, CLOSE
from support import run_wsd, wait_until

DEADLINE_S = 60


class Options(support.WskitTestCase):
    def secret(self, text="s3cret\n", mode=0o600):
        file = self.folder() / "secret"
        file.touch()
        file.chmod(mode)
        file.write_text(text)
        return file

    def check(self, *arguments, **options):
        return run_wsd("check", *arguments, **options)

    def assert_rejected(self, done, expected):
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(expected, done.stderr)
        self.assertNotIn("s3cret", done.stdout + done.stderr)

    def test_a_url_and_a_secret_will_do(self):
        for url in ("http://localhost/hook", "https://app.example.org:8443/a?b=c"):
            with self.subTest(url=url):
                done = self.check("--hook", url, "--hook-secret-file", self.secret())
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_missing_or_malformed_is_refused(self):
        secret = self.secret()
        for arguments, expected in (
                (("--hook", "http://h/"), "--hook-secret-file"),
                (("--hook-secret-file", secret), "--hook"),
                (("--hook-ca", "/nonexistent"), "--hook"),
                (("--hook", "ws://h/", "--hook-secret-file", secret), "http://"),
                (("--hook", "h:80", "--hook-secret-file", secret), "http://"),
                (("--hook", "https:///x", "--hook-secret-file", secret), "host"),
                (("--hook", "https://h/", "--hook-secret-file", "/nonexistent"), "/nonexistent"),
                (("--hook", "https://h/", "--hook-secret-file", secret, "--hook-ca",
                  "/nonexistent"), "/nonexistent"),
                (("--hook", "https://h/", "--hook-secret-file", self.secret(text="\n")), "empty")):
            with self.subTest(arguments=arguments):
                self.assert_rejected(self.check(*arguments), expected)

    def test_a_secret_that_everybody_may_read_is_refused(self):
        self.assert_rejected(
            self.check("--hook", "http://h/", "--hook-secret-file", self.secret(mode=0o644)),
            "chmod o-r")
        done = self.check("--hook", "http://h/", "--hook-secret-file", self.secret(mode=0o640))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_credentials_in_the_url_stay_off_the_command_line(self):
        url = "https://wsd:s3cret@h/hook"
        self.assert_rejected(
            self.check("--hook", url, "--hook-secret-file", self.secret(text="other")),
            "command line")
        done = self.check("--hook-secret-file", self.secret(), env={"WSD_HOOK": url})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_wsd_with_a_hook_starts_and_stops(self):
        wsd = self.start_wsd("--threads", "1", "--hook", "http://127.0.0.1:1/",
                             "--hook-secret-file", self.secret())
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)


class Events(support.WskitTestCase):
    """What the application is told."""

    debounce = "0"

    def setUp(self):
        self.receiver = HookReceiver()
        self.addCleanup(self.receiver.stop)
        self.addCleanup(lambda: self.assertEqual(self.receiver.problems, []))

    def start_node(self, *arguments, debounce=None):
        secret = self.folder() / "secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        wsd = self.start_wsd("--hook", self.receiver.url, "--hook-secret-file", secret,
                              "--hook-debounce", debounce or self.debounce, *arguments)
        wsd.secret_file = secret
        return wsd

    def wait_for(self, user, *expected):
        """Until these events came, and no others."""
        wait_until(lambda: self.receiver.summary(user) == list(expected), DEADLINE_S,
                   f"{expected} instead of {self.receiver.summary(user)}")

    def session(self, wsd, user, **options):
        return self.keep(wsd.session(user, **options))


class OneNode(Events):
    def test_open_messages_and_close_come_in_order_and_numbered(self):
        wsd = self.start_node("--on-message", "hook")
        peer = self.session(wsd, "alice")
        peer.send_text("one")
        peer.send_frame(BINARY, b"\x00\xff")
        peer.send_text("二")
        peer.send_frame(CLOSE, struct.pack(">H", 3001) + b"enough")
        self.wait_for("alice", ("open", 1), ("message", 2), ("message", 3), ("message", 4),
                      ("close", 5))
        opened, one, binary, two, closed = self.receiver.of("alice")
        self.assertRegex(opened["address"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual((one["text"], binary["base64"], two["text"]), ("one", "AP8=", "二"))
        self.assertEqual((closed["code"], closed["reason"]), (3001, "enough"))
        self.assertEqual(len({event["session"] for event in self.receiver.of("alice")}), 1)

    def test_what_the_application_does_not_confirm_comes_again(self):
        wsd = self.start_node("--on-message", "hook")
        self.receiver.status = 503
        peer = self.session(wsd, "alice")
        for number in range(250):
            peer.send_text(str(number))
        wait_until(lambda: self.receiver.posts >= 2, DEADLINE_S, "a second attempt")
        self.assertEqual(self.receiver.events, [])
        self.receiver.status = 204
        self.wait_for("alice", ("open", 1), *(("message", 2 + n) for n in range(250)))
        self.assertEqual([event["text"] for event in self.receiver.of("alice")[1:]],
                         [str(n) for n in range(250)])
        self.assertGreaterEqual(wsd.metric("wsd_hook_events_total", result="sent"), 251)
        self.assertGreaterEqual(wsd.metric("wsd_hook_retries_total"), 1)

    def test_a_reload_changes_the_key_of_signatures(self):
        self.receiver.secret = "another"
        wsd = self.start_node()
        wsd.secret_file.write_text("another")
        self.assertEqual(wsd.post("/api/v1/reload", {}).json()["changed"], ["hook-secret-file"])
        self.session(wsd, "alice")
        self.wait_for("alice", ("open", 1))

    def test_delivery_does_not_wait_for_an_application_that_is_gone(self):
        wsd = self.start_node("--on-message", "hook")
        self.receiver.stop()
        peer = self.session(wsd, "alice")
        peer.send_text("lost in time")
        wsd.publish(user="alice", text="hi")
        self.assertEqual(peer.read_text(), "hi")

    def test_what_is_queued_is_posted_before_wsd_stops(self):
        wsd = self.start_node()
        self.session(wsd, "alice")
        wsd.stop()
        self.wait_for("alice", ("open", 1), ("close", 2))
        self.assertEqual(self.receiver.of("alice")[1]["code"], 1001)

    def test_events_that_find_no_room_leave_out_their_numbers(self):
        wsd = self.start_node("--on-message", "hook")
        self.receiver.status = 503
        peer = self.session(wsd, "alice")
        for number in range(10_100):
            peer.send_text(str(number))
        wait_until(lambda: wsd.metric("wsd_hook_events_total", result="dropped") == 101,
                   DEADLINE_S, "dropped events")
        self.receiver.status = 204
        wait_until(lambda: wsd.metric("wsd_hook_queued_events") == 0, DEADLINE_S, "an empty queue")
        peer.send_text("after")
        self.wait_for("alice", ("open", 1), *(("message", n) for n in range(2, 10_001)),
                      ("message", 10_102))


class Debounce(Events):
    debounce = "1s"

    def test_a_reconnect_sends_nothing(self):
        wsd = self.start_node("--on-message", "hook")
        first = self.session(wsd, "alice")
        first.send_text("a")
        self.wait_for("alice", ("open", 1), ("message", 2))
        first.disconnect()
        wait_until(lambda: wsd.metric("wsd_sessions") == 0, DEADLINE_S, "the end")
        second = self.session(wsd, "alice")
        second.send_text("b")
        self.wait_for("alice", ("open", 1), ("message", 2), ("message", 3))
        second.disconnect()
        self.wait_for("alice", ("open", 1), ("message", 2), ("message", 3), ("close", 4))
        self.assertEqual(len({event["session"] for event in self.receiver.of("alice")}), 1)

    def test_another_user_is_no_reconnect(self):
        wsd = self.start_node()
        self.session(wsd, "alice").disconnect()
        self.session(wsd, "bob")
        self.wait_for("alice", ("open", 1), ("close", 2))
        self.wait_for("bob", ("open", 1))

    def test_a_close_that_waits_is_told_when_wsd_stops(self):
        wsd = self.start_node(debounce="60m")
        self.session(wsd, "alice").disconnect()
        wait_until(lambda: wsd.metric("wsd_sessions") == 0, DEADLINE_S, "the end")
        wsd.stop()
        self.wait_for("alice", ("open", 1), ("close", 2))


class InACluster(Events):
    debounce = "3s"

    def setUp(self):
        super().setUp()
        self.redis = self.start_redis()
        self.nodes = [self.start_node("--broker", "redis-stream", "--redis", self.redis.url,
                                      "--threads", "1") for _ in range(2)]
        for wsd in self.nodes:
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
            wait_until(lambda: wsd.get("/api/v1/nodes").status == 200, DEADLINE_S, "a directory")

    def test_a_reconnect_to_another_node_sends_nothing(self):
        first = self.session(self.nodes[0], "alice")
        self.wait_for("alice", ("open", 1))
        first.disconnect()
        wait_until(lambda: self.redis.cli("EXISTS", "{wskit:sessions}:note:user:alice") == "1",
                   DEADLINE_S, "a note")
        second = self.session(self.nodes[1], "alice")
        wait_until(lambda: self.redis.cli("EXISTS", "{wskit:sessions}:note:user:alice") == "0",
                   DEADLINE_S, "the note to be taken")
        self.session(self.nodes[0], "mark").disconnect()
        self.wait_for("mark", ("open", 1), ("close", 2))  # three seconds later
        self.assertEqual(self.receiver.summary("alice"), [("open", 1)])
        second.disconnect()
        self.wait_for("alice", ("open", 1), ("close", 2))
        self.assertEqual(len({event["session"] for event in self.receiver.of("alice")}), 1)
        self.assertEqual(self.redis.cli("--scan", "--pattern", "*note*"), "")

    def test_the_closes_of_a_dead_node_come_from_another(self):
        first = self.session(self.nodes[0], "alice")
        self.wait_for("alice", ("open", 1))
        first.disconnect()
        wait_until(lambda: self.redis.cli("EXISTS", "{wskit:sessions}:note:user:alice") == "1",
                   DEADLINE_S, "a note")
        self.session(self.nodes[1], "alice")
        self.session(self.nodes[1], "bob")
        self.wait_for("bob", ("open", 1))
        wait_until(lambda: self.nodes[0].get("/api/v1/sessions").json()["total"] == 2, DEADLINE_S,
                   "the sessions in the directory")
        self.nodes[1].expected_exit = (-9,)
        self.nodes[1].kill()
        self.wait_for("bob", ("open", 1), ("close", None))
        # Under the name that the application knows.
        self.wait_for("alice", ("open", 1), ("close", None))
        self.assertEqual(len({event["session"] for event in self.receiver.of("alice")}), 1)
        self.assertEqual(self.receiver.of("bob")[1]["code"], 1006)


if __name__ == "__main__":
    unittest.main()
