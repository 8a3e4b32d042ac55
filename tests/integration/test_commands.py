"""wsd's commands: what a terminal or a script asks a running wsd for."""

import http.server
import json
import socket
import subprocess
import threading
import unittest
import urllib.parse

import support
from support import wait_until
from test_resume import JsonClient

DEADLINE_S = 60

KEY = "sesame-5f0c2a91"


class CommandCase(support.WskitTestCase):
    def run_command(self, *arguments, stdin=b"", env=None):
        """Runs it to its end; what it prints is bytes."""
        return subprocess.run([support.WSD, *map(str, arguments)], input=stdin,
                              env=support.clean_environment(env), capture_output=True, timeout=60)

    def succeed(self, *arguments, **options):
        """What a command prints that does what it should."""
        done = self.run_command(*arguments, **options)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def fail_with(self, code, *arguments, **options):
        """The line that a command prints which fails with this exit code."""
        done = self.run_command(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (code, b""), done.stderr)
        line, end = done.stderr.decode().split("\n")
        self.assertEqual((line[:5], end), ("wsd: ", ""))
        return line[len("wsd: "):]

    def client(self, wsd, user="alice", query=""):
        client = JsonClient(wsd, urllib.parse.quote(user, safe=""), query)
        self.addCleanup(client.disconnect)
        return client

    def secret_file(self, text, mode=0o600):
        path = self.folder() / "keys"
        path.write_text(text)
        path.chmod(mode)
        return path


class Publish(CommandCase):
    @classmethod
    def setUpClass(cls):
        cls.wsd = cls.share_wsd()
        cls.api = ("--api", cls.wsd.api_address)

    def publish(self, *arguments, **options):
        return self.succeed("publish", *self.api, *arguments, **options)

    def test_everyone_a_user_and_a_channel_get_text(self):
        peer = self.keep(self.wsd.session("alice", "&channel=news"))
        for audience in (("--all",), ("--user", "alice"), ("--channel", "news")):
            with self.subTest(audience=audience):
                self.assertRegex(self.publish(*audience, "héllo"), r"^\d+-\d+\n$")
                self.assertEqual(peer.read_text(), "héllo")

    def test_the_printed_id_is_the_messages(self):
        client = self.client(self.wsd)
        printed = self.publish("--user", "alice", "hi")
        self.assertEqual(client.read()["id"] + "\n", printed)

    def test_text_on_standard_input_loses_its_last_line_end(self):
        peer = self.keep(self.wsd.session())
        for arguments in ((), ("-",)):
            self.publish("--all", *arguments, stdin=b"two\nlines\n")
            self.assertEqual(peer.read_text(), "two\nlines")

    def test_json_is_sent_as_it_is_written(self):
        peer = self.keep(self.wsd.session())
        self.publish("--all", "--json", '{"b": 1.50, "a":[]}')
        self.assertEqual(peer.read_text(), '{"b": 1.50, "a":[]}')

    def test_a_file_is_sent_as_a_binary_message(self):
        path = self.folder() / "data"
        path.write_bytes(bytes(range(256)) + b"\n")
        peer = self.keep(self.wsd.session())
        self.publish("--all", "--binary", "--file", path)
        frame = peer.read_frame()
        self.assertEqual((frame.opcode, frame.payload), (2, bytes(range(256)) + b"\n"))

    def test_an_idempotency_key_publishes_once(self):
        first = self.publish("--all", "--idempotency-key", "k", "once")
        self.assertEqual(self.publish("--all", "--idempotency-key", "k", "once"), first)

    def test_data_that_is_no_json_is_refused_unsent(self):
        for data in ("{a}", '1,"user":"x"'):
            self.assertIn("the data is not JSON",
                          self.fail_with(2, "publish", *self.api, "--all", "--json", data))

    def test_what_the_api_refuses_is_told(self):
        self.assertEqual(
            self.fail_with(1, "publish", *self.api, "--channel", "a b", "x"),
            f"{self.wsd.api_address}: The channel name is malformed (400 bad_channel)")

    def test_too_large_data_is_told(self):
        for size in (70_000, 2_000_000):
            self.assertIn("(413 too_large)", self.fail_with(
                1, "publish", *self.api, "--all", stdin=b"x" * size))


