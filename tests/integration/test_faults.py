"""Faults under load on redis-stream. Each message arrives once and in order, or its publisher was told
that it failed, or its subscribers are told of a gap.

test_faults.py [--messages N] [TEST...]
"""

import socket
import threading

import ledger
from support import wait_until

DEADLINE_S = 60


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


class Faults(ledger.LedgerCase):
    def setUp(self):
        self.redis = self.start_redis("--appendonly", "yes", "--appendfsync", "always")
        self.nodes = [self.start_node(self.redis.url) for _ in range(3)]

    def start_node(self, url):
        wsd = self.start_wsd("--broker", "redis-stream", "--redis", url, "--threads", "1",
                             "--log-max-messages", "1000000")
        wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        return wsd

    def test_redis_killed_and_restarted(self):
        self.load(self.nodes)
        self.redis.kill()
        self.wait_for_health(self.nodes, False)
        self.wait_for_refusals(5)
        self.redis.start()
        self.wait_for_health(self.nodes, True)
        self.assertEqual(self.settle(self.nodes[0]), 0)

    def test_redis_killed_and_restarted_empty(self):
        self.load(self.nodes)
        self.redis.kill()
        for path in self.redis.folder.glob("appendonlydir/*"):
            path.unlink()
        self.redis.start()
        self.wait_for_health(self.nodes, True)
        self.assertEqual(self.settle(self.nodes[0]), self.sessions)

    def test_redis_stopped_for_a_while(self):
        self.load(self.nodes)
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        self.wait_for_health(self.nodes, False)
        self.wait_for_refusals(20)
        self.redis.resume()
        self.wait_for_health(self.nodes, True)
        self.assertEqual(self.settle(self.nodes[0]), 0)

    def test_redis_flushed(self):
        self.load(self.nodes)
        self.redis.cli("FLUSHALL")
        self.wait_for_health(self.nodes, True)
        self.assertEqual(self.settle(self.nodes[0]), self.sessions)

    def test_one_node_cut_off(self):
        tunnel = Tunnel(self.redis.socket)
        self.addCleanup(tunnel.stop)
        lonely = self.start_node(f"redis://127.0.0.1:{tunnel.port}")
        self.load([*self.nodes, lonely])
        tunnel.is_open.clear()
        self.wait_for_health([lonely], False)
        self.assertEqual([wsd.is_broker_ready() for wsd in self.nodes], [True] * 3)
        # At full size and rate the others take half a minute for that.
        self.publisher.wait_for(self.messages * 2 // 3, 600)
        tunnel.is_open.set()
        self.wait_for_health([lonely], True)
        self.assertEqual(self.settle(self.nodes[0]), 0)

    def test_a_node_killed_and_its_clients_resume_elsewhere(self):
        self.load(self.nodes)
        victim = self.nodes[2]
        victim.expected_exit = (-9,)
        victim.kill()
        self.publisher.wait_for(self.messages * 2 // 3, 600)
        self.assertEqual(self.settle(self.nodes[0], may_disconnect=True), 0)


if __name__ == "__main__":
    ledger.main()
