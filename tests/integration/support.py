"""Starts the real programs for a test, and stops them whatever happens."""

import atexit
import functools
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from raw_peer import RawPeer, client_tls

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BUILD_DIR = pathlib.Path(os.environ.get("WSKIT_BUILD_DIR", SOURCE_DIR / "build" / "dev"))
NODE_MODULES = pathlib.Path(
    os.environ.get("WSKIT_NODE_MODULES", SOURCE_DIR / "build" / "node" / "node_modules"))
WSD = BUILD_DIR / "apps" / "wsd" / "wsd"

GREETING = "连接成功"
HEARTBEAT_REPLY = "心跳发送成功"

SANITIZER_REPORT = re.compile(
    r"ERROR: (?:Address|Leak)Sanitizer|runtime error:|WARNING: ThreadSanitizer")


def wait_until(condition, deadline_s=20, what="the condition"):
    """Polls until `condition()` is true and returns what it gave."""
    end = time.monotonic() + deadline_s
    pause_s = 0.005
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_s} s in vain for {what}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.1)


def clean_environment(extra=None):
    """Ours without the variables that wsd reads."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("WSD_", "WSC_"))}
    environment.update(extra or {})
    return environment


def is_sanitized():
    """Whether wsd was built with a sanitizer, which changes what memory costs."""
    return b"__asan_init" in WSD.read_bytes() or b"__tsan_init" in WSD.read_bytes()


def run_wsd(*arguments, env=None, deadline_s=30):
    """Runs wsd to its end, for what it refuses to start with."""
    return subprocess.run([WSD, *map(str, arguments)], env=clean_environment(env), text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=deadline_s)


def end_child(child):
    """SIGTERM, and SIGKILL if that does not do."""
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class HttpReply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"HTTP {self.status} {self.body[:500]!r}"


class UnixHttpConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Process:
    """A child whose output goes to a file in its own folder."""

    def __init__(self, name):
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"wskit-{name}-"))
        self.child = None
        self.log_file = self.folder / "log"
        self.final_log = ""

    def spawn(self, command, env):
        with open(self.log_file, "ab") as log:
            self.child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=env, cwd=self.folder)

    @property
    def pid(self):
        return self.child.pid

    def log(self):
        if self.log_file.exists():
            return self.log_file.read_text(errors="surrogateescape")
        return self.final_log

    def describe(self):
        text = self.log().encode("ascii", "backslashreplace").decode()
        return f"--- {self.name}, the end of its log:\n{text[-6000:]}\n---"

    def is_running(self):
        return self.child is not None and self.child.poll() is None

    def kill(self):
        if self.is_running():
            self.child.kill()
        if self.child:
            self.child.wait()

    def remove_folder(self):
        self.final_log = self.log()
        shutil.rmtree(self.folder, ignore_errors=True)


class Wsd(Process):
    """A wsd on ports of its own. stop() checks how it ended."""

    expected_exit = (0,)

    def __init__(self, *arguments, env=None, listen=("127.0.0.1:0",), api="127.0.0.1:0",
                 certificates=None, name="wsd", allows_all=True):
        super().__init__(name)
        self.arguments = [str(argument) for argument in arguments]
        if allows_all:
            self.arguments += ["--allow-subscribe", "**", "--allow-publish", "**"]
        for address in listen:
            self.arguments += ["--listen", address]
        self.arguments += ["--api", api]
        self.client_tls = None
        if certificates:
            self.arguments += ["--tls-cert", certificates.certificate,
                               "--tls-key", certificates.key]
            self.client_tls = client_tls(certificates.ca)
        self.env = clean_environment(env)
        self.ready = None

    def start(self, deadline_s=30):
        ready_file = self.folder / "ready.json"
        self.spawn([WSD, *self.arguments, "--ready-file", ready_file], self.env)

        def is_ready():
            if not self.is_running():
                raise AssertionError(
                    f"wsd ended with {self.child.returncode}\n{self.describe()}")
            try:
                self.ready = json.loads(ready_file.read_text())
            except (FileNotFoundError, ValueError):
                return False
            return True

        try:
            wait_until(is_ready, deadline_s, "wsd's ready file")
        except BaseException:
            self.kill()
            raise
        return self

    @property
    def address(self):
        return self.ready["listen"][0]

    @property
    def api_address(self):
        return self.ready["api"]

    def url(self, user="alice", query=""):
        scheme = "wss" if self.client_tls else "ws"
        host = "localhost" if self.client_tls else "127.0.0.1"
        port = self.address.rsplit(":", 1)[1]
        return f"{scheme}://{host}:{port}/dispatchWebsocket?token={user}{query}"

    def connect(self, **options):
        return RawPeer(self.address, tls=self.client_tls, **options)

    def session(self, user="alice", query="", greeting=GREETING, headers=(), **options):
        """An open session that has read its greeting."""
        peer = self.connect(**options)
        try:
            peer.upgrade(f"/dispatchWebsocket?token={user}{query}", headers)
            if greeting:
                text = peer.read_text()
                if text != greeting:
                    raise AssertionError(f"greeted by {text!r} instead of {greeting!r}")
        except BaseException:
            peer.disconnect()
            raise
        return peer

    def request(self, method, path, body=None, headers=None, deadline_s=20):
        if self.api_address.startswith("unix:"):
            connection = UnixHttpConnection(self.api_address[len("unix:"):], deadline_s)
        else:
            connection = http.client.HTTPConnection(self.api_address, timeout=deadline_s)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return HttpReply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, document, **options):
        """Posts JSON: bytes as they are, anything else encoded."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.request("POST", path, body, {"Content-Type": "application/json"}, **options)

    def publish(self, **publication):
        reply = self.post("/api/v1/publish", publication)
        if reply.status != 200:
            raise AssertionError(f"publishing {publication} gave {reply}")
        return reply.json()

    def metrics(self):
        """The samples: {(name, ((label, value), …)): number}."""
        reply = self.get("/metrics")
        if reply.status != 200:
            raise AssertionError(f"/metrics gave {reply}")
        return parse_metrics(reply.body.decode())

    def metric(self, name, **labels):
        """The sum of the samples of that name which carry these labels."""
        return sum(value for (sample, found), value in self.metrics().items()
                   if sample == name and labels.items() <= dict(found).items())

    def is_broker_ready(self):
        return self.get("/health/ready").status == 200

    def sockets(self):
        """How many sockets wsd holds open."""
        count = 0
        for entry in os.scandir(f"/proc/{self.pid}/fd"):
            try:
                count += os.readlink(entry.path).startswith("socket:")
            except FileNotFoundError:
                pass
        return count

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def signal(self, number=signal.SIGTERM):
        self.child.send_signal(number)

    def wait_for_exit(self, deadline_s=30):
        try:
            return self.child.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"wsd did not end within {deadline_s} s") from None

    def stop(self, expected_exit=None):
        """SIGTERM unless it has ended; checks its exit code and its output."""
        expected_exit = expected_exit or self.expected_exit
        if not self.child:
            return self.remove_folder()
        try:
            if self.is_running():
                self.signal()
            code = self.wait_for_exit()
        finally:
            self.kill()
            self.remove_folder()
        if SANITIZER_REPORT.search(self.final_log):
            raise AssertionError(f"a sanitizer has something to say\n{self.describe()}")
        if code not in expected_exit:
            raise AssertionError(f"wsd ended with {code}\n{self.describe()}")


