#!/usr/bin/python3
"""Checks the load generator: against the bare server, which loses nothing, and against a server
that loses, doubles and swaps known messages, so that every count must be exact.

usage: selftest.py --load PROGRAM --bare-server PROGRAM
"""
import argparse
import asyncio
import base64
import collections
import hashlib
import json
import subprocess
import sys
import unittest

PROGRAMS = argparse.Namespace()
SESSIONS = 10
MESSAGES = 200
ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CONTINUATION, CLOSE, PING, PONG = 1, 0, 8, 9, 10


def frame(opcode, payload, final=True):
    first = bytes([(0x80 if final else 0) | opcode])
    size = len(payload)
    if size < 126:
        return first + bytes([size]) + payload
    if size < 65536:
        return first + bytes([126]) + size.to_bytes(2, "big") + payload
    return first + bytes([127]) + size.to_bytes(8, "big") + payload


async def read_frame(reader):
    """(opcode, is masked, unmasked payload)"""
    first, second = await reader.readexactly(2)
    size = second & 127
    if size > 125:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    key = await reader.readexactly(4) if second & 128 else bytes(4)
    masked = await reader.readexactly(size)
    repeated = (key * (size // 4 + 1))[:size]
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(repeated, "big")
    return first & 15, bool(second & 128), plain.to_bytes(size, "big")


class BadServer:
    """Of ten messages it loses one, repeats one after the next and swaps two; it greets, and it
    cuts echoes into fragments with a ping among them."""

    def __init__(self):
        self.subscribers = []
        self.seen = collections.Counter()
        self.published = 0
        self.held_back = None

    async def serve(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            while head.startswith("POST "):
                await self.answer_post(head, reader, writer)
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await self.upgrade(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if writer in self.subscribers:
                self.subscribers.remove(writer)
            writer.close()

    async def upgrade(self, head, reader, writer):
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        path = head.split()[1]
        if path == "/forbidden":
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        digest = hashlib.sha1((fields["Sec-WebSocket-Key"] + ACCEPT_SUFFIX).encode()).digest()
        accept = "x" * 28 if path == "/impostor" else base64.b64encode(digest).decode()
        answer = f"HTTP/1.1 101 x\r\nupgrade: websocket\r\nsec-websocket-accept: {accept}\r\n\r\n"
        writer.write(answer.encode() + frame(TEXT, b"hello"))
        if path == "/sub":
            self.subscribers.append(writer)
        while True:
            opcode, is_masked, payload = await read_frame(reader)
            self.seen["unmasked"] += not is_masked
            self.seen["pongs"] += opcode == PONG and payload == b"still there?"
            if opcode == CLOSE:
                return
            if opcode == TEXT:
                await self.handle(path, payload, writer)

    async def handle(self, path, payload, writer):
        if path == "/pub":
            self.publish(payload)
        if path == "/echo":
            third = len(payload) // 3
            parts = (frame(TEXT, payload[:third], False), frame(PING, b"still there?"),
                     frame(CONTINUATION, payload[third:2 * third], False),
                     frame(CONTINUATION, payload[2 * third:]))
            answer = b"".join(parts)
            writer.write(answer[:3])
            await writer.drain()
            writer.write(answer[3:])

    def publish(self, payload):
        place = self.published % 10
        self.published += 1
        copies = [payload]
        if place in (5, 7):
            copies.append(self.held_back)
        if place in (4, 6):
            self.held_back = payload
        if place in (2, 6):
            return
        for writer in self.subscribers:
            writer.write(b"".join(frame(TEXT, copy) for copy in copies))

    async def answer_post(self, head, reader, writer):
        size = next(int(line.split(":")[1]) for line in head.split("\r\n")
                    if line.startswith("Content-Length:"))
        self.publish(json.loads(await reader.readexactly(size))["text"].encode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async def serve_redis(self, reader, writer):
        try:
            while True:
                words = []
                for _ in range(int((await reader.readuntil(b"\r\n"))[1:])):
                    size = int((await reader.readuntil(b"\r\n"))[1:])
                    words.append((await reader.readexactly(size + 2))[:-2])
                self.seen[b" ".join(words[:2])] += 1
                self.publish(words[2])
                writer.write(b":1\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def load(mode, port, *options):
    process = await asyncio.create_subprocess_exec(
        PROGRAMS.load, mode, "--port", str(port), "--conns", str(SESSIONS), "--settle", "0.1",
        *options, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output, _ = await asyncio.wait_for(process.communicate(), timeout=20)
    return json.loads(output)


class Case(unittest.IsolatedAsyncioTestCase):
    def expect(self, report, **values):
        self.assertEqual({name: report.get(name) for name in values}, values, report)


class BareServerLosesNothing(Case):
    async def check(self, delivery):
        server = await asyncio.create_subprocess_exec(
            PROGRAMS.bare_server, delivery, stdout=subprocess.PIPE)
        try:
            line = (await server.stdout.readline()).decode()
            fields = dict(word.split("=") for word in line.split())
            self.assertEqual(int(fields["pid"]), server.pid)
            target = fields["port"], "--pids", fields["pid"]
            await self.check_fanout(target)
            for size in "64", "20000", "3000000":  # the last does not fit into a socket
                await self.check_echo(target, size)
            report = await load("connect", *target, "--hold", "0.2")
            self.expect(report, ready=SESSIONS, failed=0, ops=SESSIONS)
            self.assertIn("rss_bytes_per_conn", report)
        finally:
            server.kill()
            await server.wait()

    async def check_fanout(self, target):
        report = await load("fanout", *target, "--path", "/sub", "--pub-path", "/pub",
                            "--messages", str(MESSAGES))
        self.expect(report, ready=SESSIONS, published=MESSAGES, unsent=0, lost=0, duplicated=0,
                    reordered=0, other=0, dropped=0, ops=SESSIONS * MESSAGES)

    async def check_echo(self, target, size):
        # A slow machine, or a sanitizer, may need longer for the first round trip.
        for duration in ("0.3", "1", "4", "16"):
            report = await load("echo", *target, "--path", "/echo", "--inflight", "3", "--size",
                                size, "--warmup", "0.1", "--duration", duration, "--drain", "10")
            self.expect(report, ready=SESSIONS, lost=0, duplicated=0, reordered=0, other=0)
            if report["ops"] > 0:
                return
        self.fail(f"no message of {size} bytes came back")

    async def test_send(self):
        await self.check("send")

    async def test_coalesce(self):
        await self.check("coalesce")


class BadServerIsFoundOut(Case):
    async def asyncSetUp(self):
        self.bad = BadServer()
        self.server = await asyncio.start_server(self.bad.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def asyncTearDown(self):
        self.server.close()
        await self.server.wait_closed()

    async def check_fanout(self, *publisher):
        report = await load("fanout", self.port, "--path", "/sub", "--rate", "1000", "--messages",
                            str(MESSAGES), "--drain", "1", *publisher)
        tenth = SESSIONS * MESSAGES // 10
        self.expect(report, ready=SESSIONS, published=MESSAGES, unsent=0, lost=tenth,
                    duplicated=tenth, reordered=tenth, other=SESSIONS, publish_errors=0,
                    ops=9 * tenth)
        self.assertEqual(self.bad.published, MESSAGES)

    async def test_frames_published(self):
        await self.check_fanout("--pub-path", "/pub")
        self.assertEqual(self.bad.seen["unmasked"], 0)

    async def test_requests_published(self):
        await self.check_fanout("--pub", "http", "--pub-pipeline", "4", "--pub-template",
                                '{"channel":"bench","text":"{payload}"}')

    async def test_redis_published(self):
        redis = await asyncio.start_server(self.bad.serve_redis, "127.0.0.1", 0)
        port = redis.sockets[0].getsockname()[1]
        await self.check_fanout("--pub", "redis", "--pub-addr", f"127.0.0.1:{port}",
                                "--redis-channel", "news")
        self.assertEqual(self.bad.seen[b"PUBLISH news"], MESSAGES)
        redis.close()

    async def test_window_gives_up_what_is_lost(self):
        report = await load("fanout", self.port, "--path", "/sub", "--pub-path", "/pub",
                            "--window", "16", "--messages", "20", "--drain", "0.5")
        self.expect(report, published=20, lost=2 * SESSIONS, duplicated=2 * SESSIONS,
                    reordered=2 * SESSIONS)

    async def test_fragments_and_pings(self):
        for size in 64, 200, 70000:
            report = await load("echo", self.port, "--path", "/echo", "--inflight", "3", "--size",
                                str(size), "--warmup", "0.1", "--duration", "0.3")
            self.expect(report, ready=SESSIONS, lost=0, duplicated=0, reordered=0, other=SESSIONS)
            self.assertGreater(report["ops"], SESSIONS)
        self.assertGreater(self.bad.seen["pongs"], SESSIONS)
        self.assertEqual(self.bad.seen["unmasked"], 0)

    async def test_failed_handshakes(self):
        report = await load("connect", self.port, "--path", "/forbidden", "--hold", "0")
        self.expect(report, ready=0, failed=SESSIONS, bad_status=SESSIONS)
        report = await load("connect", self.port, "--path", "/impostor", "--hold", "0")
        self.expect(report, ready=0, failed=SESSIONS, bad_accept=SESSIONS)
        self.server.close()
        report = await load("connect", self.port, "--hold", "0")
        self.expect(report, ready=0, failed=SESSIONS, refused=SESSIONS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--load", required=True)
    parser.add_argument("--bare-server", required=True)
    PROGRAMS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
