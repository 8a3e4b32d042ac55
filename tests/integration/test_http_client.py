"""The HTTP client that posts hooks, against a server that is not ours: Python's http.server."""

import hashlib
import http.server
import os
import pathlib
import ssl
import subprocess
import tempfile
import threading
import unittest

PROGRAM = pathlib.Path(os.environ["WSKIT_BUILD_DIR"]) / "tests/integration/http_post"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what it got, in the form that the path asks for."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.client_address, self.path, dict(self.headers), body))
        answer = hashlib.sha256(body).hexdigest().encode()
        if self.path == "/silent":
            self.server.released.wait(20)
            self.close_connection = True
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/length")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(201)
        if self.path == "/length":
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        elif self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (answer[:1], answer[1:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        elif self.path == "/until-end":
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer)
        elif self.path == "/huge":
            self.send_header("Content-Length", str(1 << 20))
            self.end_headers()
            self.wfile.write(b"x" * (1 << 20))

    def log_message(self, *_):
        pass


class OldHandler(Handler):
    protocol_version = "HTTP/1.0"


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler=Handler, tls=None):
        super().__init__(("127.0.0.1", 0), handler)
        self.seen = []
        self.released = threading.Event()
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()

    def handle_error(self, *_):
        """A client that goes away, or does not trust us, is part of the test."""

    def url(self, path, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.server_port}{path}"

    def close(self):
        self.released.set()
        self.shutdown()
        self.server_close()
        self.thread.join()


def post(url, *bodies, ca="", timeout_ms=10_000):
    done = subprocess.run([PROGRAM, url, ca, str(timeout_ms), *bodies], check=True, text=True,
                          capture_output=True, timeout=60,
                          env=os.environ | {"http_proxy": "http://127.0.0.1:1",
                                            "https_proxy": "http://127.0.0.1:1"})
    results = [line.split("\t") for line in done.stdout.splitlines()]
    return [(int(status), problem, int(size), body) for status, problem, size, body in results]


def digest(body):
    return hashlib.sha256(body.encode()).hexdigest()


class HttpClient(unittest.TestCase):
    def server(self, **options):
        server = Server(**options)
        self.addCleanup(server.close)
        return server

    def certificate(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        certificate, key = f"{folder.name}/cert.pem", f"{folder.name}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"],
            check=True, capture_output=True, timeout=30)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        return tls, certificate

    def assert_all_ways(self, server, host, **options):
        for path in ("/length", "/chunked", "/until-end"):
            with self.subTest(path=path):
                answers = post(server.url(path, host), "one", "two", "ü" * 50_000, **options)
                self.assertEqual(
                    [(answer[0], answer[1], answer[3]) for answer in answers],
                    [(201, "", digest(body)) for body in ("one", "two", "ü" * 50_000)])

    def test_each_way_to_end_a_body(self):
        self.assert_all_ways(self.server(), "localhost")

    def test_each_way_to_end_a_body_over_tls(self):
        tls, certificate = self.certificate()
        self.assert_all_ways(self.server(tls=tls), "localhost", ca=certificate)

    def test_http_1_0(self):
        server = self.server(handler=OldHandler)
        for path in ("/length", "/until-end"):
            with self.subTest(path=path):
                answers = post(server.url(path), "one", "two")
                self.assertEqual([answer[3] for answer in answers], [digest("one"), digest("two")])

    def test_connections_are_kept(self):
        tls, certificate = self.certificate()
        for server, host, ca in ((self.server(), "127.0.0.1", ""),
                                 (self.server(tls=tls), "localhost", certificate)):
            for path in ("/length", "/chunked"):
                with self.subTest(scheme=server.scheme, path=path):
                    server.seen.clear()
                    post(server.url(path, host), *"abcd", ca=ca)
                    self.assertEqual([entry[3] for entry in server.seen], [b"a", b"b", b"c", b"d"])
                    self.assertEqual(len({entry[0] for entry in server.seen}), 1)

    def test_headers(self):
        server = self.server()
        post(server.url("/length").replace("://", "://user:pass@"), "x")
        (_, path, headers, _), = server.seen
        self.assertEqual(path, "/length")
        self.assertEqual(headers, {"Host": f"127.0.0.1:{server.server_port}", "Content-Length": "1",
                                   "Authorization": "Basic dXNlcjpwYXNz",
                                   "Content-Type": "text/plain"})

    def test_a_redirect_is_an_answer(self):
        server = self.server()
        self.assertEqual(post(server.url("/moved"), "x")[0][0], 302)
        self.assertEqual([entry[1] for entry in server.seen], ["/moved"])

    def test_a_huge_answer_is_cut(self):
        server = self.server()
        self.assertEqual([answer[:3] for answer in post(server.url("/huge"), "x", "y")],
                         [(201, "", 65536)] * 2)

    def test_silence_is_given_up(self):
        server = self.server()
        (status, problem, _, _), = post(server.url("/silent"), "x", timeout_ms=200)
        self.assertEqual((status, problem),
                         (0, f"no answer from 127.0.0.1:{server.server_port} within 0.2 s"))

    def test_certificates_and_host_names_are_checked(self):
        tls, certificate = self.certificate()
        server = self.server(tls=tls)
        for host, ca, problem in (("localhost", "", "certificate"),
                                  ("127.0.0.1", certificate, "certificate"),
                                  ("localhost", certificate, "")):
            with self.subTest(host=host, ca=ca):
                (status, told, _, _), = post(server.url("/length", host), "x", ca=ca)
                self.assertEqual(status, 0 if problem else 201)
                self.assertIn(problem, told)
        self.assertEqual(len(server.seen), 1)

    def test_tls_to_a_plain_server_and_the_other_way_round(self):
        tls, certificate = self.certificate()
        plain, secure = self.server(), self.server(tls=tls)
        for url in (plain.url("/length").replace("http:", "https:"),
                    secure.url("/length", "localhost").replace("https:", "http:")):
            with self.subTest(url=url):
                (status, problem, _, _), = post(url, "x", ca=certificate)
                self.assertEqual(status, 0)
                self.assertNotEqual(problem, "")


if __name__ == "__main__":
    unittest.main()
