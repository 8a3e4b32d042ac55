"""A Redis Cluster of three masters with a replica each."""

import random
import socket
import subprocess

from support import wait_until

DEADLINE_S = 90


def cluster_port():
    """Its bus takes the port 10,000 further on; both below those that clients get."""
    while True:
        port = random.randrange(11_000, 22_000)
        try:
            for each in (port, port + 10_000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", each))
            return port
        except OSError:
            continue


class RedisCluster:
    def __init__(self, test):
        self.members = [
            test.start_redis("--cluster-enabled", "yes", "--cluster-node-timeout", "1500",
                             "--cluster-require-full-coverage", "no",
                             "--repl-diskless-sync-delay", "0", tcp=True, port=cluster_port())
            for _ in range(6)]
        addresses = [f"127.0.0.1:{member.port}" for member in self.members]
        subprocess.run(["redis-cli", "--cluster", "create", *addresses, "--cluster-replicas", "1",
                        "--cluster-yes"], check=True, capture_output=True, timeout=60)
        for member in self.members:
            wait_until(lambda: "cluster_state:ok" in member.cli("CLUSTER", "INFO"), DEADLINE_S,
                       "a cluster")
            wait_until(lambda: "state=online" in member.cli("INFO", "replication") or
                       "master_link_status:up" in member.cli("INFO", "replication"), DEADLINE_S,
                       "replicas")
        self.url = f"redis-cluster://{','.join(addresses[:3])}"

    def slot(self, key):
        return int(self.living()[0].cli("CLUSTER", "KEYSLOT", key))

    def living(self):
        return [member for member in self.members if member.is_running()]

    def masters(self):
        """Those that have slots, with the ranges that they say they have."""
        masters = {}
        for member in self.living():
            for line in member.cli("CLUSTER", "NODES").splitlines():
                fields = line.split()
                if "myself,master" not in fields[2]:
                    continue
                ranges = [part.partition("-") for part in fields[8:] if not part.startswith("[")]
                if ranges:
                    masters[member] = [(int(first), int(last or first))
                                       for first, _, last in ranges]
        return masters

    def owner(self, key):
        """The master of the key's slot, or None."""
        slot = self.slot(key)
        return next((member for member, ranges in self.masters().items()
                     if any(first <= slot <= last for first, last in ranges)), None)

    def begin_to_move(self, key):
        """Between this and finish_to_move() the slot is the source's, and its keys at the target."""
        source, slot = self.owner(key), str(self.slot(key))
        target = next(member for member in self.masters() if member is not source)
        target.cli("CLUSTER", "SETSLOT", slot, "IMPORTING", source.cli("CLUSTER", "MYID"))
        source.cli("CLUSTER", "SETSLOT", slot, "MIGRATING", target.cli("CLUSTER", "MYID"))
        keys = source.cli("CLUSTER", "GETKEYSINSLOT", slot, "100").split()
        if keys:
            source.cli("MIGRATE", "127.0.0.1", str(target.port), "", "0", "5000", "KEYS", *keys)
        return source, target, slot

    @staticmethod
    def finish_to_move(source, target, slot):
        target_id = target.cli("CLUSTER", "MYID")
        for member in (target, source):
            member.cli("CLUSTER", "SETSLOT", slot, "NODE", target_id)
