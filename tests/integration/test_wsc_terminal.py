"""wsc on a terminal: line editing in a tmux of its own."""

import json
import pathlib
import re
import shlex
import subprocess
import unittest

import websockets

from wsc_support import WSC, WscTest, wait_until


async def push(server, websocket):
    """Lets a test send through `server.websocket`, and shows it what comes."""
    server.websocket = websocket
    server.seen.put("open")
    try:
        async for message in websocket:
            server.seen.put(message)
    except websockets.ConnectionClosedError:
        pass
    server.seen.put(websocket.close_code)


class TerminalTest(WscTest):
    WIDTH, HEIGHT = 60, 20

    def setUp(self):
        super().setUp()
        self.server = self.serve(push)
        self.history = pathlib.Path(self.folder, "state/history")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-f", "/dev/null", "-S", f"{self.folder}/tmux", *arguments],
                              check=True, capture_output=True, text=True, timeout=20).stdout

    def start(self, *arguments, prefix="trap : INT", suffix="true"):
        """Runs wsc under a shell that shows its exit code and whether the terminal is as before.

        `suffix` is run when wsc has ended or stopped.
        """
        command = shlex.join([str(WSC), "--no-color", *arguments, self.server.url])
        script = (f"{prefix}; before=$(stty -g); {command}; code=$?; {suffix}; echo exit $code; "
                  '[ "$(stty -g)" = "$before" ] && echo restored; exec cat')
        self.tmux("new-session", "-d", "-x", str(self.WIDTH), "-y", str(self.HEIGHT),
                  f"LANG=C.UTF-8 WSC_HISTFILE={self.history} sh -c {shlex.quote(script)}")
        self.addCleanup(self.kill_tmux)
        self.assertEqual(self.server.see(), "open")
        self.await_screen("* connected\n>")

    def kill_tmux(self):
        try:
            self.tmux("kill-server")
        except subprocess.CalledProcessError:
            pass  # The test has ended it.

    def rows(self):
        return self.tmux("capture-pane", "-p").split("\n")

    def screen(self):
        """Without the last row, which is the status line's."""
        return "\n".join(self.rows()[:self.HEIGHT - 1]).rstrip("\n")

    def status(self):
        return self.rows()[self.HEIGHT - 1]

    def await_screen(self, end):
        try:
            wait_until(lambda: self.screen().endswith(end), f"a screen that ends with {end!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}, but:\n{self.screen()}") from None

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def push(self, text):
        self.server.thread.call(self.server.websocket.send(text))

    def enter(self, line):
        self.type(line)
        self.press("Enter")

    def await_text(self, text):
        wait_until(lambda: text in self.screen(), f"{text!r} on the screen")


