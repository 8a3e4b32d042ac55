"""Emptying a node: its clients are asked to connect elsewhere, over some time."""

import unittest

import support
from raw_peer import CLOSE, upgrade_request
from support import wait_until
from test_resume import EventStream, JsonClient


class Draining(support.WskitTestCase):
    def drain(self, wsd):
        reply = wsd.post("/api/v1/drain", {})
        self.assertEqual((reply.status, reply.json()), (200, {"status": "draining"}))

    def test_each_client_is_asked_to_go_elsewhere(self):
        wsd = self.start_wsd("--threads", "2", "--drain-time", "300ms")
        plain = [self.keep(wsd.session(f"user{n}")) for n in range(20)]
        speaking = JsonClient(wsd)
        self.addCleanup(speaking.disconnect)
        stream = EventStream(wsd, "")
        self.addCleanup(stream.peer.disconnect)
        self.drain(wsd)
        for peer in plain:
            self.assertEqual(peer.read_close(), 1012)
            peer.send_frame(CLOSE)
        notice = speaking.read()
        self.assertEqual(notice["type"], "reconnect")
        self.assertLess(notice["after_ms"], 300)
        self.assertEqual(speaking.peer.read_close(), 1012)
        speaking.peer.send_frame(CLOSE)
        self.assertRegex(stream.peer.read_to_end(), rb"retry: \d+\n\n")
        wait_until(lambda: "drained" in wsd.log(), 60, "an empty node")
        self.assertEqual(wsd.metric("wsd_sessions"), 0)

    def test_a_draining_node_takes_nobody_and_says_so(self):
        wsd = self.start_wsd("--threads", "1", "--drain-time", "60m")
        # The first goes at once, the others have time.
        peers = [self.keep(wsd.session(f"user{n}")) for n in range(3)]
        self.drain(wsd)
        self.drain(wsd)
        peer = self.keep(wsd.connect())
        peer.send(upgrade_request("/dispatchWebsocket?token=late"))
        refusal = peer.read_refusal()
        self.assertEqual(refusal.status, 503)
        self.assertEqual(dict(refusal.headers)["retry-after"], "1")
        self.assertEqual(wsd.metric("wsd_handshakes_total", result="draining"), 1)
        reply = wsd.get("/health/ready")
        self.assertEqual((reply.status, reply.json()["reason"]), (503, "draining"))
        wsd.publish(all=True, text="still here")
        open_peers = [peer for peer in peers if peer.read_frame().opcode != CLOSE]
        self.assertGreaterEqual(len(open_peers), 2)


if __name__ == "__main__":
    unittest.main()
