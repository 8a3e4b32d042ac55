"""wsc on wsd: an idle limit, a killed server, a refusal."""

import json
import signal
import subprocess
import unittest

import support
from clients import LineSessions, WSC
from support import Wsd, WskitTestCase, wait_until

PATH = "/dispatchWebsocket"


class WscAndWsd(WskitTestCase):
    def setUp(self):
        super().setUp()
        self.socket = self.folder() / "public.sock"
        self.lines = []

    def serve(self, *arguments):
        return self.start(Wsd(*arguments, listen=(f"unix:{self.socket}",)))

    def url(self, query="?token=alice"):
        return f"ws+unix:{self.socket}:{PATH}{query}"

    def talk(self, *arguments):
        session = LineSessions([WSC, "--eof-wait", "0", *arguments, self.url()], self.lines.append)
        self.addCleanup(session.stop)
        return session

    def wait_for(self, line, count=1):
        wait_until(lambda: self.lines.count(line) >= count, what=f"{line} in {self.lines}")

    def test_heartbeats_outlast_the_idle_timeout(self):
        wsd = self.serve("--idle-timeout", "1s")
        self.talk("--ping-interval", "200ms")
        self.wait_for(support.GREETING)
        silent = [self.keep(wsd.session("bob")) for _ in range(2)]

        for peer in silent:
            self.assertEqual(peer.read_close(), 4408)
        # The second one is opened when the first has ended, so that wsc has lived for two limits.
        self.assertEqual(self.keep(wsd.session("bob")).read_close(), 4408)

        self.assertEqual(wsd.metric("wsd_sessions"), 1)
        wsd.publish(user="alice", text="still here")
        self.wait_for("still here")
        self.assertEqual(self.lines.count(support.GREETING), 1)

    def test_a_text_heartbeat_is_answered(self):
        self.serve("--idle-timeout", "1s")
        self.talk("--heartbeat", "beat", "--heartbeat-interval", "100ms", "--ping-interval", "0")

        self.wait_for(support.HEARTBEAT_REPLY, 15)

        self.assertEqual(self.lines.count(support.GREETING), 1)

    def only_session(self, wsd):
        sessions = json.loads(wsd.get("/api/v1/sessions").body)["sessions"]
        return sessions[0]["session"] if sessions else None

    def test_it_resumes_where_it_was(self):
        wsd = self.serve("--plain-ids")
        self.talk("--reconnect", "--resume", "--retry-on", "4499", "--retry-delay", "10ms")
        wait_until(lambda: self.only_session(wsd), what="the session")
        wsd.publish(user="alice", text="one")
        wait_until(lambda: "one" in self.lines, what="the first message")

        for text in ("two", "three"):
            name = self.only_session(wsd)
            wsd.request("DELETE", "/api/v1/sessions?user=alice")
            wait_until(lambda: self.only_session(wsd) not in (None, name), what="a new session")
            wsd.publish(user="alice", text=text)
            wait_until(lambda text=text: text in self.lines, what=text)

        self.assertEqual([line for line in self.lines if line in ("one", "two", "three")],
                         ["one", "two", "three"])

    def test_wsc_is_back_when_a_killed_wsd_is(self):
        wsd = self.serve()
        self.talk("--reconnect")
        self.wait_for(support.GREETING)

        wsd.kill()
        wsd.stop(expected_exit=(-signal.SIGKILL,))
        wsd.child = None
        again = self.serve()

        self.wait_for(support.GREETING, 2)
        again.publish(all=True, text="welcome back")
        self.wait_for("welcome back")

    def test_wsc_gives_up_when_it_is_refused(self):
        self.serve()

        ended = subprocess.run([WSC, "--reconnect", self.url(query="")], text=True, timeout=30,
                               stdin=subprocess.DEVNULL, capture_output=True)

        self.assertEqual(ended.returncode, 22, ended)
        self.assertIn("401 Unauthorized", ended.stderr)
        self.assertIn("A valid token is required", ended.stderr)


if __name__ == "__main__":
    unittest.main()
