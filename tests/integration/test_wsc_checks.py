"""wsc in scripts: what is expected of messages, formats, forms of input, reports."""

import json
import pathlib
import struct
import unittest
import zlib

from wsc_support import WscTest, answer_upgrade, echo, refuse_with


async def greet(server, websocket):
    """One text, one JSON and one binary message, then what comes, back."""
    await websocket.send("welcome to the server")
    await websocket.send('{"type":"hello","list":[1,2.50]}')
    await websocket.send(b"\x00\xffA")
    async for message in websocket:
        await websocket.send(message)


async def silence(server, websocket):
    await websocket.wait_closed()


class Expectations(WscTest):
    def setUp(self):
        super().setUp()
        self.url = self.serve(greet).url

    def test_it_ends_as_soon_as_all_is_there(self):
        result = self.run_wsc("-x", "ping", "--expect", "^ping$", "--expect", "welcome",
                              "--expect-json", "/list/1=2.5", self.url)

        self.check_end(result, 0)
        self.assertEqual(result.stdout[-5:], b"ping\n")

    def test_99_when_it_ends_before(self):
        result = self.run_wsc("--expect", "never", "--eof-wait", "100ms", self.url)
        too_soon = self.run_wsc("--expect", "hello", "-n", "1", self.url)

        self.check_end(result, 99, "wsc: no message matched --expect 'never'")
        self.check_end(too_soon, 99)

    def test_28_names_what_was_missing(self):
        result = self.run_wsc("--expect-json", "/type=bye", "-m", "200ms", self.url)

        self.check_end(result, 28, "in no message was --expect-json '/type=bye'")

    def test_99_at_once_for_what_must_not_come(self):
        result = self.run_wsc("--reject", "hello", "--eof-wait", "1h", self.url)

        self.check_end(result, 99, "a message matches --reject 'hello'")

    def test_until_is_an_end(self):
        result = self.run_wsc("--until", "hello", self.url)

        self.check_end(result, 0)
        self.assertEqual(result.stdout.count(b"\n"), 2)
        self.check_end(self.run_wsc("--until", "never", "-E", self.url), 99)

    def test_malformed_patterns_are_told_before_connecting(self):
        self.check_end(self.run_wsc("--expect", "(", "ws://nowhere.invalid"), 2, "--expect '('")
        self.check_end(self.run_wsc("--expect-json", "/a", "ws://nowhere.invalid"), 2, "POINTER")