class Sessions(CommandCase):
    def setUp(self):
        self.wsd = self.start_wsd("--threads", "2")
        self.api = ("--api", self.wsd.api_address)

    def list(self, *arguments):
        return self.succeed("sessions", *self.api, *arguments)

    def test_the_table_has_what_is_known(self):
        client = self.client(self.wsd, "爱丽丝", "&channel=news")
        heading, row = self.list().splitlines()
        self.assertEqual(heading.split(), ["SESSION", "USER", "ADDRESS", "SINCE", "CHANNELS"])
        name, user, address, since, channels = row.split()
        self.assertEqual((name, user, channels), (client.welcome["session"], "爱丽丝", "news"))
        self.assertRegex(address, r"^127\.0\.0\.1:\d+$")
        self.assertRegex(since, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_a_hostile_name_stays_a_word(self):
        self.client(self.wsd, "x\u202ey  admin")
        self.assertIn('  "x\\\\u{202e}y  admin"  ', self.list())
        self.assertIn('"user":"x\\u202ey  admin"', self.list("--json"))

    def test_sessions_of_a_user_or_a_channel(self):
        alice = self.client(self.wsd, "alice", "&channel=news")
        bob = self.client(self.wsd, "a&b=c", "&channel=sport")
        for arguments, client in ((("--user", "a&b=c"), bob), (("--channel", "news"), alice)):
            listed = self.list("--json", *arguments)
            self.assertEqual(json.loads(listed)["session"], client.welcome["session"])

    def test_a_limit_says_how_many_there_are(self):
        for _ in range(3):
            self.client(self.wsd)
        done = self.run_command("sessions", *self.api, "--json", "--limit", "2")
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 2))
        self.assertEqual(done.stderr, b"wsd: 2 of 3 sessions\n")

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([support.WSD, "sessions", *self.api], stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)


class Kick(CommandCase):
    def test_a_session_and_all_of_a_user_are_ended(self):
        wsd = self.start_wsd()
        one, two = self.client(wsd), self.client(wsd)
        name = one.welcome["session"]
        self.assertEqual(self.succeed("kick", "--api", wsd.api_address, "--session", name),
                         f"Every node has been told to end the session {name}.\n")
        self.assertEqual(one.peer.read_close(), 4499)
        self.assertEqual(self.succeed("kick", "--api", wsd.api_address, "--user", "alice"),
                         "Every node has been told to end the sessions of alice.\n")
        self.assertEqual(two.peer.read_close(), 4499)

    def test_a_session_on_another_node_is_ended(self):
        redis = self.start_redis()
        here, there = (self.start_wsd("--broker", "redis-stream", "--redis", redis.url)
                       for _ in range(2))
        for wsd in (here, there):
            wait_until(wsd.is_broker_ready, DEADLINE_S, "a ready broker")
        client = self.client(there)

        def listed():
            lines = self.succeed("sessions", "--api", here.api_address, "--json").splitlines()
            return [json.loads(line)["session"] for line in lines]

        name, = wait_until(listed, DEADLINE_S, "the other node's session")
        self.assertEqual(name, client.welcome["session"])
        self.succeed("kick", "--api", here.api_address, "--session", name)
        self.assertEqual(client.peer.read_close(), 4499)