METRIC_LINE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([-+.0-9eE]+|NaN|[+-]Inf)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"')


def parse_metrics(text):
    samples = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = METRIC_LINE.fullmatch(line)
        if not match:
            raise AssertionError(f"not a line of Prometheus text: {line!r}")
        labels = tuple(sorted(LABEL.findall(match[2] or "")))
        if ",".join(f'{name}="{value}"' for name, value in LABEL.findall(match[2] or "")) != (
                match[2] or ""):
            raise AssertionError(f"labels that cannot be read: {line!r}")
        if (match[1], labels) in samples:
            raise AssertionError(f"a sample appears twice: {line!r}")
        samples[match[1], labels] = float(match[3])
    return samples


class Redis(Process):
    """A redis-server on a unix socket in its own folder, and on a TCP port where asked for."""

    def __init__(self, *arguments, tcp=False, certificates=None, port=None):
        super().__init__("redis")
        self.arguments = list(arguments)
        self.socket = self.folder / "redis.sock"
        self.url = f"redis+unix://{self.socket}"
        self.tcp = tcp or bool(certificates) or port is not None
        self.certificates = certificates
        self.port = port
        self.auth = []

    def start(self):
        attempts = 1 if self.port or not self.tcp else 5
        for attempt in range(attempts):
            port = self.port or (free_port() if self.tcp else 0)
            plain, tls = (0, port) if self.certificates else (port, 0)
            command = ["redis-server", "--bind", "127.0.0.1", "--port", plain,
                       "--unixsocket", self.socket, "--save", "", "--appendonly", "no",
                       "--daemonize", "no", "--dir", self.folder, *self.arguments]
            if tls:
                command += ["--tls-port", tls, "--tls-cert-file", self.certificates.certificate,
                            "--tls-key-file", self.certificates.key,
                            "--tls-ca-cert-file", self.certificates.ca, "--tls-auth-clients", "no"]
            self.spawn(command, os.environ)
            try:
                wait_until(self._answers_or_ended, 20, "redis-server")
            except BaseException:
                self.kill()
                raise
            if self.is_running():
                self.port = port or None
                return self
        raise AssertionError(f"redis-server does not start\n{self.describe()}")

    def _answers_or_ended(self):
        return not self.is_running() or self._run_cli("PING").stdout.strip() == b"PONG"

    def _run_cli(self, *words, stdin=None):
        return subprocess.run(["redis-cli", "-s", self.socket, "--no-auth-warning", *self.auth,
                               *words], input=stdin or b"", capture_output=True, timeout=20)

    def cli(self, *words, stdin=None):
        """The output of redis-cli; an error reply raises."""
        done = self._run_cli("-e", *words, stdin=stdin)
        if done.returncode:
            raise AssertionError(f"redis-cli {words}: {done.stdout!r} {done.stderr!r}")
        return done.stdout.decode(errors="replace").strip()

    def publish(self, channel, payload):
        """Publishes those bytes; gives the number of Redis clients that got them."""
        data = payload if isinstance(payload, bytes) else payload.encode()
        return int(self.cli("-x", "PUBLISH", channel, stdin=data))

    def pause(self):
        self.child.send_signal(signal.SIGSTOP)

    def resume(self):
        self.child.send_signal(signal.SIGCONT)

    def stop(self):
        self.kill()
        self.remove_folder()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


