"""redis-stream on real Sentinels and a real Redis Cluster, over the loss of a master.

test_topologies.py [--messages N] [TEST...]
"""

import subprocess

import ledger
import support
from redis_cluster import RedisCluster
from support import wait_until
from test_resume import JsonClient

DEADLINE_S = 90


class Sentinel(support.Process):
    """A redis-sentinel that watches one master."""

    def __init__(self, master, quorum):
        super().__init__("sentinel")
        self.port = support.free_port()
        self.config = self.folder / "sentinel.conf"
        self.config.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {self.folder}\n"
            f"sentinel monitor main 127.0.0.1 {master.port} {quorum}\n"
            "sentinel down-after-milliseconds main 1000\n"
            "sentinel failover-timeout main 5000\n")

    def start(self):
        self.spawn(["redis-server", self.config, "--sentinel"], None)
        wait_until(lambda: self.cli("PING") == "PONG", DEADLINE_S, "a Sentinel")
        return self

    def cli(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True,
                              text=True, timeout=20).stdout.strip()

    def stop(self):
        self.kill()
        self.remove_folder()


class TopologyCase(ledger.LedgerCase):
    def start_nodes(self, url):
        self.nodes = [self.start_wsd("--broker", "redis-stream", "--redis", url, "--threads", "1",
                                     "--log-max-messages", "1000000") for _ in range(2)]
        for wsd in self.nodes:
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")

    def check_ledger_over(self, lose_master):
        """What Redis has lost with its master is a gap."""
        self.load(self.nodes)
        lose_master()
        self.wait_for_health(self.nodes, False)
        self.wait_for_health(self.nodes, True)
        self.settle(self.nodes[0])


class WithSentinels(TopologyCase):
    def test_failover(self):
        master = self.start_redis(tcp=True)
        self.start_redis("--replicaof", "127.0.0.1", str(master.port), "--repl-diskless-sync-delay", "0",
                         tcp=True)
        wait_until(lambda: "state=online" in master.cli("INFO", "replication"), DEADLINE_S,
                   "a replica")
        sentinels = [self.start(Sentinel(master, quorum=2)) for _ in range(3)]

        def know_each_other():
            return all("num-other-sentinels\n2" in sentinel.cli("SENTINEL", "MASTER", "main") and
                       "num-slaves\n1" in sentinel.cli("SENTINEL", "MASTER", "main")
                       for sentinel in sentinels)

        wait_until(know_each_other, DEADLINE_S, "Sentinels that know each other")
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in sentinels)
        self.start_nodes(f"redis-sentinel://{hosts}/main")
        self.check_ledger_over(master.kill)

    def test_no_master_is_told(self):
        redis = self.start_redis(tcp=True)
        sentinel = self.start(Sentinel(redis, quorum=1))
        wsd = self.start_wsd("--broker", "redis-stream", "--redis",
                             f"redis-sentinel://127.0.0.1:{sentinel.port}/other")
        wait_until(lambda: "no master of that name" in str(wsd.get("/health/ready").body),
                   DEADLINE_S, "a reason")


class WithCluster(TopologyCase):
    def setUp(self):
        self.cluster = RedisCluster(self)
        self.start_nodes(self.cluster.url)

    def test_a_failed_master(self):
        self.check_ledger_over(lambda: self.cluster.owner("wskit:log").kill())

    def test_a_slot_that_moves(self):
        client = JsonClient(self.nodes[0], query="&channel=news")
        self.addCleanup(client.disconnect)
        self.nodes[1].publish(channel="news", data=1)
        move = self.cluster.begin_to_move("wskit:log")
        # Between the two the keys are at the one node, and the slot still the other's: ASK.
        for wsd in self.nodes:
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        wait_until(lambda: self.nodes[1].post("/api/v1/publish", {"channel": "news", "data": 2})
                   .status == 200, DEADLINE_S, "a publish by ASK")
        self.cluster.finish_to_move(*move)
        wait_until(lambda: self.nodes[1].post("/api/v1/publish", {"channel": "news", "data": 3})
                   .status == 200, DEADLINE_S, "a publish by MOVED")
        self.assertEqual([client.read()["data"] for _ in range(3)], [1, 2, 3])


if __name__ == "__main__":
    ledger.main()
