"""Options that change while wsd runs: SIGHUP and POST /api/v1/reload."""

import os
import shutil
import signal
import ssl
import threading
import time
import unittest

import support
from raw_peer import upgrade_request
from support import wait_until


def tls_session(wsd, certificates):
    wsd.client_tls = support.client_tls(certificates.ca)
    return wsd.session()


class ReloadTestCase(support.WskitTestCase):
    """Starts wsd with a configuration file that a test may write again."""

    def setUp(self):
        super().setUp()
        self.directory = self.folder()
        self.file = self.directory / "wsd.toml"

    def start_configured(self, *arguments, **options):
        self.write(**options)
        return self.start_wsd("--config", self.file, *arguments)

    def write(self, **options):
        self.file.write_text("".join(f'{name.replace("_", "-")} = "{value}"\n'
                                     for name, value in options.items()))

    def write_keys(self, text):
        file = self.directory / "keys"
        file.touch(mode=0o600)
        file.write_text(text)
        return file

    def reload(self, wsd, key=""):
        return wsd.request("POST", "/api/v1/reload", b"{}",
                           {"Content-Type": "application/json", "X-API-Key": key})

    def changed(self, wsd, key=""):
        return self.reload(wsd, key).json()["changed"]

    def reload_by_signal(self, wsd, event=" reloaded"):
        """Waits for the line that the log gets."""
        before = wsd.log().count(event)
        wsd.signal(signal.SIGHUP)
        wait_until(lambda: wsd.log().count(event) > before, what="the log to tell of the reload")

    def descriptors(self, wsd):
        return len(os.listdir(f"/proc/{wsd.pid}/fd"))

    def status_of_upgrade(self, wsd, headers=()):
        with wsd.connect() as peer:
            peer.send(upgrade_request(headers=headers))
            return peer.read_http_answer().status


class Values(ReloadTestCase):
    """What can be changed is changed, for what is open and what is to come."""

    def test_what_changed_is_answered_and_logged(self):
        wsd = self.start_configured(idle_timeout="60s", max_queue="1MiB")
        self.write(idle_timeout="30s", max_queue="1024KiB", ping_interval="7s")

        answer = self.reload(wsd)

        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json(), {"status": "reloaded", "restart_needed": [],
                                         "changed": ["idle-timeout", "ping-interval"]})
        wait_until(lambda: " reloaded" in wsd.log(), what="the log to tell of the reload")
        self.assertIn("option_changed option=idle-timeout from=60s to=30s", wsd.log())
        self.assertIn("option_changed option=ping-interval from=default to=7s", wsd.log())
        self.assertEqual(self.changed(wsd), [])

    def test_an_option_taken_out_of_the_file_has_its_default_again(self):
        wsd = self.start_configured(log_level="warn")
        self.write()
        self.assertEqual(self.changed(wsd), ["log-level"])

    def test_what_needs_a_restart_is_told_each_time_and_its_old_value_stays(self):
        wsd = self.start_configured(greeting="hello")
        self.write(greeting="good day", threads="2")
        for _ in range(2):
            self.assertEqual(self.reload(wsd).json()["restart_needed"], ["greeting", "threads"])
        self.keep(wsd.session(greeting="hello"))

    def test_a_flag_still_wins_over_the_file(self):
        wsd = self.start_configured("--idle-timeout", "40s")
        self.write(idle_timeout="1s")
        self.assertEqual(self.changed(wsd), [])

    def test_a_shorter_idle_timeout_ends_open_sessions_only_after_it(self):
        wsd = self.start_configured("--on-message", "echo", idle_timeout="0")
        session = self.keep(wsd.session())
        self.write(idle_timeout="1s")
        self.reload_by_signal(wsd)

        session.send_text("still here")

        self.assertEqual(session.read_text(), "still here")
        self.assertEqual(session.read_close(), 4408)

    def test_a_new_limit_of_messages_counts_for_open_sessions_and_the_api(self):
        wsd = self.start_configured("--on-message", "echo", max_message="1KiB")
        session = self.keep(wsd.session())
        self.write(max_message="64KiB")
        self.assertEqual(wsd.post("/api/v1/publish", {"all": True, "text": "x" * 2000}).status, 413)

        self.reload(wsd)

        session.send_text("y" * 3000)
        self.assertEqual(session.read_text(), "y" * 3000)
        wsd.publish(all=True, text="x" * 2000)
        self.assertEqual(session.read_text(), "x" * 2000)

        self.write(max_message="1KiB")
        self.reload(wsd)
        session.send_text("z" * 3000)
        self.assertEqual(session.read_close(), 1009)

    def test_origins(self):
        one, two = ["Origin: https://one.example"], ["Origin: https://two.example"]
        wsd = self.start_configured(origin="https://one.example")
        self.keep(wsd.session(headers=one))
        self.write(origin="https://two.example")
        self.reload_by_signal(wsd)
        self.keep(wsd.session(headers=two))
        self.assertEqual(self.status_of_upgrade(wsd, one), 403)
        self.assertEqual(wsd.metric("wsd_sessions"), 2)

    def test_the_number_of_sessions(self):
        wsd = self.start_configured(max_sessions="1")
        self.keep(wsd.session())
        self.assertEqual(self.status_of_upgrade(wsd), 503)
        self.write(max_sessions="2")
        self.reload_by_signal(wsd)
        self.keep(wsd.session())
        self.assertEqual(self.status_of_upgrade(wsd), 503)

    def test_the_log_level(self):
        wsd = self.start_configured(log_level="info")
        for level in ("error", "info"):
            self.write(log_level=level)
            self.assertEqual(self.changed(wsd), ["log-level"])
        wait_until(lambda: wsd.log().count(" reloaded") == 1, what="the second reload alone")