EC_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA_KEY = ("-newkey", "rsa:2048")


class Certificates:
    """A CA and a certificate of it."""

    def __init__(self, names="DNS:localhost,IP:127.0.0.1", key_type=EC_KEY):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="wskit-certificates-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self.ca, self.certificate, self.key = (
            folder / name for name in ("ca.pem", "server.pem", "server.key"))
        self._openssl("req", "-x509", "-nodes", *key_type, "-keyout", folder / "ca.key", "-out", self.ca,
                      "-days", "2", "-subj", "/CN=wskit test CA")
        self._openssl("req", "-nodes", *key_type, "-keyout", self.key, "-out", folder / "server.csr",
                      "-subj", "/CN=localhost",
                      "-addext", f"subjectAltName={names}")
        self._openssl("x509", "-req", "-in", folder / "server.csr", "-CA", self.ca,
                      "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "2",
                      "-copy_extensions", "copyall", "-out", self.certificate)

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


@functools.cache
def certificates():
    return Certificates()


class WskitTestCase(unittest.TestCase):
    """Stops what a test has started, and shows its logs if the test fails."""

    maxDiff = 4000
    shared_processes = ()

    def setUp(self):
        self.processes = []

    @classmethod
    def share_wsd(cls, *arguments, **options):
        """A wsd for all tests of the class."""
        wsd = Wsd(*arguments, **options)
        cls.addClassCleanup(wsd.stop)
        cls.shared_processes = (*cls.shared_processes, wsd)
        return wsd.start()

    def start_wsd(self, *arguments, **options):
        return self.start(Wsd(*arguments, **options))

    def start_redis(self, *arguments, **options):
        return self.start(Redis(*arguments, **options))

    def start(self, process):
        self.processes.append(process)
        self.addCleanup(process.stop)
        return process.start()

    def keep(self, peer):
        """Ends that connection after the test, before what it is connected to."""
        self.addCleanup(peer.disconnect)
        return peer

    def folder(self):
        path = pathlib.Path(tempfile.mkdtemp(prefix="wskit-test-"))
        self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        return path

    def run(self, result=None):
        self.processes = []
        result = result if result is not None else self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for process in (*self.shared_processes, *self.processes):
                print(process.describe(), file=sys.stderr)
        return result
