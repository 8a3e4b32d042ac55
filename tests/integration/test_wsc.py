"""wsc in pipes: messages, options, exit codes, reconnecting, TLS."""

import asyncio
import fcntl
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import termios
import threading
import unittest

from wsc_support import (DEADLINE_S, WSC, WscTest, answer_upgrade, echo, make_certificate,
                         read_head, refuse_with, server_tls, wait_until)

PIPE_BYTES = 65536


def close_with(code, reason=""):
    async def handler(server, websocket):
        await websocket.close(code, reason)

    return handler


def readable_bytes(file):
    answer = fcntl.ioctl(file.fileno(), termios.FIONREAD, struct.pack("i", 0))
    return struct.unpack("i", answer)[0]


async def keep(server, websocket):
    server.seen.put("open")
    async for message in websocket:
        server.seen.put(message)
    server.seen.put(websocket.close_code)


class Pipes(WscTest):
    def test_lines_are_sent_and_replies_printed(self):
        server = self.serve()

        result = self.run_wsc("--eof-wait", "300ms", server.url, stdin="eins\n\n你好\nlast".encode())

        self.check_end(result, 0)
        self.assertEqual(result.stdout.decode(), "eins\n\n你好\nlast\n")
        self.assertEqual(result.stderr, b"")
        self.assertEqual(server.see(), 1000)

    def test_a_regular_file_and_dev_null_are_input_too(self):
        server = self.serve()
        path = pathlib.Path(self.folder, "lines")
        path.write_text("a\nb\n")

        with path.open() as lines, open("/dev/null") as nothing:
            from_file = self.run_wsc("--eof-wait", "300ms", server.url, stdin=lines)
            from_nothing = self.run_wsc("--eof-wait", "1ms", server.url, stdin=nothing)

        self.assertEqual(from_file.stdout, b"a\nb\n")
        self.check_end(from_nothing, 0)

    def test_binary_messages_are_written_as_they_are(self):
        async def send(server, websocket):
            await websocket.send(b"\x00\xff")
            await websocket.send("text \x1b[0m")
            await websocket.wait_closed()

        server = self.serve(send)

        result = self.run_wsc("-n", "2", server.url)

        self.assertEqual(result.stdout, b"\x00\xfftext \x1b[0m\n")

    def test_much_input_is_read_no_faster_than_it_is_taken(self):
        async def slow_reader(server, websocket):
            await asyncio.to_thread(server.seen.get, True, DEADLINE_S)
            total = 0
            async for message in websocket:
                total += len(message)
                if message == "end":
                    break
            await websocket.send(str(total))
            await websocket.wait_closed()

        server = self.serve(slow_reader, max_queue=1)
        process = self.start_wsc("-n", "1", server.url)
        line = b"x" * 999 + b"\n"

        os.set_blocking(process.stdin.fileno(), False)
        written = 0
        stalled = False
        while not stalled and written < 64 * 2**20:
            try:
                written += os.write(process.stdin.fileno(), line * 60)
            except BlockingIOError:
                stalled = not select_writable(process.stdin, 1)
        os.set_blocking(process.stdin.fileno(), True)
        server.seen.put("go on")
        process.stdin.write(b"\n" + b"end\n")
        process.stdin.close()

        self.assertTrue(stalled, f"took {written} bytes that nobody reads")
        self.assertEqual(process.wait(DEADLINE_S), 0)
        self.assertGreater(int(process.stdout.read()), written * 0.99)

    def test_input_that_is_not_utf8_is_an_error(self):
        server = self.serve()

        result = self.run_wsc(server.url, stdin=b"good\nb\xffd\n")

        self.check_end(result, 1, "wsc: line 2 of the input is not UTF-8")

    def test_it_ends_quietly_when_nobody_reads_its_output(self):
        async def flood(server, websocket):
            while True:
                await websocket.send("x" * 10000)

        server = self.serve(flood)
        process = self.start_wsc(server.url)

        process.stdout.read(1)
        process.stdout.close()

        self.assertEqual(process.wait(DEADLINE_S), 1)
        self.assertEqual(process.stderr.read(), b"")

    def start_and_stall(self, *arguments):
        """Starts it, and returns once it can write no more to its output."""
        process = self.start_wsc(*arguments)
        wait_until(lambda: readable_bytes(process.stdout) >= PIPE_BYTES * 0.9, "a full pipe")
        return process

    def test_a_reader_who_stalls_holds_up_neither_signals_nor_time_limits(self):
        async def flood(server, websocket):
            while True:
                await websocket.send("x" * 10000)

        server = self.serve(flood)

        process = self.start_and_stall(server.url)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(DEADLINE_S), 143)
        process = self.start_and_stall("-m", "1", server.url)
        self.assertEqual(process.wait(DEADLINE_S), 28)
        process = self.start_and_stall("-n", "50", server.url)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(DEADLINE_S), 130)

    def test_a_reader_who_stalls_loses_nothing_and_the_server_is_not_missed(self):
        message = b"x" * 10000

        def flood(server, connection):
            answer_upgrade(connection)
            frame = b"\x82" + struct.pack("!BH", 126, len(message)) + message
            frames = memoryview(frame * 2000)
            connection.setblocking(False)
            while select_writable(connection, 1):
                frames = frames[connection.send(frames[:65536]):]
            connection.setblocking(True)
            pings = b""
            while len(pings) < 40 * (2 + 4 + 8):
                pings += connection.recv(1)
            server.seen.put(bytes(pings))
            connection.sendall(frames)
            connection.sendall(b"\x88\x02\x03\xe8")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

        server = self.serve_raw(flood)
        process = self.start_and_stall("--eof-wait", "1s", "--ping-interval", "50ms",
                                       "--ping-timeout", "1s", server.url)
        process.stdin.close()
        self.assertEqual(server.see()[0], 0x89)

        self.assertEqual(len(process.stdout.read()), 2000 * len(message))
        self.assertEqual(process.wait(DEADLINE_S), 0)

    def test_a_reply_that_comes_slowly_is_waited_for(self):
        def talk(server, connection):
            answer_upgrade(connection)
            connection.sendall(b"\x81" + struct.pack("!BH", 126, 1000))
            pause = threading.Event()
            for _ in range(10):
                pause.wait(0.15)
                connection.sendall(b"x" * 100)
            connection.recv(65536)

        result = self.run_wsc("--eof-wait", "1s", self.serve_raw(talk).url)

        self.assertEqual(result.stdout, b"x" * 1000 + b"\n")

    def test_it_can_be_started_without_standard_files(self):
        url = self.serve().url

        for redirections, code in (("<&-", 0), (">&-", 1), ("2>&-", 0), ("<&- >&- 2>&-", 1),
                                   ("2>/dev/full", 0)):
            with self.subTest(redirections):
                command = f'exec "$@" {redirections}'
                done = subprocess.run(["sh", "-c", command, "sh", WSC, "--on-open", "hi", url],
                                      stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=DEADLINE_S)
                self.assertEqual(done.returncode, code, done.stderr)

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            process = subprocess.Popen([WSC, "-x", "hi", self.serve().url], stdout=full,
                                       stderr=subprocess.PIPE)
            _, problem = process.communicate(timeout=DEADLINE_S)

        self.assertEqual(process.returncode, 1)
        self.assertIn(b"wsc: standard output: No space left on device", problem)
        for arguments, code in ((("--help",), 1), (("--completion", "bash"), 1), (("--no",), 2)):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                done = subprocess.run([WSC, *arguments], stdout=full, stderr=full,
                                      timeout=DEADLINE_S)
                self.assertEqual(done.returncode, code)

    def test_a_folder_as_input_is_told(self):
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)

        result = subprocess.run([WSC, "ws://h"], stdin=folder, capture_output=True,
                                timeout=DEADLINE_S)

        self.check_end(result, 2, "standard input is a directory")

    def test_a_reader_who_stalls_stalls_the_input_too(self):
        async def sink(server, websocket):
            async for _ in websocket:
                pass

        process = self.start_wsc("-j", self.serve(sink).url)
        line = b"x" * 999 + b"\n"

        os.set_blocking(process.stdin.fileno(), False)
        written = 0
        stalled = False
        while not stalled and written < 64 * 2**20:
            try:
                written += os.write(process.stdin.fileno(), line * 60)
            except BlockingIOError:
                stalled = not select_writable(process.stdin, 1)

        self.assertTrue(stalled, f"took {written} bytes while nobody reads what it writes")

    def test_execute_sends_its_messages_and_does_not_read_input(self):
        server = self.serve()
        process = self.start_wsc("-x", "one", "-x", "two", "--eof-wait", "300ms", server.url)

        self.assertEqual(process.wait(DEADLINE_S), 0)
        self.assertEqual(process.stdout.read(), b"one\ntwo\n")

    def test_count_ends_it_after_so_many_messages(self):
        server = self.serve()

        result = self.run_wsc("--count", "2", server.url, stdin=b"1\n2\n3\n")

        self.check_end(result, 0)
        self.assertEqual(result.stdout, b"1\n2\n")

    def test_a_big_message_goes_there_and_back(self):
        server = self.serve()
        line = "é" * 3_000_000

        result = self.run_wsc("-n", "1", server.url, stdin=line.encode() + b"\n")

        self.assertEqual(result.stdout.decode(), line + "\n")


