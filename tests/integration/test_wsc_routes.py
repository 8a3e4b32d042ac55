"""How wsc gets to a server: proxies, addresses, redirects, TLS; and what it says when it cannot."""

import http
import os
import pathlib
import socket
import ssl
import subprocess
import threading
import unittest

import proxies
from wsc_support import (DEADLINE_S, WscTest, make_certificate, read_head, refuse_with, server_tls,
                         wait_until)


async def tell_request(server, websocket):
    """Answers with the head that came."""
    headers = websocket.request_headers
    server.seen.put((websocket.path, headers))
    await websocket.send("hello")
    await websocket.wait_closed()


def without_proxies():
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    return {name: value for name, value in os.environ.items() if name.lower() not in names}


class RouteTest(WscTest):
    def keep(self, process):
        self.addCleanup(process.stop)
        return process

    def run_wsc(self, *arguments, env=None, **options):
        return super().run_wsc(*arguments, env={**without_proxies(), **(env or {})}, **options)

    def check_hello(self, *arguments, env=None):
        result = self.run_wsc("-n1", *arguments, env=env)
        self.check_end(result, 0)
        self.assertEqual(result.stdout, b"hello\n")
        return result


class Proxies(RouteTest):
    def test_an_http_proxy_is_asked_to_connect(self):
        server = self.serve(tell_request)
        proxy = self.keep(proxies.HttpProxy())

        self.check_hello("--proxy", f"http://127.0.0.1:{proxy.port}", server.url)

        wait_until(lambda: f"CONNECT 127.0.0.1:{server.port}" in proxy.log(), "the request's line")

    def test_an_http_proxy_with_a_password(self):
        server = self.serve(tell_request)
        proxy = self.keep(proxies.HttpProxy("me", "s3cret"))

        self.check_hello("--proxy", f"http://me:s3cret@127.0.0.1:{proxy.port}", server.url)
        refused = self.run_wsc("-v", "--proxy", f"http://me:wr0ng@127.0.0.1:{proxy.port}",
                               server.url)

        self.check_end(refused, 7, "the proxy refused: 40")
        self.assertNotIn(b"wr0ng", refused.stderr)

    def test_a_proxy_that_is_spoken_to_by_tls(self):
        proxy = self.keep(proxies.HttpProxy())
        certificate, key = make_certificate(self.folder, "IP:127.0.0.1")
        port = self.serve_tls_in_front_of(proxy.port, certificate, key)
        server = self.serve(tell_request)
        encrypted = self.serve(tell_request, ssl=server_tls(certificate, key))

        for url in (server.url, f"wss://127.0.0.1:{encrypted.port}/"):
            with self.subTest(url):
                self.check_hello("--cacert", certificate, "--proxy", f"https://127.0.0.1:{port}",
                                 url)
        rejected = self.run_wsc("--proxy", f"https://127.0.0.1:{port}", server.url)
        self.check_end(rejected, 60, f"the certificate of the proxy 127.0.0.1:{port} is not")

    def test_a_proxy_that_does_not_speak_tls(self):
        def talk(server, connection):
            connection.recv(1)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        proxy = self.serve_raw(talk)

        result = self.run_wsc("--proxy", f"https://127.0.0.1:{proxy.port}", "wss://127.0.0.1:1/")

        self.check_end(result, 35, f"TLS with the proxy 127.0.0.1:{proxy.port} failed")
        self.assertIn("http:// for the proxy", result.stderr.decode())

    def serve_tls_in_front_of(self, port, certificate, key):
        """A server of TLS that hands on what it decrypts; gives its port."""
        context = server_tls(certificate, key)
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def pump(source, target):
            try:
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                    inner = context.wrap_socket(connection, server_side=True)
                except ssl.SSLError:
                    continue
                except OSError:
                    return
                outer = socket.create_connection(("127.0.0.1", port))
                for pair in ((inner, outer), (outer, inner)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def test_socks_with_names_looked_up_here_and_there(self):
        server = self.serve(tell_request)
        proxy = self.keep(proxies.SocksProxy())

        for scheme in ("socks5", "socks5h"):
            with self.subTest(scheme):
                self.check_hello("--proxy", f"{scheme}://127.0.0.1:{proxy.port}",
                                 f"ws://localhost:{server.port}/")

    def test_a_name_that_only_the_proxy_cannot_find(self):
        proxy = self.keep(proxies.SocksProxy())
        url = "ws://nowhere.invalid/"

        here = self.run_wsc("--proxy", f"socks5://127.0.0.1:{proxy.port}", url)
        there = self.run_wsc("--proxy", f"socks5h://127.0.0.1:{proxy.port}", url)

        self.check_end(here, 6, "cannot resolve nowhere.invalid")
        self.check_end(there, 7, "the proxy refused")

    def test_socks_with_a_password(self):
        server = self.serve(tell_request)
        proxy = self.keep(proxies.SocksProxy("me", "s3cret"))

        self.check_hello("--proxy", f"socks5://me:s3cret@127.0.0.1:{proxy.port}", server.url)
        wrong = self.run_wsc("--proxy", f"socks5://me:wr0ng@127.0.0.1:{proxy.port}", server.url)
        none = self.run_wsc("--proxy", f"socks5://127.0.0.1:{proxy.port}", server.url)

        self.check_end(wrong, 7, "the proxy refused the user or password")
        self.check_end(none, 7, "the proxy wants another authentication")
        self.assertNotIn(b"wr0ng", wrong.stderr)

    def test_proxies_of_the_environment(self):
        server = self.serve(tell_request)
        proxy = f"http://127.0.0.1:{self.keep(proxies.SocksProxy()).port}"
        dead = f"http://127.0.0.1:{proxies.free_port()}"

        for name in ("http_proxy", "all_proxy", "ALL_PROXY"):
            self.check_end(self.run_wsc(server.url, env={name: dead}), 7, "the proxy 127.0.0.1")
        # Web servers make this one of a request's header.
        self.check_hello(server.url, env={"HTTP_PROXY": dead})
        self.check_hello(server.url, env={"http_proxy": dead, "no_proxy": "x.test,127.0.0.1"})
        self.check_hello("--noproxy", "*", server.url, env={"http_proxy": dead})
        self.check_end(self.run_wsc("--noproxy", "", server.url,
                                    env={"http_proxy": dead, "no_proxy": "*"}), 7, "the proxy")
        self.check_end(self.run_wsc(server.url, env={"http_proxy": proxy}), 7, "the proxy")

    def test_a_proxy_that_is_not_there_or_malformed(self):
        url = "ws://127.0.0.1/"

        self.check_end(self.run_wsc("--proxy", "http://nowhere.invalid", url), 5,
                       "cannot resolve the proxy nowhere.invalid")
        self.check_end(self.run_wsc("--proxy", "gopher://u:s3cret@h", url), 2, "proxy's URL")
        self.check_end(self.run_wsc("--proxy", "http://h/path", url), 2, "proxy's URL")

    def test_a_proxy_that_talks_nonsense(self):
        nonsense = self.serve_raw(refuse_with("what?\r\n\r\n"))
        silent = self.serve_raw(lambda server, connection: read_head(connection))

        self.check_end(self.run_wsc("--proxy", f"http://127.0.0.1:{nonsense.port}", "ws://h/"), 7,
                       "the proxy does not speak HTTP")
        self.check_end(self.run_wsc("--proxy", f"http://127.0.0.1:{silent.port}", "ws://h/"), 7,
                       "the proxy ended the connection")

    def test_what_a_proxy_says_cannot_drive_the_terminal(self):
        rude = self.serve_raw(refuse_with("HTTP/1.1 403 \u0080\x9b31mno\r\n\r\n"))

        result = self.run_wsc("--proxy", f"http://127.0.0.1:{rude.port}", "ws://h/")

        self.check_end(result, 7, "the proxy refused: 403")
        self.assertNotIn("\x9b", result.stderr.decode())


class Addresses(RouteTest):
    def test_resolve_and_connect_to_lead_elsewhere(self):
        server = self.serve(tell_request)

        self.check_hello("--resolve", f"example.test:{server.port}:127.0.0.1",
                         f"ws://example.test:{server.port}/")
        self.assertEqual(server.see()[1]["Host"], f"example.test:{server.port}")
        self.check_hello("--connect-to", f"example.test:80:127.0.0.1:{server.port}",
                         "ws://example.test/")
        self.assertEqual(server.see()[1]["Host"], "example.test")
        self.check_hello("--connect-to", f"::127.0.0.1:{server.port}", "ws://any.test/")

    def test_the_first_address_that_answers_is_taken(self):
        server = self.serve(tell_request)

        self.check_hello("--resolve", f"example.test:{server.port}:[::1],127.0.0.1",
                         f"ws://example.test:{server.port}/")

    def test_malformed_entries_are_told(self):
        for option, value in (("--resolve", "h:80"), ("--resolve", "h:x:1.2.3.4"),
                              ("--resolve", "h:80:name"), ("--connect-to", "a:b"),
                              ("--connect-to", "a:80:b:x")):
            with self.subTest(value):
                self.check_end(self.run_wsc(option, value, "ws://h/"), 2, f"'{value}' is not")

    def test_one_family_only(self):
        server = self.serve(tell_request)

        self.check_hello("-4", f"ws://localhost:{server.port}/")
        self.check_end(self.run_wsc("-6", f"ws://127.0.0.1:{server.port}/"), 6, "cannot resolve")
        self.check_end(self.run_wsc("-4", "-6", server.url), 2, "exclude each other")
        self.check_end(self.run_wsc("-6", "--resolve", f"example.test:{server.port}:127.0.0.1",
                                    f"ws://example.test:{server.port}/"), 6, "of the wanted kind")

    def test_an_interface_by_address_and_by_name(self):
        server = self.serve(tell_request)

        self.check_hello("--interface", "127.0.0.2", server.url)
        self.check_hello("--interface", "lo", server.url)
        self.check_end(self.run_wsc("--interface", "none0", server.url), 7, "no such device")
        self.check_end(self.run_wsc("--interface", "192.0.2.1", server.url), 7,
                       "address not available")

    def test_a_unix_socket_under_a_name(self):
        path = f"{self.folder}/socket"
        server = self.serve(tell_request, unix_path=path)

        self.check_hello("--unix-socket", path, "ws://example.test/chat")

        self.assertEqual(server.see()[0], "/chat")


class Redirects(RouteTest):
    def redirect_to(self, location, status="302 Found"):
        return self.serve_raw(refuse_with(
            f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))

    def test_they_are_followed_only_when_asked(self):
        server = self.serve(tell_request)
        first = self.redirect_to(server.url + "there?x=1")

        self.check_hello("-L", first.url)
        self.assertEqual(server.see()[0], "/there?x=1")
        self.check_end(self.run_wsc(first.url), 22, "302 Found")

    def test_credentials_do_not_go_to_another_server(self):
        server = self.serve(tell_request)
        first = self.redirect_to(server.url)

        self.check_hello("-L", "--bearer", "t0ken", "--cookie", "a=b", "-H", "X-Kept: 1", "-H",
                         "X-Api-Key: t0ken", first.url)

        self.assertIn("Authorization: Bearer t0ken", first.see())
        headers = server.see()[1]
        self.assertEqual(headers["X-Kept"], "1")
        self.assertNotIn("Authorization", headers)
        self.assertNotIn("Cookie", headers)
        self.assertNotIn("X-Api-Key", headers)

    def test_credentials_of_the_url_stay_with_its_server(self):
        def talk(server, connection):
            head = read_head(connection)
            server.seen.put(head)
            is_first = head.startswith("GET /first")
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: second\r\n\r\n" if is_first
                               else b"HTTP/1.1 403 Forbidden\r\n\r\n")

        server = self.serve_raw(talk)

        self.check_end(self.run_wsc("-L", f"ws://me:s3cret@127.0.0.1:{server.port}/first"), 22)

        for path in ("/first", "/second"):
            head = server.see()
            self.assertIn(f"GET {path} ", head)
            self.assertIn("Authorization: Basic bWU6czNjcmV0", head)

    def test_no_server_leads_to_a_local_socket_or_out_of_tls(self):
        path = f"{self.folder}/socket"
        local = self.serve(tell_request, unix_path=path)
        plain = self.serve(tell_request)
        certificate, key = make_certificate(self.folder, "IP:127.0.0.1")
        location = [f"ws+unix:{path}:/"]

        async def redirect(request_path, headers):
            return http.HTTPStatus.FOUND, [("Location", location[0])], b""

        encrypted = self.serve(ssl=server_tls(certificate, key), process_request=redirect)
        url = f"wss://127.0.0.1:{encrypted.port}/"
        to_socket = self.run_wsc("-k", "-L", url)
        location[0] = plain.url
        to_plain = self.run_wsc("-k", "-L", url)

        self.check_end(to_socket, 22, "leads to no server of WebSockets")
        self.check_end(to_plain, 22, "from TLS to plain text")
        self.assertEqual((local.seen.qsize(), plain.seen.qsize()), (0, 0))

    def test_credentials_for_a_socket_do_not_go_to_localhost(self):
        path = f"{self.folder}/socket"
        seen = []

        async def redirect(request_path, headers):
            seen.append(headers.get("Authorization"))
            return http.HTTPStatus.FOUND, [("Location", "ws://localhost/")], b""

        self.serve(unix_path=path, process_request=redirect)
        server = self.serve(tell_request)

        self.check_hello("-L", "--bearer", "t0ken", "--connect-to",
                         f"localhost:80:127.0.0.1:{server.port}", f"ws+unix:{path}")

        self.assertEqual(seen, ["Bearer t0ken"])
        self.assertNotIn("Authorization", server.see()[1])

    def test_the_time_to_connect_is_for_all_of_them(self):
        gate = threading.Event()
        self.addCleanup(gate.set)

        def talk(server, connection):
            head = read_head(connection)
            server.seen.put(head)
            gate.wait(0.2)
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /on\r\n\r\n")

        server = self.serve_raw(talk)

        result = self.run_wsc("-L", "--max-redirects", "1000", "--connect-timeout", "1", server.url)

        self.check_end(result, 28, "no connection within 1 s")

    def test_an_endless_circle_ends(self):
        circle = self.redirect_to("/again", "308 Permanent Redirect")

        result = self.run_wsc("-L", "--max-redirects", "3", circle.url)
        self.check_end(result, 22, "308")
        self.assertIn("too many", result.stderr.decode())

        heads = [circle.see() for _ in range(4)]
        self.assertIn("GET /again ", heads[-1])
        self.assertEqual(circle.seen.qsize(), 0)