class Address(CommandCase):
    def test_a_unix_socket_and_drain(self):
        path = self.folder() / "api.sock"
        wsd = self.start_wsd("--drain-time", "1s", api=f"unix:{path}")
        client = self.client(wsd)
        self.assertIn(client.welcome["session"], self.succeed("sessions", "--api", f"unix:{path}"))
        self.assertEqual(self.succeed("drain", "--api", f"unix:{path}"), "The node is draining.\n")
        self.assertEqual(wsd.get("/health/ready").status, 503)

    def test_the_daemons_file_and_environment_lead_to_it(self):
        keys = self.secret_file(f"{KEY}\nother\n")
        wsd = self.start_wsd("--api-key-file", keys)
        config = self.folder() / "wsd.toml"
        config.write_text(f'api = "{wsd.api_address}"\napi-key-file = "{keys}"\nthreads = 1\n'
                          'auth = "any"\nlisten = ["127.0.0.1:0"]\nredis = "redis://:pw@h"\n')
        self.succeed("sessions", "--config", config)
        self.succeed("--config", config, "sessions")
        self.succeed("sessions", env={"WSD_CONFIG": str(config)})
        self.succeed("sessions", env={"WSD_API": wsd.api_address, "WSD_API_KEY_FILE": str(keys)})

    def test_a_file_with_an_unknown_option_is_refused(self):
        config = self.folder() / "wsd.toml"
        config.write_text('\napii = "127.0.0.1:1"\n')
        self.assertEqual(self.fail_with(2, "sessions", "--config", config),
                         f"{config}:2: apii: there is no such option")

    def test_a_wrong_key_or_none_is_told_without_naming_it(self):
        wsd = self.start_wsd("--api-key-file", self.secret_file(KEY))
        api = ("--api", wsd.api_address)
        told = f"{wsd.api_address}: A valid key is required (401 unauthorized)"
        self.assertEqual(
            self.fail_with(1, "drain", *api, "--api-key-file", self.secret_file("wrong")), told)
        self.assertEqual(self.fail_with(1, "drain", *api),
                         told + "; --api-key-file names the file that has one")

    def test_a_key_that_everybody_can_read_is_refused(self):
        keys = self.secret_file(KEY, 0o644)
        self.assertIn("can be read by every user",
                      self.fail_with(2, "drain", "--api-key-file", keys))

    def test_nobody_at_the_address(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            name = "127.0.0.1:%d" % unused.getsockname()[1]
            self.assertEqual(self.fail_with(1, "drain", "--api", name),
                             f"cannot connect to {name}: connection refused")
        path = self.folder() / "none"
        self.assertIn(str(path), self.fail_with(1, "drain", "--api", f"unix:{path}"))

    def test_port_0_leads_nowhere(self):
        self.assertIn("port 0", self.fail_with(2, "drain", "--api", "127.0.0.1:0"))

    def test_who_never_answers_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            name = "127.0.0.1:%d" % silent.getsockname()[1]
            self.assertEqual(self.fail_with(1, "drain", "--api", name),
                             f"no answer from {name} within 10 s")


class Usage(CommandCase):
    def test_mistakes_are_told_with_a_hint(self):
        for arguments, told in ((("publish", "--usr", "a"), "did you mean --user?"),
                                (("publish", "x"), "one of --all, --user and --channel is needed"),
                                (("kick",), "one of --session and --user is needed"),
                                (("drain", "--user", "a"), "unknown option --user"),
                                (("sessions", "--threads", "2"), "unknown option --threads"),
                                (("drain", "now"), "unexpected argument now"),
                                (("sessions", "--limit", "x"), "'x' is not a number above 0")):
            with self.subTest(arguments=arguments):
                self.assertIn(told, self.fail_with(2, *arguments))
        done = self.run_command("pubish", "--all", "x")
        self.assertEqual((done.returncode, done.stderr.splitlines()[0]),
                         (2, b"wsd: unknown command pubish; did you mean publish?"))


class Reply(http.server.BaseHTTPRequestHandler):
    """Answers each request with what the test wants next, the last of it again."""

    def do_POST(self):
        self.reply(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self):
        self.reply(b"")

    def reply(self, request):
        self.server.seen.append((self.path, request))
        status, body = self.server.answers[0]
        if len(self.server.answers) > 1:
            del self.server.answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class FakeApiCase(CommandCase):
    def answer(self, status, *documents):
        """Starts an API that answers so, and gives its address."""
        server = http.server.HTTPServer(("127.0.0.1", 0), Reply)
        server.answers = [(status, each if isinstance(each, bytes) else json.dumps(each).encode())
                          for each in documents]
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.server = server
        return f"127.0.0.1:{server.server_port}"


class Pages(FakeApiCase):
    def test_all_pages_are_followed(self):
        pages = [{"sessions": [{"session": name}], "total": 3, "next": after}
                 for name, after in (("a", "a b"), ("b", "b"), ("c", None))]
        api = self.answer(200, *pages)
        listed = self.succeed("sessions", "--json", "--user", "u", "--api", api)
        self.assertEqual(listed.splitlines(), [f'{{"session":"{name}"}}' for name in "abc"])
        first = "/api/v1/sessions?limit=1000&user=u"
        self.assertEqual([path for path, _ in self.server.seen],
                         [first, first + "&after=a%20b", first + "&after=b"])


class Reload(FakeApiCase):
    def test_a_running_wsd_reads_its_file_again(self):
        config = self.folder() / "wsd.toml"
        config.write_text('idle-timeout = "60s"\nthreads = 1\n')
        wsd = self.start_wsd("--config", config)
        config.write_text('idle-timeout = "90s"\nthreads = 2\n')
        self.assertEqual(self.succeed("reload", "--api", wsd.api_address),
                         "Changed: idle-timeout.\nOnly a restart changes: threads.\n")
        config.write_text('idle-timeout = "90"\n')
        self.assertIn("(400 bad_configuration)",
                      self.fail_with(1, "reload", "--api", wsd.api_address))

    def test_what_has_changed_is_told(self):
        api = self.answer(200, {"status": "reloaded", "changed": ["idle-timeout", "origin"],
                                "restart_needed": ["threads"]})
        self.assertEqual(self.succeed("reload", "--api", api),
                         "Changed: idle-timeout, origin.\nOnly a restart changes: threads.\n")
        self.assertEqual(self.server.seen, [("/api/v1/reload", b"")])

    def test_nothing_may_have_changed(self):
        api = self.answer(200, {"status": "reloaded", "changed": [], "restart_needed": []})
        self.assertEqual(self.succeed("reload", "--api", api), "Changed: nothing.\n")

    def test_a_bad_configuration_is_told(self):
        api = self.answer(400, {"error": {"code": "bad_configuration",
                                          "message": "wsd.toml:3: threads: 'x' is not a number"}})
        self.assertEqual(
            self.fail_with(1, "reload", "--api", api),
            f"{api}: wsd.toml:3: threads: 'x' is not a number (400 bad_configuration)")

    def test_another_server_at_the_address_is_told(self):
        for status, body, told in ((404, b"<html>", "answers 404, not as wsd does"),
                                   (200, b"<html>", "the answer is not one of wsd"),
                                   (200, b'{"changed":7}', "the answer is not one of wsd")):
            with self.subTest(status=status, body=body):
                api = self.answer(status, body)
                self.assertEqual(self.fail_with(1, "reload", "--api", api), f"{api}: {told}")


if __name__ == "__main__":
    unittest.main()