class Keys(ReloadTestCase):
    def test_keys_of_the_api(self):
        wsd = self.start_configured(api_key_file=self.write_keys("first\n"))
        self.assertEqual(self.reload(wsd).status, 401)
        self.write_keys("second\nthird\n")

        self.assertEqual(self.changed(wsd, "first"), ["api-key-file"])

        self.assertEqual(self.reload(wsd, "first").status, 401)
        self.assertEqual(self.reload(wsd, "third").status, 200)
        wait_until(lambda: "option=api-key-file" in wsd.log(), what="the log to tell of the keys")
        self.assertNotIn("third", wsd.log())

    def test_an_api_cannot_lose_the_keys_that_its_address_needs(self):
        self.write(api_key_file=self.write_keys("first\n"))
        wsd = self.start_wsd("--config", self.file, api="0.0.0.0:0")
        self.write()
        answer = self.reload(wsd, "first")
        self.assertEqual(answer.status, 400)
        self.assertIn("api: ", answer.json()["error"]["message"])
        self.assertEqual(self.reload(wsd).status, 401)


class TlsCertificates(ReloadTestCase):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = self.directory / "c.pem", self.directory / "k.pem"

    def install(self, made, key=None):
        shutil.copy(made.certificate, self.certificate)
        shutil.copy((key or made).key, self.key)

    def shown(self, wsd):
        host, port = wsd.address.rsplit(":", 1)
        return ssl.get_server_certificate((host, int(port)))

    def test_a_renewed_certificate_is_shown_to_newcomers_and_open_sessions_stay(self):
        old, new = support.certificates(), support.Certificates()
        self.install(old)
        wsd = self.start_configured("--threads", "2", "--tls-cert", self.certificate,
                                    "--tls-key", self.key)
        session = self.keep(tls_session(wsd, old))
        self.assertEqual(self.shown(wsd), old.certificate.read_text())
        self.install(new)

        answer = self.reload(wsd)

        self.assertEqual(answer.json()["changed"], ["tls-cert"])
        for _ in range(8):
            self.assertEqual(self.shown(wsd), new.certificate.read_text())
        self.assertGreater(wsd.metric("wsd_certificate_expiry_timestamp_seconds"), time.time())
        self.keep(tls_session(wsd, new))
        wsd.publish(all=True, text="to both")
        self.assertEqual(session.read_text(), "to both")

    def test_a_certificate_whose_key_is_of_another_type_replaces_the_old_one(self):
        old, new = support.certificates(), support.Certificates(key_type=support.RSA_KEY)
        self.install(old)
        wsd = self.start_configured("--tls-cert", self.certificate, "--tls-key", self.key)
        self.install(new)
        self.reload(wsd)
        self.assertEqual(self.shown(wsd), new.certificate.read_text())

    def test_a_pair_that_does_not_match_leaves_the_old_one(self):
        old, new = support.certificates(), support.Certificates()
        self.install(old)
        wsd = self.start_configured("--tls-cert", self.certificate, "--tls-key", self.key)
        self.install(new, key=old)
        answer = self.reload(wsd)
        self.assertEqual(answer.status, 400)
        self.assertIn(str(self.key), answer.json()["error"]["message"])
        self.assertEqual(self.shown(wsd), old.certificate.read_text())

    def test_tls_cannot_be_turned_on(self):
        made = support.certificates()
        wsd = self.start_configured(idle_timeout="60s")
        self.write(idle_timeout="10s", tls_cert=made.certificate, tls_key=made.key)
        answer = self.reload(wsd)
        self.assertEqual(answer.status, 400)
        self.assertIn("restart", answer.json()["error"]["message"])
        self.write(idle_timeout="60s")
        self.assertEqual(self.changed(wsd), [])


