"""wsc on a terminal: line editing in a tmux of its own."""

import re
import shlex
import subprocess
import unittest

from wsc_support import WSC, WscTest, wait_until


async def push(server, websocket):
    """Lets a test send through `server.websocket`, and shows it what comes."""
    server.websocket = websocket
    server.seen.put("open")
    async for message in websocket:
        server.seen.put(message)
    server.seen.put(websocket.close_code)


class Terminal(WscTest):
    WIDTH = 60

    def setUp(self):
        super().setUp()
        self.server = self.serve(push)

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-f", "/dev/null", "-S", f"{self.folder}/tmux", *arguments],
                              check=True, capture_output=True, text=True, timeout=20).stdout

    def start(self, *arguments, prefix="trap : INT"):
        """Runs wsc under a shell that shows its exit code and whether the terminal is as before."""
        command = shlex.join([str(WSC), "--no-color", *arguments, self.server.url])
        script = (f"{prefix}; before=$(stty -g); {command}; echo exit $?; "
                  '[ "$(stty -g)" = "$before" ] && echo restored; exec cat')
        self.tmux("new-session", "-d", "-x", str(self.WIDTH), "-y", "20",
                  f"LANG=C.UTF-8 sh -c {shlex.quote(script)}")
        self.addCleanup(self.kill_tmux)
        self.assertEqual(self.server.see(), "open")
        self.await_screen("* connected\n>")

    def kill_tmux(self):
        try:
            self.tmux("kill-server")
        except subprocess.CalledProcessError:
            pass  # The test has ended it.

    def screen(self):
        return self.tmux("capture-pane", "-p").rstrip("\n")

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


if __name__ == "__main__":
    unittest.main()
