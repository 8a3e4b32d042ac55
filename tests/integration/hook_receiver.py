"""The application that hooks are posted to."""

import hashlib
import hmac
import http.server
import json
import threading

SECRET = "a secret of the application"


class HookReceiver:
    """Answers 204 to signed posts, or `status` while that is set, and keeps the events confirmed."""

    def __init__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take(self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.lock = threading.Lock()
        self.secret = SECRET
        self.status = 204
        self.events, self.problems, self.batches = [], [], set()
        self.posts = 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        with self.lock:
            self.posts += 1
            signed = headers["Wskit-Timestamp"].encode() + b"." + body
            expected = "v1=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
            if headers["Wskit-Signature"] != expected:
                self.problems.append("a wrong signature")
                return 401
            if self.status != 204:
                return self.status
            document = json.loads(body)
            # A batch whose confirmation was lost comes again.
            name = document["node"], document["batch"]
            if name not in self.batches:
                self.batches.add(name)
                self.events += document["events"]
            return 204

    def of(self, user):
        """What is known of that user, without what differs from run to run."""
        with self.lock:
            return [event for event in self.events if event["user"] == user]

    def summary(self, user):
        return [(event["type"], event.get("number")) for event in self.of(user)]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
