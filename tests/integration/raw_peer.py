"""A WebSocket peer that says exactly the bytes it is told to, and reads strictly."""

import re
import socket
import ssl
import struct
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

# The handshake of RFC 6455 section 1.3.
SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SAMPLE_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
SAMPLE_MASK = b"\x37\xfa\x21\x3d"


class Frame(NamedTuple):
    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0


class HttpAnswer(NamedTuple):
    status: int
    headers: list  # of (lower-case name, value), as they came
    body: bytes

    def header(self, name):
        values = [value for key, value in self.headers if key == name]
        return values[0] if len(values) == 1 else None


def client_frame(opcode, payload=b"", mask=SAMPLE_MASK, fin=True, rsv=0):
    """One frame; without a mask it is one that no client may send."""
    head = bytes([fin << 7 | rsv << 4 | opcode])
    masked = 0x80 if mask is not None else 0
    if len(payload) < 126:
        head += bytes([masked | len(payload)])
    elif len(payload) < 65536:
        head += bytes([masked | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([masked | 127]) + struct.pack(">Q", len(payload))
    if mask is None:
        return head + payload
    key = int.from_bytes(mask * (len(payload) // 4 + 1), "big") >> 8 * (4 - len(payload) % 4)
    masked_payload = int.from_bytes(payload, "big") ^ key
    return head + mask + masked_payload.to_bytes(len(payload), "big")


def close_frame(code=None, reason=b""):
    return client_frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


def upgrade_request(target="/dispatchWebsocket?token=alice", headers=(), host="localhost"):
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Upgrade: websocket",
             "Connection: Upgrade", f"Sec-WebSocket-Key: {SAMPLE_KEY}",
             "Sec-WebSocket-Version: 13", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def parse_http_answer(data):
    """The answer at the front of `data`, and what follows it; None while it is incomplete."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.split(b"\r\n")
    status_line = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [ -~]*", first)
    if not status_line:
        raise AssertionError(f"not a status line of HTTP/1.1: {first!r}")
    status = int(status_line[1])
    headers = []
    for line in lines:
        field = re.fullmatch(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x1f]*?)[ \t]*", line)
        if not field:
            raise AssertionError(f"not a header line: {line!r}")
        headers.append((field[1].decode().lower(), field[2].decode("latin-1")))
    answer = HttpAnswer(status, headers, b"")
    is_stream = answer.header("content-type") == "text/event-stream"
    if status == 101 or is_stream:
        return answer, rest
    length = answer.header("content-length")
    if length is None or not length.isdigit():
        raise AssertionError(f"no single Content-Length in {headers}")
    if len(rest) < int(length):
        return None
    return answer._replace(body=rest[:int(length)]), rest[int(length):]


class RawPeer:
    """One connection. Each wait is bounded by `deadline_s`; a reset raises ConnectionResetError."""

    def __init__(self, address, tls=None, deadline_s=20, receive_buffer_bytes=None):
        if address.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            target = address[len("unix:"):]
        else:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            host, port = address.rsplit(":", 1)
            target = (host, int(port))
        if receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(deadline_s)
        self.received = b""
        try:
            self.socket.connect(target)
            if not address.startswith("unix:"):
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls:
                self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.disconnect()

    def disconnect(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_frame(self, opcode, payload=b"", **fields):
        self.send(client_frame(opcode, payload, **fields))

    def send_text(self, text):
        self.send_frame(TEXT, text.encode())

    def _fill(self):
        """Reads some bytes; False when the peer has ended the connection."""
        piece = self.socket.recv(1 << 18)
        self.received += piece
        return bool(piece)

    def hears_within(self, seconds):
        """Whether bytes or the end of the connection come in that time; keeps the bytes."""
        deadline_s = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self._fill()
            return True
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(deadline_s)

    def _take(self, count):
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def read_http_answer(self):
        while True:
            parsed = parse_http_answer(self.received)
            if parsed:
                answer, self.received = parsed
                return answer
            if not self._fill():
                raise AssertionError(f"ended inside an HTTP answer: {self.received!r}")

    def read_refusal(self):
        """A complete answer after which the connection ends without a reset."""
        answer = self.read_http_answer()
        rest = self.read_to_end()
        if rest:
            raise AssertionError(f"bytes after the answer: {rest!r}")
        return answer

    def read_until(self, end):
        """The bytes before `end`, which is taken too."""
        while end not in self.received:
            if not self._fill():
                raise AssertionError(f"ended before {end!r}: {self.received!r}")
        piece, _, self.received = self.received.partition(end)
        return piece

    def read_frame(self):
        """The next frame, or None if the connection ended between two frames."""
        while True:
            frame = self._parse_frame()
            if frame:
                return frame
            if not self._fill():
                if self.received:
                    raise AssertionError(f"ended inside a frame: {self.received[:80]!r}")
                return None

    def _parse_frame(self):
        data = self.received
        if len(data) < 2:
            return None
        if data[1] & 0x80:
            raise AssertionError("a server's frame is masked")
        length, start = data[1], 2
        if length == 126:
            if len(data) < 4:
                return None
            length, start = struct.unpack(">H", data[2:4])[0], 4
            minimum = 126
        elif length == 127:
            if len(data) < 10:
                return None
            length, start = struct.unpack(">Q", data[2:10])[0], 10
            minimum = 65536
        else:
            minimum = 0
        if length < minimum:
            raise AssertionError(f"the length {length} is not encoded minimally")
        if len(data) < start + length:
            return None
        self._take(start + length)
        return Frame(data[0] & 15, data[start:start + length], bool(data[0] & 0x80),
                     data[0] >> 4 & 7)

    def read_text(self):
        frame = self.read_frame()
        if frame is None or frame[0] != TEXT or not frame.fin or frame.rsv:
            raise AssertionError(f"expected a text message, got {frame}")
        return frame.payload.decode()

    def read_close(self):
        """The code of the Close frame that comes next; None if it is empty."""
        frame = self.read_frame()
        if frame is None or frame.opcode != CLOSE or not frame.fin or frame.rsv:
            raise AssertionError(f"expected a Close frame, got {frame}")
        return close_code(frame)

    def read_to_end(self):
        while self._fill():
            pass
        return self._take(len(self.received))

    def upgrade(self, target="/dispatchWebsocket?token=alice", headers=(), host="localhost"):
        """Opens a session, or raises AssertionError; frames come next."""
        self.send(upgrade_request(target, headers, host))
        answer = self.read_http_answer()
        if answer.status != 101 or answer.header("sec-websocket-accept") != SAMPLE_ACCEPT:
            raise AssertionError(f"the handshake was not accepted: {answer}")
        return answer

    def answer_close(self):
        """Ends the closing handshake that the server has started, and its connection."""
        self.send(close_frame(1000))
        rest = self.read_to_end()
        if rest:
            raise AssertionError(f"bytes after the Close frame: {rest[:80]!r}")

    def close(self, code=1000):
        """The closing handshake, started by us; what came before its end is dropped."""
        self.send(close_frame(code))
        while (frame := self.read_frame()) is not None:
            last = frame
        if last.opcode != CLOSE or close_code(last) != code:
            raise AssertionError(f"Close {code} was answered by {last}")


def close_code(frame):
    if not frame.payload:
        return None
    frame.payload[2:].decode()  # a reason is UTF-8
    return struct.unpack(">H", frame.payload[:2])[0]


def client_tls(ca_file):
    return ssl.create_default_context(cafile=ca_file)