class Inputs(WscTest):
    def messages(self, *arguments, stdin=b"", count=1):
        async def take(server, websocket):
            async for message in websocket:
                server.seen.put(message)

        server = self.serve(take)
        self.check_end(self.run_wsc("-E", *arguments, server.url, stdin=stdin), 0)
        return [server.see() for _ in range(count)]

    def test_lines_as_binary_messages(self):
        self.assertEqual(self.messages("-b", stdin=b"a\n\xff", count=2), [b"a", b"\xff"])

    def test_zero_bytes_as_ends(self):
        self.assertEqual(self.messages("-0", stdin=b"a\nb\0c", count=2), ["a\nb", "c"])

    def test_all_of_it_as_one_message(self):
        self.assertEqual(self.messages("-1", stdin=b"a\nb\n"), ["a\nb\n"])

    def test_a_file(self):
        path = pathlib.Path(self.folder, "lines")
        path.write_text("eins\nzwei")

        self.assertEqual(self.messages("-f", str(path), count=2), ["eins", "zwei"])
        self.check_end(self.run_wsc("-f", "/nonexistent", "ws://h"), 2, "/nonexistent: No such file")
        self.check_end(self.run_wsc("-f", self.folder, "ws://h"), 2, "is a directory")

    def test_what_is_sent_first_on_every_connection(self):
        path = pathlib.Path(self.folder, "hello")
        path.write_text('{"subscribe":"news"}\n')

        self.assertEqual(self.messages("--on-open", "one", "--on-open", f"@{path}", "-x", "two",
                                       count=3), ["one", '{"subscribe":"news"}', "two"])

    def test_what_is_sent_first_is_sent_once_on_each_connection(self):
        big = pathlib.Path(self.folder, "big")
        big.write_bytes(b"x" * 9_000_000)

        async def take_nothing_at_first(server, websocket):
            if server.seen.empty():
                server.seen.put("first")
                websocket.transport.abort()
                return
            async for message in websocket:
                server.seen.put(message[:5])

        server = self.serve(take_nothing_at_first)
        self.check_end(self.run_wsc("-r", "--retry-delay", "10ms", "--on-open", f"@{big}",
                                    "--on-open", "HELLO", "-x", "last", server.url), 0)

        self.assertEqual([server.see() for _ in range(4)], ["first", "xxxxx", "HELLO", "last"])
        self.assertEqual(server.seen.qsize(), 0)

    def test_the_close_is_as_asked_for(self):
        async def tell_close(server, websocket):
            await websocket.wait_closed()
            server.seen.put((websocket.close_code, websocket.close_reason))

        server = self.serve(tell_close)
        self.check_end(self.run_wsc("-E", "--close-code", "4000", "--close-reason", "done",
                                    server.url), 0)

        self.assertEqual(server.see(), (4000, "done"))
        self.check_end(self.run_wsc("--close-code", "1005", server.url), 2, "may be sent")
        for reason in (b"\xff", b"x" * 124):
            self.check_end(self.run_wsc("--close-reason", reason, server.url), 2, "123 bytes")

    def test_waiting_after_the_last_message(self):
        async def flood(server, websocket):
            while True:
                await websocket.send("x")

        self.check_end(self.run_wsc("-x", "a", "-w", "100ms", self.serve(flood).url), 0)
        forever = self.run_wsc("-x", "a", "-w", "-1", "-m", "300ms", self.serve().url)
        self.check_end(forever, 28)