class Credentials(RouteTest):
    def authorization(self, *arguments, env=None):
        server = self.serve(tell_request)
        result = self.check_hello("-v", *arguments, server.url, env=env)
        for secret in (b"t0ken", b"s3cret", b"bWU6"):
            self.assertNotIn(secret, result.stderr)
        return server.see()[1].get("Authorization")

    def test_bearer_tokens_from_everywhere(self):
        path = pathlib.Path(self.folder, "token")
        path.write_text("t0ken\n")

        self.assertEqual(self.authorization("--bearer", "t0ken"), "Bearer t0ken")
        self.assertEqual(self.authorization("--oauth2-bearer", f"@{path}"), "Bearer t0ken")
        self.assertEqual(self.authorization(env={"WSC_TOKEN": "t0ken"}), "Bearer t0ken")
        self.assertIsNone(self.authorization())

    def test_what_the_command_line_says_goes_before_the_environment(self):
        token = {"WSC_TOKEN": "other"}

        self.assertEqual(self.authorization("-H", "authorization: Bearer t0ken", env=token),
                         "Bearer t0ken")
        self.assertEqual(self.authorization("-u", "me:s3cret", env=token), "Basic bWU6czNjcmV0")
        server = self.serve(tell_request)
        self.check_hello(f"ws://me:s3cret@127.0.0.1:{server.port}/", env=token)
        self.assertEqual(server.see()[1].get_all("Authorization"), ["Basic bWU6czNjcmV0"])
        self.check_end(self.run_wsc("--bearer", "a", "-H", "Authorization: b", server.url), 2,
                       "--bearer and a header Authorization exclude each other")

    def test_a_user_and_headers_from_a_file(self):
        path = pathlib.Path(self.folder, "headers")
        path.write_text("Authorization: Basic bWU6czNjcmV0\r\nX-Two: 2\n")

        self.assertEqual(self.authorization("-u", "me:s3cret"), "Basic bWU6czNjcmV0")
        self.assertEqual(self.authorization("--auth", "me:s3cret"), "Basic bWU6czNjcmV0")
        self.assertEqual(self.authorization("-H", f"@{path}"), "Basic bWU6czNjcmV0")
        self.check_end(self.run_wsc("-H", "@/nonexistent", "ws://h"), 2, "cannot read /nonexistent")

    def test_cookies_and_user_agent(self):
        server = self.serve(tell_request)

        self.check_hello("--cookie", "a=1", "--cookie", "b=2", "--user-agent", "me/1", server.url)

        headers = server.see()[1]
        self.assertEqual((headers["Cookie"], headers["User-Agent"]), ("a=1; b=2", "me/1"))
        self.check_hello("-H", "cookie: c=3", "--cookie", "a=1", server.url)
        self.assertEqual(server.see()[1].get_all("Cookie"), ["c=3; a=1"])
        self.check_end(self.run_wsc("--ua", "a", "-H", "user-agent: b", server.url), 2, "exclude")

    def test_secrets_cannot_be_seen_among_the_processes(self):
        server = self.serve(tell_request)
        url = f"ws://u:s3cret@127.0.0.1:{server.port}/?token=s3cret"

        process = self.start_wsc("--bearer", "s3cret", "--cookie=k=s3cret", "-H",
                                 "X-Api-Key: s3cret", "--wait", "-1", url)
        server.see()

        shown = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
        self.assertNotIn(b"s3cret", shown)
        self.assertIn(b"--bearer", shown)