class Handshakes(WscTest):
    def test_headers_subprotocols_origin_and_user_are_sent(self):
        async def show(server, websocket):
            server.seen.put(websocket.request_headers)
            await websocket.send(websocket.subprotocol)
            await websocket.wait_closed()

        server = self.serve(show, subprotocols=["b"])

        result = self.run_wsc("-v", "-n1", "-H", "X-One: 1", "-H", "User-Agent:mine", "-s", "a",
                              "--protocol", "b", "--origin", "https://example.com",
                              f"ws://Aladdin:open%20sesame@127.0.0.1:{server.port}/p?token=s3cret")

        headers = server.see()
        self.assertEqual(result.stdout, b"b\n")
        self.assertEqual(headers["X-One"], "1")
        self.assertEqual(headers["User-Agent"], "mine")
        self.assertEqual(headers["Origin"], "https://example.com")
        self.assertEqual(headers["Authorization"], "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        self.check_end(result, 0, "< HTTP/1.1 101 Switching Protocols\n")
        self.assertIn("* connected, b\n", result.stderr.decode())
        for secret in (b"s3cret", b"sesame", b"QWxh"):
            self.assertNotIn(secret, result.stderr)

    def test_a_unix_socket(self):
        path = f"{self.folder}/socket"

        async def tell_path(server, websocket):
            await websocket.send(websocket.path)
            await websocket.wait_closed()

        self.serve(tell_path, unix_path=path)

        result = self.run_wsc("-n1", f"ws+unix:{path}:/chat?room=1")

        self.assertEqual(result.stdout, b"/chat?room=1\n")

    def test_a_host_without_a_scheme_is_ws(self):
        server = self.serve()

        result = self.run_wsc("-n1", "-x", "hi", f"127.0.0.1:{server.port}")

        self.assertEqual(result.stdout, b"hi\n")

    def test_heartbeats_are_sent(self):
        server = self.serve(keep)
        self.start_wsc("--heartbeat", "beat", "--heartbeat-interval", "20ms", server.url)

        self.assertEqual([server.see() for _ in range(4)], ["open", "beat", "beat", "beat"])

    def test_pings_of_the_server_are_answered_and_its_own_are_masked(self):
        async def ping(server, websocket):
            await (await websocket.ping(b"hello"))
            server.seen.put("pong came")

        def take_ping(server, connection):
            answer_upgrade(connection)
            head = connection.recv(2, socket.MSG_WAITALL)
            server.seen.put((head[0], head[1] & 0x80))

        server, raw = self.serve(ping), self.serve_raw(take_ping)
        self.start_wsc(server.url)
        self.start_wsc("--ping-interval", "20ms", raw.url)

        self.assertEqual(server.see(), "pong came")
        self.assertEqual(raw.see(), (0x89, 0x80))

    def test_a_connection_that_answers_pings_lives_on(self):
        server = self.serve(keep)
        process = self.start_wsc("--ping-interval", "10ms", "--ping-timeout", "2s", "--heartbeat",
                                 "beat", "--heartbeat-interval", "100ms", server.url)

        self.assertEqual([server.see() for _ in range(4)], ["open", "beat", "beat", "beat"])
        self.assertIsNone(process.poll())


class ExitCodes(WscTest):
    def test_0_when_the_server_closes_normally(self):
        for code in (1000, 1001):
            self.check_end(self.run_wsc(self.serve(close_with(code)).url), 0,
                           f"* closed by the server: {code}")

    def test_2_for_usage_with_the_nearest_option(self):
        self.check_end(self.run_wsc("--hartbeat", "x", "ws://h"), 2, "did you mean --heartbeat?")
        self.check_end(self.run_wsc(), 2, "a URL is needed")
        self.check_end(self.run_wsc("-m", "soon", "ws://h"), 2, "'soon' is not a duration")
        self.check_end(self.run_wsc("-H", "no colon", "ws://h"), 2, "--header")
        self.check_end(self.run_wsc("-H", "X: a\r\nY: b", "ws://h"), 2, "malformed header 'X'")
        self.check_end(self.run_wsc("-n", "0", "ws://h"), 2, "'0' is no number above 0")
        self.check_end(self.run_wsc("-n", "ws://h"), 2, "-k accepts any certificate")
        self.check_end(self.run_wsc("--cacert", "/nonexistent", "wss://h"), 2, "/nonexistent")

    def test_3_for_a_malformed_url(self):
        self.check_end(self.run_wsc("ftp://user:secret@h/"), 3, "the URL is malformed")

    def test_6_when_a_name_cannot_be_resolved(self):
        self.check_end(self.run_wsc(f"ws://{'a' * 300}/"), 6, "cannot resolve")

    def test_7_when_nobody_listens(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            self.check_end(self.run_wsc(f"ws://127.0.0.1:{port}/"), 7,
                           f"wsc: cannot connect to 127.0.0.1:{port}: connection refused\n")

    def test_8_when_the_server_closes_with_an_error(self):
        self.check_end(self.run_wsc(self.serve(close_with(4408, "idle")).url), 8,
                       "wsc: closed by the server: 4408 idle\n")

    def test_22_when_refused_and_it_says_why(self):
        server = self.serve_raw(refuse_with(
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 14\r\n\r\ntoken missing\n"))

        # A refusal for good ends even a client that would reconnect.
        result = self.run_wsc("-r", server.url + "?token=secret")

        self.check_end(result, 22, "wsc: refused: 401 Unauthorized: token missing\n")
        self.assertNotIn(b"secret", result.stderr)

    def test_22_with_bodies_of_every_kind(self):
        endless = "HTTP/1.1 403 No\r\n\r\n" + "x" * 100_000
        chunked = "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyou\r\n0\r\n\r\n"
        hostile = "HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\n\x1b[2J"
        for answer, part in ((endless, "[...]"), (chunked, "403 No: you"), (hostile, "\\x1b[2J")):
            with self.subTest(part):
                self.check_end(self.run_wsc(self.serve_raw(refuse_with(answer)).url), 22, part)

    def test_28_when_the_server_says_nothing(self):
        server = self.serve_raw(lambda server, connection: read_head(connection) and
                                connection.recv(1))

        self.check_end(self.run_wsc("--connect-timeout", "100ms", server.url), 28, "0.1 s")

    def test_28_after_the_maximal_time(self):
        self.check_end(self.run_wsc("-m", "100ms", "--eof-wait", "1h", self.serve().url), 28,
                       "--max-time")

    def test_56_when_the_connection_is_lost(self):
        def vanish(server, connection):
            answer_upgrade(connection)

        self.check_end(self.run_wsc(self.serve_raw(vanish).url), 56, "connection lost (1006)")

    def test_56_when_the_peer_is_dead(self):
        def be_silent(server, connection):
            answer_upgrade(connection)
            while connection.recv(4096):
                pass

        result = self.run_wsc("--ping-interval", "20ms", "--ping-timeout", "100ms", "--eof-wait",
                              "1h", self.serve_raw(be_silent).url)

        self.check_end(result, 56, "nothing came for 0.1 s after a ping")

    def test_56_when_the_server_breaks_the_protocol(self):
        def send_reserved_bits(server, connection):
            answer_upgrade(connection)
            connection.sendall(b"\xf1\x01x")
            frame = connection.recv(100)
            mask = frame[2:6]
            server.seen.put(struct.unpack("!H", bytes(a ^ b for a, b in zip(frame[6:8], mask)))[0])

        server = self.serve_raw(send_reserved_bits)

        self.check_end(self.run_wsc("-r", server.url), 56, "protocol error")
        self.assertEqual(server.see(), 1002)

    def test_1_when_it_is_no_websocket_server(self):
        ssh = self.serve_raw(refuse_with("SSH-2.0-OpenSSH_9.2\r\n"))
        wrong = self.serve_raw(refuse_with("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\n"
                                           "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"))

        self.check_end(self.run_wsc(ssh.url), 1, "does not speak HTTP/1.1")
        self.check_end(self.run_wsc(wrong.url), 1, "Sec-WebSocket-Accept does not match")

    def test_130_and_143_for_signals_and_the_server_is_told(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = self.serve(keep)
            process = self.start_wsc(server.url)
            self.assertEqual(server.see(), "open")
            process.send_signal(number)
            self.assertEqual(process.wait(DEADLINE_S), 128 + number)
            self.assertEqual(server.see(), 1001)


class Reconnecting(WscTest):
    def test_it_comes_back_when_the_server_does(self):
        first = self.serve()
        process = self.start_wsc("-r", first.url)
        process.stdin.write(b"one\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"one\n")
        first.stop()
        self.assertIn(b"closed by the server: 1001, next attempt in", process.stderr.readline())

        process.stdin.write(b"two\n")
        process.stdin.flush()
        self.serve(port=first.port)

        self.assertEqual(process.stdout.readline(), b"two\n")
        process.stdin.close()
        self.assertEqual(process.wait(DEADLINE_S), 0)

    def test_a_close_code_that_would_come_again_ends_it(self):
        self.check_end(self.run_wsc("-r", self.serve(close_with(4401, "who?")).url), 8,
                       "4401 who?")

    def test_retry_after_is_respected(self):
        server = self.serve_raw(refuse_with(
            "HTTP/1.1 503 Busy\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n"))
        process = self.start_wsc("-r", server.url)

        self.assertEqual(process.stderr.readline(), b"* refused: 503 Busy, next attempt in 77.0 s\n")

    def test_a_reconnect_hint_of_wsd_is_respected(self):
        async def ask(server, websocket):
            await websocket.send('{"type":"reconnect","after_ms":77000}')
            await websocket.close(1012)

        asked = self.serve(ask, subprotocols=["wskit.v1.json"])
        process = self.start_wsc("-r", "-s", "wskit.v1.json", asked.url)

        self.assertEqual(process.stderr.readline(),
                         b"* closed by the server: 1012, next attempt in 77.0 s\n")

    def test_without_it_the_end_is_the_end(self):
        self.check_end(self.run_wsc(self.serve(close_with(1012, "restart")).url), 8,
                       "1012 restart")


class Tls(WscTest):
    def serve_tls(self, subject_alt_name="IP:127.0.0.1", days=1):
        certificate, key = make_certificate(self.folder, subject_alt_name, days)
        server = self.serve(ssl=server_tls(certificate, key))
        return f"wss://127.0.0.1:{server.port}/", certificate

    def test_a_trusted_certificate_is_accepted_and_much_data_passes(self):
        url, certificate = self.serve_tls()
        line = b"x" * 2_000_000

        result = self.run_wsc("--cacert", certificate, "-n1", url, stdin=line + b"\n")

        self.check_end(result, 0)
        self.assertEqual(result.stdout, line + b"\n")

    def test_60_for_a_certificate_that_nobody_vouches_for_unless_insecure(self):
        url, _ = self.serve_tls()

        self.check_end(self.run_wsc("-r", url), 60, "self-signed certificate")
        self.check_end(self.run_wsc("-k", "-n1", "-x", "hi", url), 0)

    def test_60_for_another_hosts_certificate(self):
        url, certificate = self.serve_tls("DNS:other.example")

        self.check_end(self.run_wsc("--cacert", certificate, url), 60, "IP address mismatch")
        self.check_end(
            self.run_wsc("--cacert", certificate, url.replace("127.0.0.1", "localhost")), 60,
            "hostname mismatch")

    def test_60_for_an_expired_certificate(self):
        url, certificate = self.serve_tls(days=-1)

        self.check_end(self.run_wsc("--cacert", certificate, url), 60, "certificate has expired")

    def test_35_when_the_server_does_not_speak_tls(self):
        server = self.serve_raw(lambda server, connection: connection.sendall(b"HTTP/1.1 400 No"))

        self.check_end(self.run_wsc(f"wss://127.0.0.1:{server.port}/"), 35,
                       "it does not speak TLS")


def select_writable(file, seconds):
    return bool(select.select([], [file], [], seconds)[1])


if __name__ == "__main__":
    unittest.main()
