"""The frame laboratory of wsc: what it sends to a server that somebody else wrote."""

import unittest

import websockets

from wsc_support import WscTest, echo, wait_until


async def tell_failure(server, websocket):
    """Echoes; then tells why it closed the connection."""
    try:
        async for message in websocket:
            await websocket.send(message)
    except websockets.ConnectionClosed as closed:
        server.seen.put(closed.sent.code if closed.sent else None)
    else:
        server.seen.put(1000)


class Laboratory(WscTest):
    def run_script(self, *lines, handler=tell_failure, arguments=()):
        self.server = self.serve(handler, max_size=2**20)
        return self.run_wsc("--slash", *arguments, self.server.url,
                            stdin="".join(line + "\n" for line in lines).encode())

    def test_fragments_and_lengths_longer_than_needed_are_accepted(self):
        result = self.run_script("/frame nofin op=text he", "/frame nofin op=cont l",
                                 "/frame op=ping between", "/frame op=cont lo",
                                 "/frame bits=64 op=binary hex:00 ff",
                                 arguments=("-n", "2"))

        self.assertEqual(self.server.see(), 1000)
        self.assertEqual(result.stdout, b"hello\n\x00\xff")

    def test_servers_notice_what_is_wrong(self):
        for line, code in (("/frame mask=none hi", 1002), ("/frame rsv1 hi", 1002),
                           ("/frame rsv3 hi", 1002), ("/frame op=3 hi", 1002),
                           ("/frame op=text hex:ff", 1007), ("/frame op=cont hi", 1002),
                           ("/frame op=ping nofin hi", 1002), ("/raw 8f80 00000000", 1002),
                           ("/frame len=9223372036854775807", 1009),
                           ("/frame op=close hex:03ed", 1002)):
            with self.subTest(line):
                result = self.run_script(line, arguments=("-m", "10"))
                self.assertEqual(self.server.see(), code)
                self.assertIn(result.returncode, (8, 56), result.stderr)

    def test_without_pongs_a_server_gives_up(self):
        self.server = self.serve(tell_failure, ping_interval=0.05, ping_timeout=0.2)

        answering = self.run_wsc("-x", "hi", "--eof-wait", "600ms", self.server.url)
        self.assertEqual(self.server.see(), 1000)
        silent = self.run_wsc("--slash", "-x", "/pongs off", "--eof-wait", "10s", self.server.url)

        self.check_end(answering, 0)
        self.check_end(silent, 8, "1011")

    def test_half_a_connection(self):
        result = self.run_script("/half-close", handler=echo, arguments=("--eof-wait", "10s"))

        self.assertIn(result.returncode, (8, 56), result.stderr)

    def test_lines_after_the_end_of_our_direction_are_not_taken_for_sent(self):
        result = self.run_script("/half-close", "lost", handler=echo, arguments=("-j", "-m", "10"))

        self.check_end(result, 1, "not sent: /half-close has ended our direction")
        self.assertNotIn(b"lost", result.stdout)

    def test_lines_after_a_new_connection_go_there(self):
        result = self.run_script("one", "/reconnect", "two", "three", arguments=("-j", "-n", "2"))

        self.check_end(result, 0)
        self.assertEqual(result.stdout.count(b'"out","opcode":"text"'), 3)

    def test_lines_after_the_close_are_not_taken_for_sent(self):
        result = self.run_script("one", "/close", "two", arguments=("-j",))

        self.check_end(result, 0)
        self.assertNotIn(b"two", result.stdout)

    def test_reading_can_be_stopped(self):
        async def flood(server, websocket):
            for number in range(10000):
                await websocket.send("x" * 10000)
                server.seen.put(number)

        self.server = self.serve(flood)
        process = self.start_wsc("--slash", "-x", "/pause", "-x", "/sleep 1h", self.server.url)
        sent = -1

        def stalls():
            nonlocal sent
            before, sent = sent, self.server.seen.qsize()
            return before == sent > 0

        wait_until(stalls, "the server to be held up")
        self.assertLess(sent, 10000)
        self.assertIsNone(process.poll())

    def test_reading_goes_on_when_it_may(self):
        result = self.run_script("/pause", "one", "/sleep 100ms", "/resume", "two",
                                 arguments=("-n", "2"))

        self.check_end(result, 0)
        self.assertEqual(result.stdout, b"one\ntwo\n")

    def test_pauses_between_lines(self):
        result = self.run_script("one", "/sleep 100ms", "two", arguments=("-j", "-n", "2"))

        self.check_end(result, 0)
        lines = result.stdout.decode().splitlines()
        self.assertEqual([line.split('"')[-2] for line in lines[:4]], ["one", "one", "two", "two"])

    def test_malformed_frames_are_told(self):
        for line, part in (("/frame op=16 x", "'op=16' is out of range"),
                           ("/frame mask=xyz x", "'mask=xyz'"), ("/frame hex:0", "hexadecimal"),
                           ("/pongs x", "on or off"), ("/sleep x", "a duration")):
            with self.subTest(line):
                self.check_end(self.run_script(line), 0, part)


if __name__ == "__main__":
    unittest.main()
