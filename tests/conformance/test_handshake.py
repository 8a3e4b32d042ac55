"""The opening handshake: RFC 6455 section 4.2, byte for byte, over TCP and over TLS."""

import concurrent.futures
import contextlib
import ssl
import threading
import unittest

import support
from raw_peer import (CLOSE, PING, PONG, SAMPLE_ACCEPT, TEXT, Frame, RawPeer, client_frame,
                      close_code, close_frame, parse_http_answer, upgrade_request)

EVIL_ORIGINS = [
    b"https://good.example.evil.com", b"https://evilgood.example", b"http://good.example",
    b"https://good.example:8443", b"https://good.example.", b"null", b"", b"good.example",
    b"https://good.example/", b"https://good.example@evil.com", b"https://user@good.example",
    b"https://sub.good.example", b"https://good.example, https://evil.com",
    b"https://good.example https://evil.com", b"https://good.exampl", b"https://", b"*",
    b"https://*", b"https://\xff.example", b"file://", b"https://localhost.evil.com",
    b"https://wild.example", b"https://evilwild.example", b"https://.wild.example",
    b"http://a.wild.example", b"https://a.wild.example:8443", b"https://a.wild.example.evil.com",
    b"https://a.wild.example.", b"https://*.wild.example",
]
GOOD_ORIGINS = [
    b"https://good.example", b"HTTPS://Good.Example", b"https://good.example:443",
    b"http://plain.example:8080", b"https://a.wild.example", b"https://a.b.wild.example",
]

GET = b"GET /dispatchWebsocket?token=alice HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"
END = b"\r\n"
REST = HOST + UPGRADE + KEY + VERSION + END


def with_key(key):
    return GET + HOST + UPGRADE + b"Sec-WebSocket-Key: " + key + b"\r\n" + VERSION + END


def with_version(*versions):
    lines = b"".join(b"Sec-WebSocket-Version: " + version + b"\r\n" for version in versions)
    return GET + HOST + UPGRADE + KEY + lines + END


def with_headers(*lines):
    return GET + HOST + UPGRADE + KEY + VERSION + b"".join(line + b"\r\n" for line in lines) + END


VERSION_13 = {"sec-websocket-version": "13"}

