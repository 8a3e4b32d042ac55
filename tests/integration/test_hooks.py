"""wsd's options for hooks."""

import unittest

import support
from support import run_wsd


class Options(support.WskitTestCase):
    def secret(self, text="s3cret\n", mode=0o600):
        file = self.folder() / "secret"
        file.touch()
        file.chmod(mode)
        file.write_text(text)
        return file

    def check(self, *arguments, **options):
        return run_wsd("check", *arguments, **options)

    def assert_rejected(self, done, expected):
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(expected, done.stderr)
        self.assertNotIn("s3cret", done.stdout + done.stderr)

    def test_a_url_and_a_secret_will_do(self):
        for url in ("http://localhost/hook", "https://app.example.org:8443/a?b=c"):
            with self.subTest(url=url):
                done = self.check("--hook", url, "--hook-secret-file", self.secret())
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_missing_or_malformed_is_refused(self):
        secret = self.secret()
        for arguments, expected in (
                (("--hook", "http://h/"), "--hook-secret-file"),
                (("--hook-secret-file", secret), "--hook"),
                (("--hook-ca", "/nonexistent"), "--hook"),
                (("--hook", "ws://h/", "--hook-secret-file", secret), "http://"),
                (("--hook", "h:80", "--hook-secret-file", secret), "http://"),
                (("--hook", "https:///x", "--hook-secret-file", secret), "host"),
                (("--hook", "https://h/", "--hook-secret-file", "/nonexistent"), "/nonexistent"),
                (("--hook", "https://h/", "--hook-secret-file", secret, "--hook-ca",
                  "/nonexistent"), "/nonexistent"),
                (("--hook", "https://h/", "--hook-secret-file", self.secret(text="\n")), "empty")):
            with self.subTest(arguments=arguments):
                self.assert_rejected(self.check(*arguments), expected)

    def test_a_secret_that_everybody_may_read_is_refused(self):
        self.assert_rejected(
            self.check("--hook", "http://h/", "--hook-secret-file", self.secret(mode=0o644)),
            "chmod o-r")
        done = self.check("--hook", "http://h/", "--hook-secret-file", self.secret(mode=0o640))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_credentials_in_the_url_stay_off_the_command_line(self):
        url = "https://wsd:s3cret@h/hook"
        self.assert_rejected(
            self.check("--hook", url, "--hook-secret-file", self.secret(text="other")),
            "command line")
        done = self.check("--hook-secret-file", self.secret(), env={"WSD_HOOK": url})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_wsd_with_a_hook_starts_and_stops(self):
        wsd = self.start_wsd("--threads", "1", "--hook", "http://127.0.0.1:1/",
                             "--hook-secret-file", self.secret())
        wsd.signal()
        self.assertEqual(wsd.wait_for_exit(), 0)


if __name__ == "__main__":
    unittest.main()
