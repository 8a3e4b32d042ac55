"""The web console of the internal listener, in Chromium."""

import unittest
import urllib.parse

import support
from devtools import Page
from support import wait_until

HOSTILE = "<img src=x onerror=alert(1)>"
FILES = ("/", "/console.css", "/console.js", "/api.js", "/live.js", "/publish.js", "/tables.js",
         "/test_client.js")


class Files(support.WskitTestCase):
    def test_they_are_served_with_a_strict_policy_and_need_no_key(self):
        keys = self.folder() / "keys"
        keys.touch(mode=0o600)
        keys.write_text("secret\n")
        wsd = self.start_wsd("--threads", "1", "--api-key-file", keys)
        for path in FILES:
            with self.subTest(path=path):
                reply = wsd.get(path)
                self.assertEqual(reply.status, 200)
                self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"])
                self.assertNotIn("unsafe", reply.headers["Content-Security-Policy"])
                self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(wsd.request("HEAD", path).status, 200)
                self.assertEqual(wsd.post(path, {}).status, 405)

    def test_the_public_address_has_no_console(self):
        wsd = self.start_wsd("--threads", "1")
        for path in FILES:
            with wsd.connect() as peer:
                peer.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                self.assertEqual(peer.read_refusal().status, 404)


class Console(support.WskitTestCase):
    def open(self, wsd, **options):
        page = Page(f"http://{wsd.api_address}/", **options)
        self.addCleanup(page.stop)
        wait_until(lambda: page.run("document.readyState") == "complete", what="the page")
        return page

    def test_sessions_are_shown_and_their_names_are_only_text(self):
        wsd = self.start_wsd()
        self.keep(wsd.session(urllib.parse.quote(HOSTILE), "&channel=public:news"))
        page = self.open(wsd)

        page.wait_for_text("#state", "ready")
        page.wait_for_text("#sessions", HOSTILE)
        page.wait_for_text("#channel-list", "public:news")
        page.wait_for_text("#node-list", wsd.get("/api/v1/nodes").json()["nodes"][0]["node"])
        page.wait_for_text("#tile-sessions", "1")
        self.assertEqual(page.run("document.querySelectorAll('img').length"), 0)

        self.keep(wsd.session("second"))
        page.wait_for_text("#sessions", "second")
        page.wait_for_text("#tile-sessions", "2")
        page.fill("#filter-user", "second")
        page.click("#filter button")
        wait_until(lambda: HOSTILE not in page.text("#sessions"), what="the filter")

    def test_a_session_is_disconnected_after_a_question(self):
        wsd = self.start_wsd()
        session = self.keep(wsd.session("alice"))
        page = self.open(wsd)
        page.wait_for_text("#sessions", "alice")
        page.run("window.confirm = () => false")
        page.click("#sessions button")
        page.run("window.confirm = () => true")
        self.assertEqual(wsd.metric("wsd_sessions"), 1)
        page.click("#sessions button")
        self.assertEqual(session.read_close(), 4499)

    def test_what_the_form_publishes_reaches_a_client(self):
        wsd = self.start_wsd()
        session = self.keep(wsd.session("alice", "&channel=public:news"))
        page = self.open(wsd)
        for target, name, kind, message in (("all", "", "text", "to everyone 😀"),
                                            ("user", "alice", "text", '"quoted"'),
                                            ("channel", "public:news", "data", '{"b":1,"a":1.0}')):
            page.fill("#target", target)
            page.fill("#target-name", name)
            page.fill("#kind", kind)
            page.fill("#message", message)
            page.click("#publish button")
            self.assertEqual(session.read_text(), message)
            page.wait_for_text("#publish-result", "Published as")
        page.fill("#message", "{")
        page.click("#publish button")
        page.wait_for_text("#publish-result", "not JSON")

    def test_the_test_client_talks_to_the_public_address(self):
        wsd = self.start_wsd("--on-message", "echo")
        page = self.open(wsd)
        page.wait_for_text("#state", "ready")
        page.fill("#token", "tester")
        page.fill("#channels", "public:a public:b")
        page.click("#connect-button")
        page.wait_for_text("#frames", support.GREETING)
        wsd.publish(channel="public:b", text="for b")
        page.wait_for_text("#frames", "for b")
        page.fill("#frame", "echo me")
        page.click("#send-button")
        page.wait_for_text("#frames", "← echo me")
        page.click("#connect-button")
        page.wait_for_text("#frames", "closed: 1000")

    def test_a_key_is_asked_for_and_kept_nowhere(self):
        keys = self.folder() / "keys"
        keys.touch(mode=0o600)
        keys.write_text("secret\n")
        wsd = self.start_wsd("--threads", "1", "--api-key-file", keys)
        page = self.open(wsd)
        wait_until(lambda: not page.run("document.getElementById('key-form').hidden"),
                   what="the question for a key")
        page.fill("#key", "wrong")
        page.click("#key-form button")
        page.wait_for_text("#key-result", "not one of them")
        page.fill("#key", "secret")
        page.click("#key-form button")
        page.wait_for_text("#state", "ready")
        self.assertEqual(page.run("document.getElementById('key-form').hidden"), True)
        self.assertEqual(page.run("localStorage.length + sessionStorage.length + "
                                  "document.cookie.length"), 0)
        self.assertNotIn("secret", page.run("location.href"))

    def test_it_says_when_the_node_is_gone_and_goes_on_when_it_is_back(self):
        wsd = self.start_wsd("--threads", "1")
        page = self.open(wsd)
        page.wait_for_text("#state", "ready")
        address = wsd.api_address
        wsd.stop()
        page.wait_for_text("#state", "node")
        self.start_wsd("--threads", "1", api=address)
        wait_until(lambda: page.text("#state") == "ready", 60, "the page to go on")


if __name__ == "__main__":
    unittest.main()