# What is sent, the status that answers it, and headers the answer must have.
REFUSED = {
    "POST": (b"POST /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 405, {"allow": "GET"}),
    "POST with a body": (
        b"POST /dispatchWebsocket?token=alice HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: 5\r\n\r\nhello", 405, {"allow": "GET"}),
    "HEAD": (b"HEAD /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 405, {"allow": "GET"}),
    "OPTIONS": (b"OPTIONS /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 405,
                {"allow": "GET"}),
    "TRACE": (b"TRACE /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 405, {"allow": "GET"}),
    "CONNECT": (b"CONNECT /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 405,
                {"allow": "GET"}),
    "get in lower case": (b"get /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 405,
                          {"allow": "GET"}),
    "HTTP/1.0": (b"GET /dispatchWebsocket?token=alice HTTP/1.0\r\n" + REST, 400, {}),
    "HTTP/0.9": (b"GET /dispatchWebsocket?token=alice\r\n\r\n", 400, {}),
    "HTTP/2.0": (b"GET /dispatchWebsocket?token=alice HTTP/2.0\r\n" + REST, 400, {}),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, {}),
    "http/1.1 in lower case": (b"GET /dispatchWebsocket?token=alice http/1.1\r\n" + REST, 400, {}),
    "two spaces in the request line": (
        b"GET  /dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 400, {}),
    "a space in the target": (b"GET /dispatch Websocket?token=alice HTTP/1.1\r\n" + REST, 400, {}),
    "no target": (b"GET HTTP/1.1\r\n" + REST, 400, {}),
    "a control byte in the target": (
        b"GET /dispatchWebsocket?token=al\x01ice HTTP/1.1\r\n" + REST, 400, {}),
    "no key": (GET + HOST + UPGRADE + VERSION + END, 400, {}),
    "two keys": (GET + HOST + UPGRADE + KEY + KEY + VERSION + END, 400, {}),
    "an empty key": (with_key(b""), 400, {}),
    "a key of 15 bytes": (with_key(b"MTIzNDU2Nzg5MDEyMzQ1"), 400, {}),
    "a key of 17 bytes": (with_key(b"MTIzNDU2Nzg5MDEyMzQ1Njc="), 400, {}),
    "a key without padding": (with_key(b"dGhlIHNhbXBsZSBub25jZQ"), 400, {}),
    "a key that is not base64": (with_key(b"dGhlIHNhbXBs!SBub25jZQ=="), 400, {}),
    "a key in base64url": (with_key(b"dGhlIHNhbXBs_SBub25jZQ=="), 400, {}),
    "no Host": (GET + UPGRADE + KEY + VERSION + END, 400, {}),
    "two Hosts": (GET + HOST + HOST + UPGRADE + KEY + VERSION + END, 400, {}),
    "bare LF throughout": ((GET + REST).replace(b"\r\n", b"\n"), 400, {}),
    "one bare LF": (GET + HOST + b"X-A: b\n" + UPGRADE + KEY + VERSION + END, 400, {}),
    "a bare CR in a value": (with_headers(b"X-A: b\rc"), 400, {}),
    "obs-fold": (with_headers(b"X-A: b", b" c"), 400, {}),
    "obs-fold with a tab": (with_headers(b"X-A: b", b"\tc"), 400, {}),
    "a space before the first header": (GET + b" X-A: b\r\n" + REST, 400, {}),
    "a space before the colon": (with_headers(b"X-A : b"), 400, {}),
    "a header without a colon": (with_headers(b"X-A"), 400, {}),
    "a header without a name": (with_headers(b": b"), 400, {}),
    "NUL in a value": (with_headers(b"X-A: b\x00c"), 400, {}),
    "version 8": (with_version(b"8"), 426, VERSION_13),
    "version 14": (with_version(b"14"), 426, VERSION_13),
    "version 013": (with_version(b"013"), 426, VERSION_13),
    "an empty version": (with_version(b""), 426, VERSION_13),
    "no version": (with_version(), 426, VERSION_13),
    "a list of versions": (with_version(b"13, 8"), 426, VERSION_13),
    "no Upgrade": (GET + HOST + b"Connection: close\r\n\r\n", 426, {"upgrade": "websocket"}),
    "Upgrade to h2c": (GET + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 426,
                       {"upgrade": "websocket"}),
    "Upgrade to websockets": (
        GET + HOST + b"Connection: Upgrade\r\nUpgrade: websockets\r\n" + KEY + VERSION + END, 426,
        {"upgrade": "websocket"}),
    "Connection without Upgrade": (
        GET + HOST + b"Connection: keep-alive\r\nUpgrade: websocket\r\n" + KEY + VERSION + END,
        400, {}),
    "an unknown path": (b"GET /nowhere?token=alice HTTP/1.1\r\n" + REST, 404, {}),
    "the root": (b"GET / HTTP/1.1\r\n" + REST, 404, {}),
    "a path below": (b"GET /dispatchWebsocket/x?token=alice HTTP/1.1\r\n" + REST, 404, {}),
    "a path in another case": (b"GET /dispatchwebsocket?token=alice HTTP/1.1\r\n" + REST, 404, {}),
    "a path that climbs": (
        b"GET /x/../dispatchWebsocket?token=alice HTTP/1.1\r\n" + REST, 404, {}),
    "/metrics": (b"GET /metrics HTTP/1.1\r\n" + HOST + END, 404, {}),
    "/health/live": (b"GET /health/live HTTP/1.1\r\n" + HOST + END, 404, {}),
    "/health/ready": (b"GET /health/ready HTTP/1.1\r\n" + HOST + END, 404, {}),
    "/api/v1/publish": (b"GET /api/v1/publish HTTP/1.1\r\n" + HOST + END, 404, {}),
    "/metrics as an upgrade": (b"GET /metrics?token=alice HTTP/1.1\r\n" + REST, 404, {}),
    "only unknown subprotocols": (
        with_headers(b"Sec-WebSocket-Protocol: mqtt, graphql-ws"), 400, {}),
    "a malformed subprotocol list": (with_headers(b"Sec-WebSocket-Protocol: a b"), 400, {}),
    "a request line over 8 KiB": (
        b"GET /dispatchWebsocket?token=alice&x=" + b"a" * 8200 + b" HTTP/1.1\r\n" + REST, 414, {}),
    "a request line without end": (b"GET /" + b"a" * 9000, 414, {}),
    "headers over 16 KiB": (
        with_headers(*(b"X-%d: " % n + b"a" * 900 for n in range(20))), 431, {}),
    "one header over 16 KiB": (with_headers(b"X-A: " + b"a" * 17000), 431, {}),
    "a header without end": (GET + HOST + b"X-A: " + b"a" * 17000, 431, {}),
    "101 header lines": (with_headers(*(b"X-%d: a" % n for n in range(96))), 431, {}),
    "two Origins": (with_headers(b"Origin: https://good.example",
                                 b"Origin: https://good.example"), 403, {}),
    "two Origins, the second evil": (with_headers(b"Origin: https://good.example",
                                                  b"Origin: https://evil.com"), 403, {}),
    "a bad channel": (b"GET /dispatchWebsocket?token=alice&channel=%2A HTTP/1.1\r\n" + REST,
                      400, {}),
    "an empty channel": (b"GET /dispatchWebsocket?token=alice&channel= HTTP/1.1\r\n" + REST,
                         400, {}),
    "the channel of a user": (
        b"GET /dispatchWebsocket?token=alice&channel=@bob HTTP/1.1\r\n" + REST, 400, {}),
    "one bad channel among good ones": (
        b"GET /dispatchWebsocket?token=alice&channel=a&channel=b%20c HTTP/1.1\r\n" + REST, 400, {}),
    "a channel of 201 bytes": (
        b"GET /dispatchWebsocket?token=alice&channel=" + b"c" * 201 + b" HTTP/1.1\r\n" + REST,
        400, {}),
    **{f"the origin {origin!r}": (with_headers(b"Origin: " + origin), 403, {})
       for origin in EVIL_ORIGINS},
}

MISSING_TOKENS = [b"", b"?", b"?token", b"?token=", b"?Token=alice", b"?x=1", b"?xtoken=alice",
                  b"?channel=news"]
MALFORMED_TOKENS = [
    b"%FF", b"s3cret%FE", b"%C0%AF", b"%ED%A0%80", b"%E4%BD", b"s3cret%00", b"s3cret%0A",
    b"s3cret%0d%0aX:y", b"s3cret%7F", b"s3cret%1B%5B31m", b"s3cret%C2%85",
    b"s3cret" + b"a" * 123, b"s3cret" + b"%E4%BD%A0" * 41,
]

ACCEPTED = {
    "the example of RFC 6455": (
        b"GET /dispatchWebsocket?token=alice HTTP/1.1\r\nHost: server.example.com\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
    "names in lower case": (
        b"GET /dispatchWebsocket?token=alice HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n"
        b"connection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"sec-websocket-version: 13\r\n\r\n"),
    "names and values in upper case": (
        b"GET /dispatchWebsocket?token=alice HTTP/1.1\r\nHOST: LOCALHOST\r\nUPGRADE: WEBSOCKET\r\n"
        b"CONNECTION: UPGRADE\r\nSEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"SEC-WEBSOCKET-VERSION: 13\r\n\r\n"),
    "Connection: keep-alive, Upgrade": (
        GET + HOST + b"Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        + KEY + VERSION + END),
    "two Connection lines": (
        GET + HOST + b"Upgrade: websocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n"
        + KEY + VERSION + END),
    "no spaces after colons": (
        GET + b"Host:localhost\r\nUpgrade:websocket\r\nConnection:Upgrade\r\n"
        b"Sec-WebSocket-Key:dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version:13\r\n\r\n"),
    "spaces and tabs around values": (
        GET + HOST + b"Upgrade: \t websocket \t\r\nConnection: Upgrade\r\n" + KEY + VERSION + END),
    "an extension that is not supported": (
        with_headers(b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")),
    "a header whose name is a prefix of Host": with_headers(b"Ho: x", b"Sec-WebSocket: y"),
    "99 header lines": with_headers(*(b"X-%d: a" % n for n in range(94))),
    "headers of 15 KiB": with_headers(b"X-A: " + b"a" * 15000),
    "a request line of 8,000 bytes": (
        b"GET /dispatchWebsocket?token=alice&x=" + b"a" * 7950 + b" HTTP/1.1\r\n" + REST),
    "a token of 128 bytes": (
        b"GET /dispatchWebsocket?token=" + b"a" * 128 + b" HTTP/1.1\r\n" + REST),
    "a token beyond ASCII": (
        b"GET /dispatchWebsocket?token=%E4%BD%A0%E5%A5%BD HTTP/1.1\r\n" + REST),
    "a token of metacharacters": (
        b"GET /dispatchWebsocket?token=a*%5B%5D%3F%5C%22%3C HTTP/1.1\r\n" + REST),
    "channels": (
        b"GET /dispatchWebsocket?token=alice&channel=a&channel=B_.:/-9 HTTP/1.1\r\n" + REST),
    "a channel of 200 bytes": (
        b"GET /dispatchWebsocket?token=alice&channel=" + b"c" * 200 + b" HTTP/1.1\r\n" + REST),
    **{f"the origin {origin!r}": with_headers(b"Origin: " + origin) for origin in GOOD_ORIGINS},
}

ORIGIN_OPTIONS = ["--origin", "https://good.example", "--origin", "http://plain.example:8080",
                  "--origin", "https://*.wild.example"]
HELLO = client_frame(TEXT, "hello".encode())


class HandshakeRows:
    """The tables; subclasses say over what."""

    certificates = staticmethod(lambda: None)

    @classmethod
    def setUpClass(cls):
        cls.wsd = cls.share_wsd("--threads", "2", "--on-message", "echo", "--log-level", "debug",
                                *ORIGIN_OPTIONS, certificates=cls.certificates())

    def test_refused(self):
        """S1, S5: a complete answer with the right status, and a clean end."""
        for name, (sent, status, headers) in REFUSED.items():
            with self.subTest(name), self.wsd.connect() as peer:
                peer.send(sent)

                if sent.startswith(b"HEAD"):
                    answer = self.read_answer_to_head(peer)
                else:
                    answer = peer.read_refusal()

                self.assertEqual(answer.status, status, answer)
                self.assertEqual(answer.header("connection"), "close")
                for header, value in headers.items():
                    self.assertEqual(answer.header(header), value, answer)

    def read_answer_to_head(self, peer):
        """Its Content-Length may count a body that is not sent (RFC 9110 section 9.3.2)."""
        data = peer.read_to_end()
        head = data.partition(b"\r\n\r\n")[0]
        return parse_http_answer(head.replace(b"Content-Length", b"X-Length")
                                 + b"\r\nContent-Length: 0\r\n\r\n")[0]

    def test_tokens(self):
        """S2: the same 401 whatever is wrong with the token; S3: it is written down nowhere."""
        bodies = set()
        before = self.wsd.metrics()
        rows = MISSING_TOKENS + [b"?token=" + token for token in MALFORMED_TOKENS]
        for query in rows:
            with self.subTest(query), self.wsd.connect() as peer:
                peer.send(b"GET /dispatchWebsocket" + query + b" HTTP/1.1\r\n" + REST)

                answer = peer.read_refusal()

                self.assertEqual(answer.status, 401, answer)
                self.assertEqual(answer.header("www-authenticate"), "Bearer")
                bodies.add(answer.body)
        self.assertEqual(len(bodies), 1, bodies)
        self.assertNotIn("s3cret", self.wsd.log())
        after = self.wsd.metrics()
        for result, count in (("token_missing", len(MISSING_TOKENS)),
                              ("token_malformed", len(MALFORMED_TOKENS))):
            key = ("wsd_handshakes_total", (("result", result),))
            with self.subTest(result):
                self.assertEqual(after.get(key, 0) - before.get(key, 0), count)

    def test_accepted(self):
        for name, sent in ACCEPTED.items():
            with self.subTest(name), self.wsd.connect() as peer:
                peer.send(sent)

                answer = peer.read_http_answer()

                self.assertEqual(answer.status, 101, answer)
                self.assertEqual(answer.header("sec-websocket-accept"), SAMPLE_ACCEPT)
                self.assertEqual(answer.header("upgrade").lower(), "websocket")
                self.assertEqual(answer.header("connection").lower(), "upgrade")
                self.assertIsNone(answer.header("sec-websocket-protocol"))
                self.assertIsNone(answer.header("sec-websocket-extensions"))
                self.assertIsNone(answer.header("content-length"))
                self.assertEqual(peer.read_text(), support.GREETING)
                peer.close()

    def test_subprotocols(self):
        for offered in ("wskit.v1.plain", "mqtt, wskit.v1.plain", "wskit.v1.plain, bearer.abc"):
            with self.subTest(offered), self.wsd.connect() as peer:
                answer = peer.upgrade(headers=[f"Sec-WebSocket-Protocol: {offered}"])

                self.assertEqual(answer.header("sec-websocket-protocol"), "wskit.v1.plain")
                self.assertEqual(peer.read_text(), support.GREETING)
                peer.close()

    def test_frames_glued_to_the_request_are_handled(self):
        with self.wsd.connect() as peer:
            peer.send(upgrade_request() + HELLO + client_frame(PING, b"p"))

            self.assertEqual(peer.read_http_answer().status, 101)
            self.assertEqual(peer.read_text(), support.GREETING)
            self.assertEqual(peer.read_text(), "hello")
            self.assertEqual(peer.read_frame(), Frame(PONG, b"p"))
            peer.close()

    def test_a_close_glued_to_the_request_is_answered(self):
        with self.wsd.connect() as peer:
            peer.send(upgrade_request() + close_frame(1000))

            self.assertEqual(peer.read_http_answer().status, 101)
            while (frame := peer.read_frame()).opcode == TEXT:
                self.assertEqual(frame.payload.decode(), support.GREETING)
            self.assertEqual((frame.opcode, close_code(frame)), (CLOSE, 1000))
            self.assertEqual(peer.read_to_end(), b"")

    def test_a_frame_cut_behind_the_request_is_put_together(self):
        with self.wsd.connect() as peer:
            peer.send(upgrade_request() + HELLO[:3])
            self.assertEqual(peer.read_http_answer().status, 101)
            self.assertEqual(peer.read_text(), support.GREETING)

            peer.send(HELLO[3:])

            self.assertEqual(peer.read_text(), "hello")

    def test_a_request_in_single_bytes_works(self):
        with self.wsd.connect() as peer:
            for byte in upgrade_request() + HELLO:
                peer.send(bytes([byte]))

            self.assertEqual(peer.read_http_answer().status, 101)
            self.assertEqual(peer.read_text(), support.GREETING)
            self.assertEqual(peer.read_text(), "hello")

    def test_a_refused_request_is_not_followed_by_another(self):
        with self.wsd.connect() as peer:
            peer.send(b"GET /nowhere HTTP/1.1\r\n" + REST + GET + REST)

            self.assertEqual(peer.read_refusal().status, 404)

    def test_every_handshake_is_counted_once(self):
        before = self.wsd.metric("wsd_handshakes_total")
        ok_before = self.wsd.metric("wsd_handshakes_total", result="ok")
        for sent in (GET + REST, b"GET /nowhere HTTP/1.1\r\n" + REST, GET + HOST + END,
                     b"GET /dispatchWebsocket HTTP/1.1\r\n" + REST,
                     with_headers(b"Origin: https://evil.com")):
            with self.wsd.connect() as peer:
                peer.send(sent)
                peer.read_http_answer()

        self.assertEqual(self.wsd.metric("wsd_handshakes_total") - before, 5)
        self.assertEqual(self.wsd.metric("wsd_handshakes_total", result="ok") - ok_before, 1)

    def test_an_evil_origin_is_counted(self):
        before = self.wsd.metric("wsd_handshakes_total", result="origin")
        with self.wsd.connect() as peer:
            peer.send(with_headers(b"Origin: https://evil.com"))
            peer.read_refusal()

        self.assertEqual(self.wsd.metric("wsd_handshakes_total", result="origin") - before, 1)


class PlainHandshake(HandshakeRows, support.WskitTestCase):
    pass


class TlsHandshake(HandshakeRows, support.WskitTestCase):
    certificates = staticmethod(support.certificates)


class DefaultOrigins(support.WskitTestCase):
    """Without --origin: the host that was asked for, localhost and 127.0.0.1."""

    @classmethod
    def setUpClass(cls):
        cls.wsd = cls.share_wsd("--threads", "1")
        cls.any_origin = cls.share_wsd("--threads", "1", "--origin", "*")

    def status(self, wsd, host, origin):
        with wsd.connect() as peer:
            peer.send(upgrade_request(headers=[f"Origin: {origin}"], host=host))
            return peer.read_http_answer().status

    def test_own_host_and_loopback_pass(self):
        for host, origin in (("push.example", "http://push.example"),
                             ("push.example:8080", "http://push.example:8080"),
                             ("push.example", "http://localhost:3000"),
                             ("push.example", "http://127.0.0.1:3000")):
            with self.subTest(host=host, origin=origin):
                self.assertEqual(self.status(self.wsd, host, origin), 101)

    def test_others_are_refused(self):
        for host, origin in (("push.example", "http://evil.example"), ("push.example", "null"),
                             ("push.example", "http://push.example:8080"),
                             ("push.example:8080", "http://push.example"),
                             ("push.example", "http://push.example.evil.com"),
                             ("push.example", "http://localhost.evil.com"),
                             ("push.example", "http://127.0.0.1.evil.com"),
                             ("push.example", "http://127.0.0.10")):
            with self.subTest(host=host, origin=origin):
                self.assertEqual(self.status(self.wsd, host, origin), 403)

    def test_a_written_star_lets_every_origin_pass(self):
        for origin in ("https://evil.example", "http://localhost"):
            with self.subTest(origin):
                self.assertEqual(self.status(self.any_origin, "push.example", origin), 101)

    def test_two_origins_are_refused_even_then(self):
        with self.any_origin.connect() as peer:
            peer.send(with_headers(b"Origin: https://a.example", b"Origin: https://b.example"))

            self.assertEqual(peer.read_refusal().status, 403)


def drip(peer, data):
    """Sends a byte every 0.3 s until the other side says something or ends."""
    for byte in data:
        peer.send(bytes([byte]))
        if peer.hears_within(0.3):
            return


class UnfinishedHandshake(support.WskitTestCase):
    """S5: 408 or the end of the connection after 10 s, however slowly bytes come."""

    DEADLINE_S = 14

    def test_it_ends(self):
        plain = self.start_wsd("--threads", "2")
        secure = self.start_wsd("--threads", "2", certificates=support.certificates())
        hello = self.client_hello()
        cases = {
            "silent": (plain, None, b""),
            "half a request": (plain, None, GET + HOST),
            "dripped": (plain, None, None),
            "TLS: silent before its handshake": (secure, None, b""),
            "TLS: half a ClientHello": (secure, None, hello[:100]),
            "TLS: a dripped ClientHello": (secure, hello, None),
            "TLS: silent after its handshake": (secure, "tls", b""),
            "TLS: half a request": (secure, "tls", GET + HOST),
            "TLS: a dripped request": (secure, "tls", None),
        }
        started = threading.Barrier(len(cases))
        with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
            futures = {name: pool.submit(self.outlast, started, *case)
                       for name, case in cases.items()}
        for name, future in futures.items():
            with self.subTest(name):
                future.result()
        for wsd in (plain, secure):
            self.assertEqual(wsd.metric("wsd_sessions"), 0)
            self.assertEqual(wsd.get("/health/live").status, 200)

    @staticmethod
    def client_hello():
        outgoing = ssl.MemoryBIO()
        tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing,
                                                    server_hostname="localhost")
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return outgoing.read()

    def outlast(self, started, wsd, mode, data):
        tls = wsd.client_tls if mode == "tls" else None
        dripped = mode if isinstance(mode, bytes) else GET + HOST + b"X-A: " + b"a" * 100
        started.wait()
        with RawPeer(wsd.address, tls, deadline_s=self.DEADLINE_S) as peer:
            if mode is dripped:
                # A byte that meets the end of a TLS handshake is answered by a reset, as anywhere.
                with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                    drip(peer, dripped)
                    peer.read_to_end()
                return
            if data is None:
                drip(peer, dripped)
            elif data:
                peer.send(data)
            said = peer.read_to_end()  # raises when the deadline passes, or at a reset
        if said and (wsd.client_tls is None or tls):
            answer, rest = parse_http_answer(said)
            if answer.status != 408 or rest:
                raise AssertionError(f"not a 408: {said!r}")


if __name__ == "__main__":
    unittest.main()
