"""What benchmarks share: a server on one CPU, wsbench on another, and how far these lie apart."""

import collections
import contextlib
import json
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEAR_NS = 150  # a round trip of a cache line: about 50 within one shared cache, 400 between two
ATTEMPTS = 3
QUIET_CORES = 0.1
FAULTS = ("lost", "duplicated", "reordered", "mismatched", "unsent", "failed_publishes")

Server = collections.namedtuple("Server", "url pid")
Cost = collections.namedtuple("Cost", "placement foreign_cores")


def add_arguments(parser):
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release",
                        metavar="DIR", help="where the programs were built (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(%(default)s)")
    parser.add_argument("--seconds", type=float, default=2.5, help="of each run (%(default)s)")
    parser.add_argument("--server-cpu", type=int, default=0)
    parser.add_argument("--load-cpu", type=int, default=1)


def raise_descriptor_limit():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def when_ready(process, look, seconds=15):
    """What look() returns once it raises neither OSError nor ValueError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            return look()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
    raise RuntimeError(f"a server did not get ready: {' '.join(process.args)}")


def busy_seconds():
    """CPU that all of the machine has used, the hypervisor's part included."""
    with open("/proc/stat") as lines:
        user, nice, system, _, _, irq, softirq, steal = map(int, lines.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def family(pid):
    """The process and all its descendants."""
    pids = [pid]
    for each in pids:
        with contextlib.suppress(OSError), open(f"/proc/{each}/task/{each}/children") as children:
            pids += map(int, children.read().split())
    return pids


def cpu_seconds(pid):
    total = 0
    for each in family(pid):
        with contextlib.suppress(OSError), open(f"/proc/{each}/stat") as stat:
            total += sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def own_children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Rig:
    """`arguments` are those of add_arguments()."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.wsbench = self.program("apps/wsbench/wsbench")
        self.placement_program = self.program("tests/bench/placement")

    def program(self, name):
        path = self.arguments.build / name
        if not path.exists():
            raise RuntimeError(f"{path} is missing; build it, or name another folder with --build")
        return path

    @contextlib.contextmanager
    def started(self, *command, **options):
        """The process, on the server's CPU; ended with the context."""
        pinned = ["taskset", "-c", self.arguments.server_cpu, *command]
        process = subprocess.Popen(list(map(str, pinned)), stdin=subprocess.DEVNULL, **options)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextlib.contextmanager
    def bare_server(self, delivery="send", is_slow=False):
        """With `is_slow` each of its send() takes 20 µs of CPU more."""
        command = [self.program("tests/bench/bare_server"), delivery]
        slow = {"LD_PRELOAD": str(self.program("tests/bench/slow_sends.so"))} if is_slow else {}
        with self.started(*command, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **slow}) as process:
            fields = dict(word.split("=") for word in process.stdout.readline().split())
            yield Server(f"ws://127.0.0.1:{fields['port']}", process.pid)

    @contextlib.contextmanager
    def delay_server(self, *delays):
        with self.started(self.program("tests/bench/delay_server"), *delays,
                          stdout=subprocess.PIPE, text=True) as process:
            port = process.stdout.readline().strip().removeprefix("port=")
            yield Server(f"ws://127.0.0.1:{port}", process.pid)

    @contextlib.contextmanager
    def wsd(self, *options):
        """Yields its Server and the address of its API."""
        with tempfile.TemporaryDirectory(prefix="wskit-bench-") as folder:
            ready = pathlib.Path(folder, "ready.json")
            log = pathlib.Path(folder, "log")
            command = [self.program("apps/wsd/wsd"), "--threads", "1", "--listen", "127.0.0.1:0",
                       "--api", "127.0.0.1:0", "--greeting", "", "--allow-subscribe", "**",
                       "--allow-publish", "**", "--ready-file", ready, *options]
            with open(log, "w") as output:
                with self.started(*command, stdout=output, stderr=output) as process:
                    try:
                        document = when_ready(process, lambda: json.loads(ready.read_text()))
                    except RuntimeError as error:
                        raise RuntimeError(f"{error}: {log.read_text()[-2000:].strip()}") from None
                    yield Server(f"ws://{document['listen'][0]}", process.pid), document["api"]

    def placement_ns(self):
        cpus = (self.arguments.server_cpu, self.arguments.load_cpu)
        result = subprocess.run([self.placement_program, *map(str, cpus)], check=True, timeout=30,
                                capture_output=True, text=True)
        return float(result.stdout)

    def loaded(self, command, pid, seconds=120):
        """What a generator on its own CPU prints as JSON, and what else went on meanwhile."""
        before_ns = self.placement_ns()
        begin = time.monotonic()
        foreign = busy_seconds() - cpu_seconds(pid) - own_children_seconds()
        pinned = ["taskset", "-c", self.arguments.load_cpu, *command]
        try:
            result = subprocess.run(list(map(str, pinned)), stdin=subprocess.DEVNULL,
                                    timeout=seconds, capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"no end after {seconds} s: {' '.join(map(str, command))}") from None
        foreign = busy_seconds() - cpu_seconds(pid) - own_children_seconds() - foreign
        try:
            document = json.loads(result.stdout)
        except ValueError:
            raise RuntimeError(result.stderr.strip() or result.stdout.strip()[-300:]) from None
        cores = max(0, foreign) / (time.monotonic() - begin)
        return document, Cost(placement(before_ns, self.placement_ns()), cores)

    def bench(self, server, *options, path="/", timed=True):
        """The only run of wsbench's report, and its Cost."""
        command = [self.wsbench, *options, "-t", "1", "-q", "-j", "--accept-invalid",
                   "--pid", server.pid]
        if timed:
            command += ["--warmup", "0.5", "-d", self.arguments.seconds]
        report, cost = self.loaded([*command, server.url + path], server.pid)
        return report["runs"][0], cost


def placement(*values):
    """near or apart: the CPUs of server and generator; mixed if they moved."""
    return {0: "near", len(values): "apart"}.get(sum(ns > NEAR_NS for ns in values), "mixed")


def quietest(run):
    """Calls run(), which returns something and a Cost, until nothing else disturbed it; or else
    what was disturbed least."""
    results = []
    for _ in range(ATTEMPTS):
        results.append(run())
        if disturbance(results[-1][1]) <= QUIET_CORES:
            break
    return min(results, key=lambda result: disturbance(result[1]))


def disturbance(cost):
    return cost.foreign_cores + 1e3 * (cost.placement == "mixed")


def faults(run):
    """What a figure should not be believed with, by name."""
    found = {name: run["messages"][name] for name in FAULTS if run["messages"][name]}
    connections = run["connections"]
    found |= {name: connections[name] for name in ("failed", "ended") if connections[name]}
    return found


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def machine():
    """A line about it, for the head of a table."""
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    system = os.uname()
    return f"{time.strftime('%Y-%m-%d')}, Linux {system.release}, {model}, {os.cpu_count()} CPUs"


def end_by_signal():
    """Lets contexts end their processes when this one is told to."""
    signal.signal(signal.SIGTERM, lambda *_: exit(143))