class Tls(RouteTest):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = make_certificate(self.folder, "DNS:right.test")

    def s_server(self, *arguments):
        """OpenSSL's own server, which speaks TLS and no WebSocket; gives its port."""
        port = proxies.free_port()
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", self.certificate,
             "-key", self.key, "-www", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait, DEADLINE_S)
        self.addCleanup(server.terminate)
        wait_until(lambda: proxies.listens(port), "openssl s_server")
        return port

    def test_another_name_can_be_asked_for_and_expected(self):
        server = self.serve(tell_request, ssl=server_tls(self.certificate, self.key))

        self.check_hello("--cacert", self.certificate, "--sni", "right.test",
                         f"wss://127.0.0.1:{server.port}/")

    def test_a_rejected_certificate_is_shown(self):
        port = self.s_server()

        result = self.run_wsc(f"wss://127.0.0.1:{port}/")

        self.check_end(result, 60, "self-signed certificate")
        self.assertIn("CN = wsc test; for right.test; by CN = wsc test; from ",
                      result.stderr.decode())

    def test_a_client_certificate_is_shown_when_asked_for(self):
        context = server_tls(self.certificate, self.key)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.certificate)
        server = self.serve(tell_request, ssl=context)
        url = f"wss://127.0.0.1:{server.port}/"

        self.check_hello("-k", "--cert", self.certificate, "--key", self.key, url)

    def test_35_without_the_certificate_that_a_server_wants(self):
        url = f"wss://127.0.0.1:{self.s_server('-Verify', '1')}/"

        for version in ("1.2", "1.3"):
            with self.subTest(version):
                self.check_end(self.run_wsc("-k", "--tls-max", version, url), 35,
                               "the server may want a certificate")

    def test_58_when_the_own_certificate_cannot_be_used(self):
        encrypted = f"{self.folder}/encrypted.pem"
        subprocess.run(["openssl", "rsa", "-aes128", "-in", self.key, "-passout", "pass:s3cret",
                        "-out", encrypted], check=True, capture_output=True)
        url = f"wss://127.0.0.1:{proxies.free_port()}/"

        self.check_end(self.run_wsc("--cert", "/nonexistent", url), 58,
                       "/nonexistent: No such file")
        self.check_end(self.run_wsc("--cert", self.certificate, "--key", encrypted, url), 58,
                       f"cannot use the key {encrypted}")
        self.check_end(self.run_wsc("--cert", self.certificate, "--key", encrypted, url,
                                    env={"WSC_PASSPHRASE": "wr0ng"}), 58)
        with_right = self.run_wsc("--cert", self.certificate, "--key", encrypted, url,
                                  env={"WSC_PASSPHRASE": "s3cret"})
        self.check_end(with_right, 7)

    def test_versions_are_bounded(self):
        port = self.s_server("-tls1_2")
        url = f"wss://127.0.0.1:{port}/"

        # It speaks no WebSocket, but TLS was fine.
        self.check_end(self.run_wsc("-k", "--tls-max", "1.2", url), 22, "200")
        self.check_end(self.run_wsc("-k", "--tls-min", "1.3", url), 35)
        self.check_end(self.run_wsc("--tls-min", "1.3", "--tls-max", "1.2", url), 2, "above")
        self.check_end(self.run_wsc("--tls-min", "1.4", url), 2)
        self.check_end(self.run_wsc("--tls-max", "1.1", url), 2, "needs a --tls-min")
        self.check_end(self.run_wsc("--key", self.key, url), 2, "need --cert")

    def test_keys_are_logged_for_analysers(self):
        server = self.serve(tell_request, ssl=server_tls(self.certificate, self.key))
        path = pathlib.Path(self.folder, "keys")

        self.check_hello("-k", f"wss://127.0.0.1:{server.port}/", env={"SSLKEYLOGFILE": str(path)})

        self.assertRegex(path.read_text(), r"(?m)^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} ")


