"""Sessions by several WebSocket implementations, which all write into one record."""

import asyncio
import http.server
import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import urllib.parse

import websockets

import support

BROWSER_PAGE = support.SOURCE_DIR / "tests" / "browser" / "session.html"
NODE_SCRIPT = pathlib.Path(__file__).with_name("ws_client.cjs")
WSC = support.BUILD_DIR / "apps" / "wsc" / "wsc"


class Record:
    """What each session saw, in order. Any thread may write."""

    def __init__(self):
        self._lock = threading.Lock()
        self._events = {}

    def expect(self, name):
        with self._lock:
            self._events.setdefault(name, [])

    def add(self, name, event, data):
        with self._lock:
            self._events.setdefault(name, []).append((event, data))

    def names(self):
        with self._lock:
            return sorted(self._events)

    def of(self, name, event):
        with self._lock:
            return [data for kind, data in self._events[name] if kind == event]

    def texts(self, name):
        """The published texts, without what a session gets for itself."""
        return [text for text in self.of(name, "text")
                if text not in (support.GREETING, support.HEARTBEAT_REPLY)]

    def ended(self):
        return [name for name in self.names() if self.of(name, "close") or self.of(name, "error")]


class PythonSessions:
    """Debian's websockets module."""

    def __init__(self, record, urls):
        self.record = record
        self.is_started = threading.Event()
        for name in urls:
            record.expect(name)
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run(urls)), daemon=True)
        self.thread.start()
        self.is_started.wait()

    async def _run(self, urls):
        self.loop = asyncio.get_running_loop()
        self.stopping = asyncio.Event()
        self.is_started.set()
        tasks = [self.loop.create_task(self._session(*item)) for item in urls.items()]
        await self.stopping.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _session(self, name, url):
        try:
            async with websockets.connect(url, ping_interval=None) as socket:
                self.record.add(name, "open", "")
                async for message in socket:
                    if isinstance(message, str):
                        self.record.add(name, "text", message)
                    else:
                        self.record.add(name, "binary", message.hex())
        except (OSError, websockets.WebSocketException) as error:
            self.record.add(name, "error", repr(error))
        else:
            self.record.add(name, "close", "")

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(20)


class LineSessions:
    """A child process that prints what it sees, a line at a time."""

    def __init__(self, command, on_line):
        self.child = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                      text=True, env=support.clean_environment())
        self.thread = threading.Thread(target=self._read, args=(on_line,), daemon=True)
        self.thread.start()

    def _read(self, on_line):
        for line in self.child.stdout:
            on_line(line.rstrip("\n"))

    def stop(self):
        self.child.stdin.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.thread.join(20)
        self.child.stdout.close()


def node_sessions(record, urls):
    """The ws package of npm."""
    if not (support.NODE_MODULES / "ws").is_dir():
        raise AssertionError(f"no ws package in {support.NODE_MODULES}: run script/bootstrap")
    for name in urls:
        record.expect(name)

    def on_line(line):
        report = json.loads(line)
        record.add(report["name"], report["event"], report["data"])

    return LineSessions(["node", NODE_SCRIPT, support.NODE_MODULES,
                         *(f"{name}={url}" for name, url in urls.items())], on_line)


def wsc_sessions(record, urls):
    """One wsc for each session; its stdout has one line for each message."""
    def start(name, url):
        record.expect(name)
        return LineSessions([WSC, url], lambda line: record.add(name, "text", line))

    return [start(*item) for item in urls.items()]


class Chromium:
    """Headless Chromium on a page that we serve, and which reports back to us."""

    FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage"]

    def __init__(self, take_report):
        """`take_report` gets the JSON that the page posts, on a thread of its own."""
        self.take_report = take_report
        self.html = b""
        self.child = None
        self.profile = tempfile.mkdtemp(prefix="wskit-chromium-")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.origin = "http://127.0.0.1:%d" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def _handler(chromium):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                is_page = self.path.partition("?")[0] == "/"
                self.answer(200 if is_page else 404, chromium.html if is_page else b"")

            def do_POST(self):
                chromium.take_report(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.answer(204)

            def log_message(self, *_):
                pass

        return Handler

    def open(self, html, query=""):
        self.html = html
        self.child = subprocess.Popen(
            ["chromium", *self.FLAGS, f"--user-data-dir={self.profile}", f"{self.origin}/?{query}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)

    def stop(self):
        if self.child:
            support.end_child(self.child)
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(20)
        shutil.rmtree(self.profile, ignore_errors=True)


class BrowserSessions:
    """Sessions of a page in Chromium."""

    def __init__(self, record):
        self.record = record
        self.chromium = Chromium(
            lambda report: record.add(report["name"], report["event"], report["data"]))
        self.origin = self.chromium.origin

    def open(self, urls):
        for name in urls:
            self.record.expect(name)
        self.chromium.open(BROWSER_PAGE.read_bytes(),
                           urllib.parse.urlencode({"sessions": json.dumps(urls)}))

    def stop(self):
        self.chromium.stop()