class Formats(WscTest):
    def test_json_has_everything_that_was_said(self):
        server = self.serve(greet)
        result = self.run_wsc("-j", "-x", "hi", "-n", "4", server.url)

        lines = [json.loads(line) for line in result.stdout.splitlines()]
        for line in lines:
            self.assertRegex(line.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(sorted(lines[:-2], key=str), sorted([
            {"direction": "out", "opcode": "text", "data": "hi"},
            {"direction": "in", "opcode": "text", "data": "welcome to the server"},
            {"direction": "in", "opcode": "text", "data": '{"type":"hello","list":[1,2.50]}'},
            {"direction": "in", "opcode": "binary", "base64": "AP9B"},
            {"direction": "in", "opcode": "text", "data": "hi"}], key=str))
        self.assertEqual(lines[-2:], [
            {"direction": "out", "opcode": "close", "code": 1000, "reason": ""},
            {"direction": "in", "opcode": "close", "code": 1000, "reason": ""}])

    def test_pretty_is_for_eyes(self):
        result = self.run_wsc("--format", "pretty", "-n", "3", self.serve(greet).url)

        self.assertEqual(result.stdout.decode(), """\
< welcome to the server
< {
  "type": "hello",
  "list": [
    1,
    2.50
  ]
}
< binary 3 bytes
00000000  00 ff 41                                          |..A|
""")

    def test_hex_dumps_everything(self):
        result = self.run_wsc("--format", "hex", "-n", "1", self.serve(greet).url)

        self.assertIn("< text 21 bytes\n00000000  77 65 6c 63 6f 6d 65 20  74 6f",
                      result.stdout.decode())

    def test_times_before_messages(self):
        url = self.serve(greet).url
        for style, expected in (("--timestamps", r"\d\d:\d\d:\d\d\.\d{3} welcome"),
                                ("--timestamps=delta", r" \+0\.000000 welcome"),
                                ("--timestamps=iso", r"\d{4}-\d\d-\d\dT[\d:.]+Z welcome")):
            with self.subTest(style):
                result = self.run_wsc(style, "-n", "1", url)
                self.assertRegex(result.stdout.decode(), "^" + expected)
        self.check_end(self.run_wsc("--timestamps=never", url), 2)

    def test_colours_as_the_environment_wants_them(self):
        url = self.serve(greet).url

        def has_color(*arguments, **env):
            result = self.run_wsc("--format", "pretty", "-n", "1", *arguments, url, env=env)
            return b"\x1b[" in result.stdout

        self.assertEqual([has_color(), has_color(CLICOLOR_FORCE="1"),
                          has_color(CLICOLOR_FORCE="1", NO_COLOR="1"),
                          has_color("--color", "always", NO_COLOR="1"),
                          has_color("--color", "never", CLICOLOR_FORCE="1")],
                         [False, True, False, True, False])


class Reports(WscTest):
    def test_frames_and_bytes_are_shown_when_asked(self):
        url = self.serve(echo).url

        frames = self.run_wsc("-vv", "-x", "hi", "-n", "1", url).stderr.decode()
        everything = self.run_wsc("-vvv", "-x", "hi", "-n", "1", url).stderr.decode()

        self.assertRegex(frames, r"\n> text, 2 bytes, fin, mask [0-9a-f]{8}\n")
        self.assertIn("\n< text, 2 bytes, fin\n", frames)
        self.assertRegex(frames, r"\n> close, 2 bytes, fin, mask [0-9a-f]{8}\n")
        self.assertIn("< 00000000  81 02 68 69 ", everything)

    def test_times_and_counts_at_the_end(self):
        result = self.run_wsc("-q", "-n", "1", "-x", "hi", "--write-out",
                              r"%{http_code} %{close_code} %{num_received} %{size_upload} "
                              r"%{time_namelookup} %{time_connect} %{time_upgrade} "
                              r"%{time_starttransfer} %{time_total} %{exitcode}\n",
                              self.serve().url)

        counts, times = result.stdout.decode().splitlines()[1].split(" ")[:4], \
            result.stdout.decode().split()[5:10]
        self.assertEqual(counts, ["101", "1000", "1", "2"])
        self.assertEqual(sorted(times, key=float), times)
        self.assertRegex(times[0], r"^0\.\d{6}$")
        self.check_end(self.run_wsc("--write-out", "%{what}", "ws://h"), 2, "%{what}")

    def test_the_answer_on_standard_output(self):
        result = self.run_wsc("-i", "-n", "1", "-x", "hi", self.serve().url)
        refused = self.run_wsc("-i", self.serve_raw(refuse_with(
            "HTTP/1.1 404 No\r\nX-A: b\r\nContent-Length: 0\r\n\r\n")).url)

        lines = result.stdout.split(b"\r\n")
        self.assertEqual((lines[0], lines[-1]), (b"HTTP/1.1 101 Switching Protocols", b"hi\n"))
        self.assertIn(b"X-A: b\r\n", refused.stdout)

    def test_options_of_other_clients_are_understood_or_explained(self):
        url = self.serve().url

        self.check_end(self.run_wsc("--connect", url, "--no-check", "-x", "a", "--wait", "0"), 0)
        for option, part in (("--listen", "wsd is the server"), ("-l", "wsd is the server"),
                             ("-P", "use -vv"), ("--oneshot", "ends with its connection")):
            with self.subTest(option):
                self.check_end(self.run_wsc(option, url), 2, part)


class Compression(WscTest):
    def test_messages_are_compressed_when_both_want_it(self):
        async def tell(server, websocket):
            server.seen.put([extension.name for extension in websocket.extensions])
            async for message in websocket:
                server.seen.put(message)
                await websocket.send(message)

        server = self.serve(tell)
        lines = [f"{number} 你好 " + "same text again " * 50 for number in range(50)]

        result = self.run_wsc("-vv", "--compress", "-n", "50", server.url,
                              stdin="\n".join(lines).encode())

        self.check_end(result, 0)
        self.assertEqual(server.see(), ["permessage-deflate"])
        self.assertEqual([server.see() for _ in lines], lines)
        self.assertEqual(result.stdout.decode().splitlines(), lines)
        self.assertRegex(result.stderr.decode(), r"\n> text, \d\d bytes, fin, mask [0-9a-f]{8}, rsv 100")
        self.assertRegex(result.stderr.decode(), r"\n< text, \d\d bytes, fin, rsv 100")

    def test_it_is_not_used_where_the_server_does_not_want_it(self):
        server = self.serve(compression=None)

        self.check_end(self.run_wsc("--compress", "-n", "1", "-x", "x" * 100, server.url), 0)
        self.check_end(self.run_wsc("-n", "1", "-x", "x" * 100, self.serve().url), 0)

    def answer(self, frames, extension="permessage-deflate"):
        def talk(server, connection):
            answer_upgrade(connection, f"Sec-WebSocket-Extensions: {extension}\r\n")
            connection.sendall(frames)
            connection.recv(1000)

        return self.run_wsc("--compress", "--eof-wait", "10s", self.serve_raw(talk).url)

    def test_a_server_that_spoils_it_is_told_so(self):
        bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = bomb.compress(b"x" * 100_000_000) + bomb.flush(zlib.Z_SYNC_FLUSH)
        big = b"\xc2\x7f" + struct.pack("!Q", len(data)) + data

        self.check_end(self.answer(b"\xc1\x03\xff\xff\xff"), 56, "compressed data are corrupt")
        self.check_end(self.answer(big), 56, "message over the limit")
        self.check_end(self.answer(b"\xc9\x00"), 56, "reserved bits")
        self.check_end(self.answer(b"", "permessage-deflate; what=1"), 1, "malformed")
        self.check_end(self.answer(b"", "permessage-bzip2"), 1, "was not offered")


class Recordings(WscTest):
    def setUp(self):
        super().setUp()
        self.file = str(pathlib.Path(self.folder, "recording"))

    def record(self, url):
        self.check_end(self.run_wsc("--record", self.file, "-n", "4", "-x", "hi", url), 0)

    def test_a_recording_is_played_and_compared(self):
        server = self.serve(greet)
        self.record(server.url)

        same = self.run_wsc("--replay", self.file, "--diff", "--eof-wait", "200ms", server.url)
        other = self.run_wsc("--replay", self.file, "--diff", self.serve().url)
        missing = self.run_wsc("--replay", self.file, "--diff", "-E", self.serve(silence).url)

        self.check_end(same, 0)
        self.check_end(other, 99, "message 1 was 'welcome to the server', now it is 'hi'")
        self.check_end(missing, 99, "4 of 4 messages of the recording did not come")

    def test_pauses_are_kept_and_can_be_shortened(self):
        server = self.serve()
        line = '{"time":"2026-01-01T00:%s.000000Z","direction":"out","opcode":"text","data":"%s"}\n'
        pathlib.Path(self.file).write_text(line % ("00:00", "one") + line % ("10:00", "two"))

        kept = self.run_wsc("--replay", self.file, "-m", "1", server.url)
        faster = self.run_wsc("--replay", self.file, "--speed", "100000x", "-n", "2", server.url)
        at_once = self.run_wsc("--replay", self.file, "--speed", "0", "-n", "2", server.url)

        self.check_end(kept, 28)
        self.assertEqual(kept.stdout, b"one\n")
        for result in (faster, at_once):
            self.check_end(result, 0)
            self.assertEqual(result.stdout, b"one\ntwo\n")

    def test_what_is_no_recording_is_told(self):
        pathlib.Path(self.file).write_text("\n")

        self.check_end(self.run_wsc("--replay", self.file, "ws://h"), 2,
                       f"{self.file}:1: this is no line of a recording")
        self.check_end(self.run_wsc("--replay", "/nonexistent", "ws://h"), 2, "/nonexistent")
        self.check_end(self.run_wsc("--replay", self.folder, "ws://h"), 2, "Is a directory")
        self.check_end(self.run_wsc("--bearer", f"@{self.folder}", "ws://h"), 2, "Is a directory")
        self.check_end(self.run_wsc("--record", "/nonexistent/x", "ws://h"), 2, "/nonexistent/x")
        self.check_end(self.run_wsc("--speed", "fast", "ws://h"), 2, "--speed")
        self.check_end(self.run_wsc("--diff", "ws://h"), 2, "--diff needs --replay")

    def test_a_recording_that_cannot_be_written_is_told(self):
        result = self.run_wsc("--record", "/dev/full", "-x", "hi", self.serve().url)

        self.check_end(result, 1, "wsc: the recording: No space left on device")

    def test_a_recording_is_not_overwritten_while_it_is_played(self):
        pathlib.Path(self.file).write_text("what was recorded\n")
        alias = f"{self.folder}/../{pathlib.Path(self.folder).name}/recording"

        self.check_end(self.run_wsc("--replay", self.file, "--record", alias, "ws://h"), 2,
                       "--record would overwrite")
        self.assertEqual(pathlib.Path(self.file).read_text(), "what was recorded\n")


class Heartbeats(WscTest):
    HEARTBEAT = ("--heartbeat", "beat", "--heartbeat-interval", "20ms", "--ping-timeout", "100ms",
                 "--ping-interval", "0", "--eof-wait", "1h")

    def test_an_answer_that_does_not_come_is_a_lost_connection(self):
        result = self.run_wsc(*self.HEARTBEAT, "--heartbeat-expect", "^pong$", self.serve().url)

        self.check_end(result, 56, "no answer to the heartbeat came within 0.1 s")

    def test_one_that_comes_keeps_it(self):
        result = self.run_wsc(*self.HEARTBEAT, "--heartbeat-expect", "^beat$", "-n", "20",
                              self.serve().url)

        self.check_end(result, 0)
        self.check_end(self.run_wsc("--heartbeat-expect", "x", "ws://h"), 2, "needs --heartbeat")
        self.check_end(self.run_wsc("--heartbeat", "a", "--heartbeat-expect", "(", "ws://h"), 2,
                       "--heartbeat-expect '('")


class Retrying(WscTest):
    def refuse(self, status):
        return self.serve_raw(refuse_with(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"))

    def test_attempts_and_time_are_bounded(self):
        busy = self.refuse("500 No")

        self.check_end(self.run_wsc("--retry", "3", "--retry-delay", "10ms", busy.url), 22)
        for _ in range(3):
            busy.see()
        self.assertEqual(busy.seen.qsize(), 0)
        self.check_end(self.run_wsc("--retry-max-time", "2s", "--retry-delay", "1ms",
                                    "--retry-max-delay", "1ms", busy.url), 22)
        self.assertGreater(busy.seen.qsize(), 1)

    def test_a_long_pause_is_cut_by_the_time_without_a_connection(self):
        busy = self.refuse("500 No")

        self.check_end(self.run_wsc("--retry-max-time", "300ms", "--retry-delay", "1h", busy.url),
                       22)
        busy.see()
        busy.see()

    def test_what_is_final_otherwise_can_be_tried_again(self):
        missing = self.refuse("404 No")

        self.check_end(self.run_wsc("--retry", "2", "--retry-delay", "10ms", "--retry-on", "404",
                                    missing.url), 22)

        missing.see()
        missing.see()
        self.check_end(self.run_wsc("--retry-on", "x", missing.url), 2, "'x' is no number")

    def test_a_close_code_that_is_final_otherwise(self):
        async def reject(server, websocket):
            server.seen.put("open")
            await websocket.close(4401)

        server = self.serve(reject)
        self.start_wsc("--retry-on", "4401", "--retry-delay", "10ms", server.url)

        self.assertEqual([server.see() for _ in range(3)], ["open"] * 3)


if __name__ == "__main__":
    unittest.main()
