"""Faults under load on redis-stream. Each message arrives once and in order, or its publisher was told
that it failed, or its subscribers are told of a gap.

test_faults.py [--messages N] [TEST...]
"""

import socket
import sys
import threading
import unittest

import ledger
import support
from support import wait_until

DEADLINE_S = 60
CHANNELS = [f"channel{n}" for n in range(20)]


class Tunnel:
    """A way to Redis that can be cut: nothing passes then, and nothing ends."""

    def __init__(self, target):
        self.target = target
        self.is_open = threading.Event()
        self.is_open.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sockets = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.target))
            self.sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        try:
            while data := source.recv(1 << 16):
                self.is_open.wait()  # what is sent while it is cut arrives afterwards
                sink.sendall(data)
        except OSError:
            pass
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stop(self):
        self.is_open.set()
        self.listener.close()
        for each in self.sockets:
            each.close()


class Faults(support.WskitTestCase):
    messages = 5000
    sessions = 60
    rate = None

    def setUp(self):
        self.redis = self.start_redis("--appendonly", "yes", "--appendfsync", "always")
        self.nodes = [self.start_node(self.redis.url) for _ in range(3)]

    def start_node(self, url):
        wsd = self.start_wsd("--broker", "redis-stream", "--redis", url, "--threads", "1",
                             "--log-max-messages", "1000000")
        self.wait_until_ready(wsd)
        return wsd

    def wait_until_ready(self, *nodes):
        for wsd in nodes:
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")

    def load(self, nodes=None):
        self.subscribers = ledger.Subscribers(nodes or self.nodes, CHANNELS, self.sessions)
        self.addCleanup(self.subscribers.stop)
        self.publisher = ledger.Publisher(self.nodes, CHANNELS, self.rate)
        self.addCleanup(self.publisher.stop)
        self.publisher.start()
        self.publisher.wait_for(self.messages // 3, 600)

    def settle(self, node=0, may_disconnect=False):
        self.publisher.wait_for(self.messages, 1200)
        problems = ledger.finish(self.publisher, self.subscribers, self.nodes[node])
        self.assertEqual(problems[:10], [])
        accepted = sum(map(len, self.publisher.accepted.values()))
        self.assertGreater(accepted, self.messages // 2)
        if not may_disconnect:
            self.assertEqual(sum(each.disconnects for each in self.subscribers.all), 0)
        gaps = sum(bool(each.gaps) for each in self.subscribers.all)
        print(f"{self.id().split('.')[-1]}: {self.publisher.count} messages, {accepted} accepted, "
              f"{sum(map(len, self.publisher.unknown.values()))} unknown, "
              f"{sum(map(len, self.publisher.refused.values()))} refused, "
              f"{gaps} of {self.sessions} sessions told of a gap, unexplained 0", file=sys.stderr)
        return gaps

    def test_redis_killed_and_restarted(self):
        self.load()
        self.redis.kill()
        for wsd in self.nodes:
            wait_until(lambda: not wsd.is_broker_ready(), DEADLINE_S, "a 503")
        self.redis.start()
        self.wait_until_ready(*self.nodes)
        self.assertEqual(self.settle(), 0)

    def test_redis_killed_and_restarted_empty(self):
        self.load()
        self.redis.kill()
        for path in self.redis.folder.glob("appendonlydir/*"):
            path.unlink()
        self.redis.start()
        self.wait_until_ready(*self.nodes)
        self.assertEqual(self.settle(), self.sessions)

    def test_redis_stopped_for_a_while(self):
        self.load()
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        for wsd in self.nodes:
            wait_until(lambda: not wsd.is_broker_ready(), DEADLINE_S, "a 503")
        self.redis.resume()
        self.wait_until_ready(*self.nodes)
        self.assertEqual(self.settle(), 0)

    def test_redis_flushed(self):
        self.load()
        self.redis.cli("FLUSHALL")
        self.wait_until_ready(*self.nodes)
        self.assertEqual(self.settle(), self.sessions)

    def test_one_node_cut_off(self):
        tunnel = Tunnel(self.redis.socket)
        self.addCleanup(tunnel.stop)
        lonely = self.start_node(f"redis://127.0.0.1:{tunnel.port}")
        self.nodes.append(lonely)
        self.load()
        tunnel.is_open.clear()
        wait_until(lambda: not lonely.is_broker_ready(), DEADLINE_S, "a 503")
        self.assertTrue(all(wsd.is_broker_ready() for wsd in self.nodes[:3]))
        self.publisher.wait_for(self.messages * 2 // 3, 600)
        tunnel.is_open.set()
        self.wait_until_ready(lonely)
        self.assertEqual(self.settle(), 0)

    def test_a_node_killed_and_its_clients_resume_elsewhere(self):
        self.load()
        victim = self.nodes[2]
        victim.expected_exit = (-9,)
        victim.kill()
        self.publisher.wait_for(self.messages * 2 // 3, 600)
        self.assertEqual(self.settle(may_disconnect=True), 0)


if __name__ == "__main__":
    if "--messages" in sys.argv:
        at = sys.argv.index("--messages")
        Faults.messages = int(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unittest.main()