class Editing(TerminalTest):
    def test_a_half_typed_line_stays_whole_while_messages_arrive(self):
        self.start()
        self.type("你好 ha")
        self.await_screen("> 你好 ha")

        self.push("first")
        self.push("zweite ü")
        self.await_screen("< first\n< zweite ü\n> 你好 ha")
        self.press("Left", "Left", "BSpace")
        self.type("x")
        self.await_screen("> 你好xha")
        self.push("third")
        self.await_screen("< third\n> 你好xha")
        self.press("Enter")

        self.assertEqual(self.server.see(), "你好xha")

    def test_a_line_that_wraps_is_not_left_behind(self):
        self.start()
        line = "好" * self.WIDTH
        self.type(line)
        self.await_screen("好")
        wait_until(lambda: self.screen().count("好") == self.WIDTH, "the whole line")

        self.push("one")
        self.push("two")

        wait_until(lambda: "< two" in self.screen(), "the message")
        wait_until(lambda: self.screen().count("好") == self.WIDTH, "the whole line, once")
        self.press("Enter")
        self.assertEqual(self.server.see(), line)

    def test_the_line_stays_in_sight_when_the_window_shrinks(self):
        self.start()
        for number in range(self.HEIGHT):
            self.push(f"message {number}")
        self.await_screen(f"< message {self.HEIGHT - 1}\n>")
        self.type("half")
        self.await_screen("> half")

        for height in (self.HEIGHT // 2, self.HEIGHT // 4 - 1, self.HEIGHT):
            self.tmux("resize-window", "-x", "40", "-y", str(height))
            self.type(".")
            self.push(f"beside {height}")
            wait_until(lambda: f"< beside {height}\n> half." in "\n".join(self.rows()),
                       f"the line in {height} rows")

    def test_the_server_cannot_drive_the_terminal(self):
        self.start()

        self.push("\x1b[2J\x1b]0;owned\x07\r\x9b1m end")

        self.await_screen(r"< \x1b[2J\x1b]0;owned\x07\x0d\u{9b}1m end" + "\n>")
        self.assertIn("* connected", self.screen())

    def test_earlier_lines_come_back_unless_they_began_with_a_space(self):
        self.start()
        for line in ("first", " secret"):
            self.type(line)
            self.press("Enter")
            self.assertEqual(self.server.see(), line)

        self.press("Up")

        self.await_screen("> first")

    def test_control_d_closes_normally(self):
        self.start()

        self.press("C-d")

        self.assertEqual(self.server.see(), 1000)
        self.await_screen("exit 0\nrestored")

    def test_control_c_gives_the_terminal_back(self):
        self.start()
        self.type("half")
        self.await_screen("> half")

        self.press("C-c")

        self.await_screen("exit 130\nrestored")
        self.assertEqual(self.server.see(), 1001)

    def test_it_goes_on_after_a_stop(self):
        self.start(prefix="set -m", suffix="stty sane; echo stopped; fg >/dev/null")
        self.type("before")
        self.await_screen("> before")

        self.press("C-z")
        self.await_text("stopped\n> before")
        self.type(" after")
        self.press("Enter")

        self.assertEqual(self.server.see(), "before after")
        self.push("done")
        self.await_screen("> before after\n< done\n>")

    def test_it_ends_with_its_terminal_though_hangups_are_ignored(self):
        self.start(prefix="trap '' HUP")

        self.tmux("kill-server")

        self.assertEqual(self.server.see(), 1000)

    def test_an_unfinished_escape_sequence_holds_up_neither_heartbeats_nor_the_end(self):
        self.start("--heartbeat", "beat", "--heartbeat-interval", "50ms")
        self.press("Escape")
        for _ in range(5):
            self.assertEqual(self.server.see(), "beat")

        self.press("C-c")

        self.await_screen("exit 130\nrestored")

    def test_what_is_typed_while_not_connected_is_sent_later(self):
        self.start()
        self.server.stop()
        wait_until(lambda: "next attempt in" in self.screen(), "the loss")

        self.type("kept")
        self.press("Enter")
        wait_until(lambda: "what you type is kept" in self.screen().replace("\n", ""), "the note")
        again = self.serve(push, port=self.server.port)

        self.assertEqual(again.see(), "open")
        self.assertEqual(again.see(), "kept")
        self.assertEqual(len(re.findall("what you type is kept", self.screen())), 1)


class Commands(TerminalTest):
    def test_messages_of_every_kind_are_sent(self):
        self.start()
        path = pathlib.Path(self.folder, "file")
        path.write_text("from a file")

        for line, message in (("/hex 00 ffA1", b"\x00\xff\xa1"), ("/b64 aGk=", b"hi"),
                              (f"/file {path}", "from a file"), (f"/bfile {path}", b"from a file"),
                              ('/json {"a": 1}', '{"a": 1}'), ("//slash", "/slash")):
            self.enter(line)
            self.assertEqual(self.server.see(), message)

    def test_what_is_wrong_with_a_command_is_told_and_nothing_sent(self):
        self.start()

        for line, answer in (("/hex 0", "pairs of hexadecimal digits"), ("/b64 a", "not base64"),
                             ("/json {", "no JSON: byte 2"), ("/file /none", "cannot read /none"),
                             ("/close 1005", "may not be sent"), ("/pin", "did you mean /ping?"),
                             ("/filter (", "missing )"), ("/format x", "/format pretty")):
            self.enter(line)
            self.await_text(answer)
        self.enter("end")
        self.assertEqual(self.server.see(), "end")

    def test_pings_and_their_round_trips(self):
        self.start()

        self.enter("/rtt")
        self.await_text("* no Pong has come yet")
        self.enter("/ping")
        self.await_text("* Pong after ")
        self.enter("/rtt")
        self.await_text("* 1 Pings: last ")
        wait_until(lambda: " | rtt " in self.status(), "the round trip in the status line")

    def test_closing_with_a_code(self):
        self.start()

        self.enter("/close 4321 so long")

        self.assertEqual(self.server.see(), 4321)
        self.await_screen("exit 0\nrestored")

    def test_the_state_in_a_line_and_the_end(self):
        self.start()

        self.enter("/status")
        self.await_text("* open | idle ")
        self.enter("/quit")

        self.assertEqual(self.server.see(), 1000)
        self.await_screen("exit 0\nrestored")

    def test_commands_are_completed(self):
        self.start()

        self.type("/he")
        self.press("Tab")
        self.await_screen("> /he")
        self.type("l")
        self.press("Tab", "Enter")

        self.await_text("* /quit ")

    def test_what_is_shown_can_be_changed(self):
        self.start()
        record = pathlib.Path(self.folder, "record")

        self.enter("/filter ^a")
        self.enter(f"/record {record}")
        self.await_text("recording to")
        self.push("beta")
        self.push("alpha")
        self.await_text("< alpha")
        self.enter("/format hex")
        self.enter("/timestamps")
        self.push("again")
        self.await_text("< text 5 bytes")
        self.assertRegex(self.screen(), r"(?m)^\d\d:\d\d:\d\d\.\d{3} < text 5 bytes$")
        self.enter("/headers")
        self.await_text("* HTTP/1.1 101 Switching Protocols")

        self.assertNotIn("beta", self.screen())
        self.assertEqual([json.loads(line)["data"] for line in record.read_text().splitlines()],
                         ["beta", "alpha", "again"])
        self.assertEqual(record.stat().st_mode & 0o777, 0o600)

    def test_connecting_again(self):
        self.start()

        self.enter("/reconnect")

        # The new connection may be there before the server is done with the old one.
        self.assertEqual({self.server.see(), self.server.see()}, {1000, "open"})

    def test_slashes_can_be_for_messages(self):
        self.start("--no-slash")

        self.enter("/ping")
        self.enter("//")

        self.assertEqual([self.server.see(), self.server.see()], ["/ping", "//"])


class Typing(TerminalTest):
    def test_a_line_can_go_on(self):
        self.start()

        self.enter("one\\")
        self.enter("")
        self.enter("no \\\\")

        self.assertEqual(self.server.see(), "one\n")
        self.assertEqual(self.server.see(), "no \\\\")

    def test_lines_of_earlier_runs_come_back(self):
        self.history.parent.mkdir()
        self.history.write_text("from before\n")
        self.start()
        for line in (" secret", "new"):
            self.enter(line)
            self.assertEqual(self.server.see(), line)

        self.press("Up", "Up")

        self.await_screen("> from before")
        self.assertEqual(self.history.read_text(), "from before\nnew\n")

    def test_the_history_is_for_the_user_alone(self):
        self.start()

        self.enter("x")
        self.server.see()

        self.assertEqual(self.history.stat().st_mode & 0o777, 0o600)


class Outages(TerminalTest):
    def lose_server(self):
        self.server.stop()
        wait_until(lambda: "next attempt in" in self.status(), "the loss")

    def test_the_status_line_counts_down_and_enter_connects_now(self):
        self.start("--retry-delay", "1h", "--retry-max-delay", "1h")
        self.assertRegex(self.status(), r"^open \| ")
        self.lose_server()
        self.assertRegex(self.status(), r"^next attempt in \d+ s \(Enter: now\) \| ")
        again = self.serve(push, port=self.server.port)

        self.press("Enter")

        self.assertEqual(again.see(), "open")
        wait_until(lambda: self.status().startswith("open | "), "the status")

    def test_nothing_that_is_queued_is_lost_or_doubled_by_many_outages(self):
        self.start("--retry-delay", "100ms", "--retry-max-delay", "100ms")
        server = self.server
        attempts = []
        for number in range(24):
            server.stop()
            wait_until(lambda: "next attempt in" in self.status() or
                       "connecting" in self.status(), "the loss")
            self.enter(f"line {number}")
            wait_until(lambda: "1 waiting" in self.status(), "the queue")
            server = self.serve(push, port=server.port)
            self.assertEqual([server.see(), server.see()], ["open", f"line {number}"])
            attempts.append(server.seen.qsize())
            wait_until(lambda: self.status().startswith("open | "), "the status")

        self.assertEqual(attempts, [0] * 24)

    def test_what_is_typed_can_be_dropped(self):
        self.start("--offline", "drop", "--retry-delay", "1h", "--retry-max-delay", "1h")
        self.lose_server()

        self.enter("lost")
        self.await_text("* not connected: not sent")
        again = self.serve(push, port=self.server.port)
        self.press("Enter")
        self.assertEqual(again.see(), "open")
        self.enter("kept")

        self.assertEqual(again.see(), "kept")

    def test_what_is_typed_can_be_given_back(self):
        self.start("--offline", "block", "--retry-delay", "1h", "--retry-max-delay", "1h")
        self.lose_server()

        self.enter("你好")

        self.await_screen("* not connected: not sent, still there\n> 你好")

    def test_the_last_row_is_left_alone_when_asked(self):
        self.start("--no-status-line")

        self.push("x\n" * 30)

        wait_until(lambda: self.status() == ">", "the prompt in the last row")


if __name__ == "__main__":
    unittest.main()
