"""Servers for wsc to talk to, and a way to run it. Each server has a thread of its own."""

import asyncio
import base64
import hashlib
import logging
import os
import pathlib
import queue
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

import websockets

logging.getLogger("websockets").setLevel(logging.CRITICAL)  # Lost connections are on purpose.

DEADLINE_S = 20
WSC = pathlib.Path(os.environ["WSKIT_BUILD_DIR"]) / "apps/wsc/wsc"


def wait_until(condition, what):
    """Waits for what no event announces, such as the contents of a screen."""
    pause = threading.Event()
    for _ in range(DEADLINE_S * 20):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"not within {DEADLINE_S} s: {what}")


class LoopThread:
    """An asyncio loop in a thread; stops every task at the end."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(DEADLINE_S)

    def stop(self):
        async def cancel_all():
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.call(cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(DEADLINE_S)
        self.loop.close()


class WebSocketServer:
    """`handler(websocket)` of python3-websockets on a port that the system chooses.

    What the handler puts into `seen` a test takes with see().
    """

    def __init__(self, handler, port=0, unix_path=None, host="127.0.0.1", **options):
        self.seen = queue.Queue()
        self.thread = LoopThread()
        self.is_stopped = False
        options.setdefault("max_size", None)
        options.setdefault("ping_interval", None)

        async def start():
            async def handle(websocket):
                await handler(self, websocket)

            if unix_path:
                return await websockets.unix_serve(handle, unix_path, **options)
            return await websockets.serve(handle, host, port, **options)

        self.server = self.thread.call(start())
        self.port = None if unix_path else self.server.sockets[0].getsockname()[1]
        self.url = f"ws://{host if '.' in host else f'[{host}]'}:{self.port}/"

    def see(self):
        return self.seen.get(timeout=DEADLINE_S)

    def stop(self):
        if self.is_stopped:
            return
        self.is_stopped = True

        async def close():
            self.server.close()
            await self.server.wait_closed()

        self.thread.call(close())
        self.thread.stop()


class RawServer:
    """`talk(connection)` on a thread for each connection, with a blocking socket."""

    def __init__(self, talk):
        self.seen = queue.Queue()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}/"
        self.talk = talk
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            connection.settimeout(DEADLINE_S)
            try:
                self.talk(self, connection)
            except OSError:
                pass

    def see(self):
        return self.seen.get(timeout=DEADLINE_S)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_head(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            break
        head += byte
    return head.decode("latin-1")


def answer_upgrade(connection, headers=""):
    """The 101 by hand, with further header lines; returns the request."""
    request = read_head(connection)
    key = re.search("Sec-WebSocket-Key: (.*)\r\n", request).group(1)
    accept = base64.b64encode(
        hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{headers}\r\n").encode())
    return request


def refuse_with(answer):
    """A `talk` for RawServer: one HTTP answer."""

    def talk(server, connection):
        server.seen.put(read_head(connection))
        connection.sendall(answer.encode())
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)

    return talk


async def echo(server, websocket):
    async for message in websocket:
        await websocket.send(message)
    server.seen.put(websocket.close_code)


def make_certificate(folder, subject_alt_name, days=1):
    """A self-signed certificate; returns (certificate, key)."""
    certificate, key, request = (f"{folder}/{name}" for name in ("c.pem", "key.pem", "request.pem"))
    subprocess.run(
        ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=wsc test", "-addext",
         f"subjectAltName={subject_alt_name}", "-keyout", key, "-out", request],
        check=True, capture_output=True)
    # Unlike req -x509 this takes negative days: an expired certificate.
    subprocess.run(
        ["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", str(days),
         "-copy_extensions", "copyall", "-out", certificate],
        check=True, capture_output=True)
    return certificate, key


def server_tls(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class WscTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def serve(self, handler=echo, **options):
        server = WebSocketServer(handler, **options)
        self.addCleanup(server.stop)
        return server

    def serve_raw(self, talk):
        server = RawServer(talk)
        self.addCleanup(server.stop)
        return server

    def run_wsc(self, *arguments, stdin=b"", **options):
        """Runs it to its end. `stdin` is bytes or a file."""
        source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        return subprocess.run([WSC, *arguments], capture_output=True, timeout=DEADLINE_S, **source,
                              **options)

    def start_wsc(self, *arguments, **options):
        process = subprocess.Popen([WSC, *arguments], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

        def clean_up():
            process.kill()
            process.wait(DEADLINE_S)
            for file in (process.stdin, process.stdout, process.stderr):
                try:
                    file.close()
                except BrokenPipeError:
                    pass  # What the test wrote last was never read.

        self.addCleanup(clean_up)
        return process

    def check_end(self, result, exit_code, stderr_part=""):
        stderr = result.stderr.decode()
        self.assertEqual(result.returncode, exit_code, stderr)
        self.assertIn(stderr_part, stderr)