class Refusals(ReloadTestCase):
    """What is wrong changes nothing, and is told with its place."""

    def check(self, wsd, text, expected):
        self.file.write_text(text)
        answer = self.reload(wsd)
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer.json()["error"]["code"], "bad_configuration")
        self.assertIn(expected, answer.json()["error"]["message"])

    def test_broken_files(self):
        wsd = self.start_configured(max_sessions="1")
        self.keep(wsd.session())
        self.check(wsd, 'max-sessions = "2"\nidle-timeout = "soon"', f"{self.file}:2: idle-timeout")
        self.check(wsd, 'max-sessions = "2"\nidle-timeuot = "9s"', f"{self.file}:2: idle-timeuot")
        self.check(wsd, 'max-sessions = "2"\norigin = "example"', "origin 'example'")
        self.check(wsd, 'max-sessions = "2"\nthreads', f"{self.file}:2")
        self.check(wsd, 'max-sessions = "99999999"', "max-sessions 99999999")
        self.file.unlink()
        self.assertEqual(self.reload(wsd).status, 400)
        self.assertEqual(self.status_of_upgrade(wsd), 503)

    def test_by_signal_the_problem_is_logged(self):
        wsd = self.start_configured()
        self.file.write_text("idle-timeout = [")
        self.reload_by_signal(wsd, " reload_refused")
        self.assertIn(f"{self.file}:1", wsd.log())
        self.keep(wsd.session())


class UnderLoad(ReloadTestCase):
    def test_a_hundred_reloads_drop_nobody_and_leak_nothing(self):
        made = support.certificates()
        wsd = self.start_configured("--threads", "2", "--tls-cert", made.certificate,
                                    "--tls-key", made.key, idle_timeout="60s")
        sessions = [self.keep(tls_session(wsd, made)) for _ in range(20)]
        descriptors = self.descriptors(wsd)
        published = []
        is_over = threading.Event()

        def publish():
            while not is_over.is_set():
                wsd.publish(all=True, text=str(len(published)))
                published.append(str(len(published)))

        publisher = threading.Thread(target=publish)
        publisher.start()
        try:
            for number in range(100):
                self.write(idle_timeout="61s" if number % 2 else "60s")
                self.reload_by_signal(wsd)
        finally:
            is_over.set()
            publisher.join()

        for session in sessions:
            self.assertEqual([session.read_text() for _ in published], published)
        self.assertEqual(wsd.metric("wsd_sessions"), 20)
        wait_until(lambda: self.descriptors(wsd) == descriptors, what="the descriptors of before")


if __name__ == "__main__":
    unittest.main()