class Refusals(RouteTest):
    def test_what_a_web_server_says_is_shown_with_the_likely_cause(self):
        nginx = self.keep(proxies.Nginx("""
            location /plain { return 200 "a page"; }
            location /gone { return 404 "not here"; }
            location /who { add_header WWW-Authenticate 'Basic realm="x"' always; return 401; }
        """))

        plain = self.run_wsc(nginx.url("/plain"))
        gone = self.run_wsc(nginx.url("/gone"))
        who = self.run_wsc(nginx.url("/who"))

        self.check_end(plain, 22, "refused: 200 OK: a page")
        self.assertIn("took no notice of the upgrade", plain.stderr.decode())
        self.check_end(gone, 22, "refused: 404 Not Found: not here")
        self.assertIn("nothing is served at this path", gone.stderr.decode())
        self.check_end(who, 22, "refused: 401")
        self.assertIn("www-authenticate: Basic realm=\"x\"", who.stderr.decode())

    def test_a_proxy_in_between_that_drops_the_upgrade(self):
        server = self.serve(tell_request)
        nginx = self.keep(proxies.Nginx(f"""
            location / {{ proxy_pass http://127.0.0.1:{server.port}; }}
        """))

        result = self.run_wsc(nginx.url("/"))

        self.check_end(result, 22, "refused: 400")
        self.assertIn("a proxy in between", result.stderr.decode())

    def test_a_proxy_in_between_that_passes_it_on(self):
        server = self.serve(tell_request)
        nginx = self.keep(proxies.Nginx(f"""
            location / {{
              proxy_pass http://127.0.0.1:{server.port};
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection upgrade;
            }}
        """))

        self.check_hello(nginx.url("/"))

    def test_a_subprotocol_that_was_not_offered(self):
        result = self.run_wsc("-s", "a", self.serve_raw(refuse_with(
            "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: b\r\n\r\n")).url)

        self.check_end(result, 1)


if __name__ == "__main__":
    unittest.main()
