"""Hammers a wsd with random bytes and spoilt handshakes and frames, and looks whether it lives.

The same --seed sends the same bytes; only their timing differs.
"""

import argparse
import pathlib
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import support  # noqa: E402
from raw_peer import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawPeer,  # noqa: E402
                      client_frame, upgrade_request)

WORKERS = 8
LINGER_RESET = struct.pack("ii", 1, 0)

OPTIONS = ["--threads", "2", "--on-message", "echo", "--idle-timeout", "5s",
           "--ping-interval", "1s", "--max-queue", "128KiB", "--log-level", "warn"]

HEADER_LINES = [
    "Origin: http://localhost", "Origin: \x1b[31m", "Sec-WebSocket-Protocol: wskit.v1.plain",
    "Sec-WebSocket-Protocol: ,,,", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: x",
    "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close", "Upgrade: h2c",
    "Host: second", "Expect: 100-continue", "X: " + "y" * 3000, ": ", "Sec-WebSocket: ", " folded",
    "Cookie: " + "a=b; " * 500, "Sec-WebSocket-Extensions: permessage-deflate; x=\"", "\x00: \x00",
]
TARGETS = [
    "/dispatchWebsocket?token=alice", "/dispatchWebsocket?token=alice&channel=news",
    "/dispatchWebsocket", "/dispatchWebsocket?token=%", "/dispatchWebsocket?token=%FF",
    "/dispatchWebsocket?" + "channel=a&" * 400 + "token=x", "/%2e%2e/%00", "*", "http://a/b",
    "/dispatchWebsocket?token=" + "a" * 7000, "//", "/?" + "&" * 2000, "/metrics",
]
PAYLOADS = [b"", b"hello", "你好".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"x" * 125, b"x" * 126,
            b"x" * 4096, b"x" * 65535, b"x" * 65536, b"x" * 65537]


def spoil(data, chance):
    """Flips, cuts out, doubles or inserts some bytes."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at:at + chance.randint(1, 16)]
        elif kind == 2:
            data[at:at] = data[at:at + chance.randint(1, 64)]
        else:
            data[at:at] = chance.randbytes(chance.randint(1, 16))
    return bytes(data)


def random_request(chance):
    headers = chance.choices(HEADER_LINES, k=chance.choice((0, 0, 1, 3, 120)))
    request = upgrade_request(chance.choice(TARGETS), headers)
    return spoil(request, chance) if chance.random() < 0.5 else request


def random_frame(chance):
    opcode = chance.choice((TEXT, TEXT, BINARY, PING, PONG, CLOSE, CONTINUATION,
                            chance.randrange(16)))
    payload = chance.choice(PAYLOADS)
    if opcode >= 8 and chance.random() < 0.9:
        payload = payload[:125]
    if opcode == CLOSE and chance.random() < 0.7:
        payload = struct.pack(">H", chance.choice((1000, 1005, 3000, 5000))) + payload[:123]
    mask = None if chance.random() < 0.02 else chance.randbytes(4)
    fin = chance.random() < 0.8
    rsv = chance.randrange(8) if chance.random() < 0.03 else 0
    frame = client_frame(opcode, payload, mask, fin, rsv)
    if chance.random() < 0.1:
        frame = spoil(frame, chance)
    if chance.random() < 0.02:
        frame = bytes([chance.randrange(256), 0xFF]) + chance.randbytes(12)
    return frame


def random_script(chance):
    """The pieces that one connection sends."""
    kind = chance.random()
    if kind < 0.15:
        return [chance.randbytes(chance.choice((1, 10, 1000, 30000)))]
    if kind < 0.45:
        return [random_request(chance) for _ in range(chance.choice((1, 1, 2)))]
    frames = [random_frame(chance) for _ in range(chance.choice((1, 3, 30)))]
    return [upgrade_request(), *frames]


def cut(data, chance):
    """The same bytes in other pieces."""
    if chance.random() < 0.6 or len(data) < 2:
        return [data]
    at = chance.randrange(1, len(data))
    return [data[:at], data[at:]]


def play(wsd, chance):
    """One connection from its beginning to whatever end."""
    tls = wsd.client_tls if chance.random() < 0.9 else None
    with RawPeer(wsd.address, tls, deadline_s=1, receive_buffer_bytes=chance.choice(
            (None, None, 4096))) as peer:
        reads = chance.random() < 0.8
        for piece in random_script(chance):
            for part in cut(piece, chance):
                peer.send(part)
            if reads and chance.random() < 0.3:
                peer.hears_within(0.01)
        ending = chance.randrange(4)
        if ending == 0:
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        elif ending == 1 and tls is None:
            peer.socket.shutdown(socket.SHUT_WR)
            peer.hears_within(0.1)
        elif ending == 2:
            peer.hears_within(0.1)


class Hammer:
    def __init__(self, wsd, seed, end):
        self.wsd, self.seed, self.end = wsd, seed, end
        self.connections = 0
        self.failures = []
        self.lock = threading.Lock()

    def work(self, index):
        round_number = 0
        while time.monotonic() < self.end and self.wsd.is_running() and not self.failures:
            chance = random.Random(f"{self.seed}/{index}/{round_number}")
            round_number += 1
            try:
                play(self.wsd, chance)
            except OSError:
                pass  # resets, broken pipes, TLS alerts and timeouts are what we asked for
            except Exception as error:
                self.failures.append(f"worker {index}, round {round_number - 1}: {error!r}")
            with self.lock:
                self.connections += 1

    def publish(self):
        n = 0
        while time.monotonic() < self.end and self.wsd.is_running() and not self.failures:
            try:
                self.wsd.publish(all=True, text="x" * (n % 5000))
            except (OSError, AssertionError) as error:
                self.failures.append(f"publishing: {error!r}")
            n += 1

    def run(self):
        threads = [threading.Thread(target=self.work, args=(index,)) for index in range(WORKERS)]
        threads.append(threading.Thread(target=self.publish))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def hammer(wsd, seed, seconds):
    wsd.session().close()
    sockets = wsd.sockets()
    run = Hammer(wsd, seed, time.monotonic() + seconds)
    run.run()
    if run.failures:
        raise AssertionError("; ".join(run.failures))
    if run.connections < 10 * seconds:
        raise AssertionError(f"only {run.connections} connections in {seconds} s")
    with wsd.session("survivor") as peer:
        peer.send_text("still alive?")
        while (frame := peer.read_frame()).opcode == PING:
            pass
        if frame.payload != b"still alive?":
            raise AssertionError(f"the survivor got {frame}")
    support.wait_until(lambda: wsd.metric("wsd_sessions") == 0, 60, "all sessions to end")
    support.wait_until(lambda: wsd.sockets() <= sockets, 60, "all sockets to be closed")
    return run.connections


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = random.SystemRandom().getrandbits(32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    for certificates in (None, support.certificates()):
        wsd = support.Wsd(*OPTIONS, certificates=certificates)
        kind = "TLS" if certificates else "TCP"
        try:
            try:
                wsd.start()
                count = hammer(wsd, seed, arguments.seconds / 2)
            except BaseException:
                print(wsd.describe(), file=sys.stderr)
                raise
            print(f"{kind}: {count} connections, and it lives")
        finally:
            wsd.stop()


if __name__ == "__main__":
    main()
