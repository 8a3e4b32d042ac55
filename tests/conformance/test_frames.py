"""Frames: RFC 6455 sections 5 to 8 and S7, S12, byte for byte, over TCP and over TLS.

Literal frames are masked with zeros, so that they can be read.
"""

import concurrent.futures
import unittest
from typing import NamedTuple

import support
from raw_peer import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, client_frame,
                      close_code, close_frame)

ZERO = b"\x00\x00\x00\x00"
LIMIT = 64 * 1024
BYE = b"\x88\x82" + ZERO + b"\x03\xe8"


class Row(NamedTuple):
    sent: bytes
    frames: list  # that come back, before the Close frame
    close: object  # its code; None: it is empty; a set: one of these
    bye: bytes  # sent when the frames have come: a Close frees what is still queued (S12)


def row(sent, *frames, close):
    bye = BYE if frames and sent.endswith(BYE) else b""
    return Row(sent.removesuffix(bye), list(frames), close, bye)


def text(payload):
    return Frame(TEXT, payload.encode() if isinstance(payload, str) else payload)


def fragments(opcode, *pieces):
    last = len(pieces) - 1
    return b"".join(client_frame(opcode if n == 0 else CONTINUATION, piece, fin=n == last)
                    for n, piece in enumerate(pieces))


MASKING = {
    "5.7: a masked Hello is echoed": row(
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" + BYE, text("Hello"), close=1000),
    "5.1: an unmasked text fails": row(b"\x81\x05Hello", close=1002),
    "5.1: an unmasked empty text fails": row(b"\x81\x00", close=1002),
    "5.1: an unmasked ping fails": row(b"\x89\x00", close=1002),
    "5.1: an unmasked Close fails": row(b"\x88\x02\x03\xe8", close=1002),
    "5.1: an unmasked continuation fails": row(
        b"\x01\x82" + ZERO + b"Hi" + b"\x80\x02Ho", close=1002),
}

RESERVED = {
    **{f"5.2: RSV bits {rsv} on opcode {opcode} fail": row(
        bytes([0x80 | rsv << 4 | opcode]) + b"\x80" + ZERO, close=1002)
       for rsv in range(1, 8) for opcode in (TEXT, BINARY, CLOSE, PING)},
    "5.2: RSV bits on a continuation fail": row(
        b"\x01\x80" + ZERO + b"\xc0\x80" + ZERO, close=1002),
    **{f"5.2: opcode {opcode} fails": row(bytes([0x80 | opcode]) + b"\x80" + ZERO, close=1002)
       for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"5.2: opcode {opcode} with payload fails": row(
        bytes([0x80 | opcode]) + b"\x85" + ZERO + b"Hello", close=1002) for opcode in (3, 11)},
}

LENGTHS = {
    "5.2: an empty text is echoed": row(b"\x81\x80" + ZERO + BYE, text(""), close=1000),
    "5.2: an empty binary is echoed": row(b"\x82\x80" + ZERO + BYE, Frame(BINARY), close=1000),
    **{f"5.2: {size} bytes are echoed": row(
        client_frame(BINARY, b"\xfe" * size) + BYE, Frame(BINARY, b"\xfe" * size), close=1000)
       for size in (1, 124, 125, 126, 127, 128, 255, 256, 4095, 4096, 65534, 65535)},
    "5.2: 125 in 16 bits fails": row(b"\x82\xfe\x00\x7d" + ZERO, close=1002),
    "5.2: 0 in 16 bits fails": row(b"\x82\xfe\x00\x00" + ZERO, close=1002),
    "5.2: 126 in 64 bits fails": row(
        b"\x82\xff\x00\x00\x00\x00\x00\x00\x00\x7e" + ZERO, close=1002),
    "5.2: 65535 in 64 bits fails": row(
        b"\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff" + ZERO, close=1002),
    "5.2: a length of 2^63 fails": row(
        b"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00" + ZERO, close=1002),
    "5.2: a length of 2^64-1 fails": row(
        b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff" + ZERO, close=1002),
    "S7: a declared 2^62 is too big at once": row(
        b"\x82\xff\x40\x00\x00\x00\x00\x00\x00\x00" + ZERO, close=1009),
    "S7: a declared 2^63-1 is too big at once": row(
        b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + ZERO, close=1009),
    "S7: a declared 64 KiB + 1 is too big at once": row(
        b"\x82\xff\x00\x00\x00\x00\x00\x01\x00\x01" + ZERO, close=1009),
    "S7: 64 KiB are echoed": row(
        client_frame(BINARY, b"x" * LIMIT) + BYE, Frame(BINARY, b"x" * LIMIT), close=1000),
    "S7: 64 KiB of text are echoed": row(
        client_frame(TEXT, b"x" * LIMIT) + BYE, text(b"x" * LIMIT), close=1000),
    "S7: 64 KiB + 1 are too big": row(client_frame(BINARY, b"x" * (LIMIT + 1)), close=1009),
    "S7: 64 KiB in fragments are echoed": row(
        fragments(TEXT, b"x" * 40000, b"y" * (LIMIT - 40001), b"z") + BYE,
        text(b"x" * 40000 + b"y" * (LIMIT - 40001) + b"z"), close=1000),
    "S7: 64 KiB + 1 in fragments are too big": row(
        fragments(TEXT, b"x" * 40000, b"y" * (LIMIT - 40000), b"z"), close=1009),
    "S7: a fragment that declares too much is too big at once": row(
        client_frame(TEXT, b"x" * 40000, fin=False)
        + b"\x80\xff\x00\x00\x00\x00\x00\x01\x00\x00" + ZERO, close=1009),
    "S7: the limit holds for one message, not for a connection": row(
        client_frame(BINARY, b"a" * 40000) + client_frame(BINARY, b"b" * 40000) + BYE,
        Frame(BINARY, b"a" * 40000), Frame(BINARY, b"b" * 40000), close=1000),
}

FRAGMENTS = {
    "5.4: two fragments are one message": row(
        b"\x01\x83" + ZERO + b"Hel" + b"\x80\x82" + ZERO + b"lo" + BYE, text("Hello"),
        close=1000),
    "5.4: empty fragments around are harmless": row(
        fragments(TEXT, b"", b"Hello", b"") + BYE, text("Hello"), close=1000),
    "5.4: an empty message in fragments is echoed": row(
        fragments(BINARY, b"", b"", b"") + BYE, Frame(BINARY), close=1000),
    "5.4: a thousand fragments are one message": row(
        fragments(TEXT, *[b"a"] * 1000) + BYE, text("a" * 1000), close=1000),
    "5.4: a continuation of nothing fails": row(b"\x80\x82" + ZERO + b"Hi", close=1002),
    "5.4: an unfinished continuation of nothing fails": row(
        b"\x00\x82" + ZERO + b"Hi", close=1002),
    "5.4: a text inside a fragmented text fails": row(
        b"\x01\x83" + ZERO + b"Hel" + b"\x81\x82" + ZERO + b"lo", close=1002),
    "5.4: a binary inside a fragmented text fails": row(
        b"\x01\x83" + ZERO + b"Hel" + b"\x82\x82" + ZERO + b"lo", close=1002),
    "5.4: an unfinished text inside a fragmented text fails": row(
        b"\x01\x83" + ZERO + b"Hel" + b"\x01\x82" + ZERO + b"lo", close=1002),
    "5.4: a ping between fragments is answered at once": row(
        b"\x01\x83" + ZERO + b"Hel" + b"\x89\x81" + ZERO + b"p" + b"\x80\x82" + ZERO + b"lo"
        + BYE, Frame(PONG, b"p"), text("Hello"), close=1000),
    "5.4: a Close between fragments ends it": row(
        b"\x01\x83" + ZERO + b"Hel" + BYE, close=1000),
    "5.5: a fragmented ping fails": row(b"\x09\x80" + ZERO, close=1002),
    "5.5: a fragmented pong fails": row(b"\x0a\x80" + ZERO, close=1002),
    "5.5: a fragmented Close fails": row(b"\x08\x82" + ZERO + b"\x03\xe8", close=1002),
    "S7: 1,024 empty fragments are enough": row(
        client_frame(TEXT, fin=False) + client_frame(CONTINUATION, fin=False) * 1023
        + client_frame(CONTINUATION, b"x") + BYE, text("x"), close=1000),
    "S7: 1,025 empty fragments are too many": row(
        client_frame(TEXT, fin=False) + client_frame(CONTINUATION, fin=False) * 1024, close=1008),
    "S7: empty fragments count for one message": row(
        (client_frame(TEXT, fin=False) + client_frame(CONTINUATION, fin=False) * 800
         + client_frame(CONTINUATION, b"x")) * 2 + BYE, text("x"), text("x"), close=1000),
}

CONTROLS = {
    "5.5: a ping of 126 bytes fails": row(b"\x89\xfe\x00\x7e" + ZERO + b"x" * 126, close=1002),
    "5.5: a pong of 126 bytes fails": row(b"\x8a\xfe\x00\x7e" + ZERO + b"x" * 126, close=1002),
    "5.5: a Close of 126 bytes fails": row(
        b"\x88\xfe\x00\x7e" + ZERO + b"\x03\xe8" + b"x" * 124, close=1002),
    "5.5: a ping with a length of 64 bits fails": row(
        b"\x89\xff\x00\x00\x00\x00\x00\x01\x00\x00" + ZERO, close=1002),
    "5.5.2: an empty ping is answered": row(
        b"\x89\x80" + ZERO + BYE, Frame(PONG), close=1000),
    "5.5.2: a ping of 125 bytes is answered": row(
        b"\x89\xfd" + ZERO + b"\xfe" * 125 + BYE, Frame(PONG, b"\xfe" * 125), close=1000),
    "5.5.2: pings in flight are all answered in order": row(
        b"".join(client_frame(PING, b"%d" % n) for n in range(20)) + BYE,
        *(Frame(PONG, b"%d" % n) for n in range(20)), close=1000),
    "5.5.3: a pong that nobody asked for is ignored": row(
        b"\x8a\x82" + ZERO + b"hi" + b"\x8a\x80" + ZERO + BYE, close=1000),
    "5.5.3: a pong between fragments is ignored": row(
        b"\x01\x83" + ZERO + b"Hel" + b"\x8a\x81" + ZERO + b"p" + b"\x80\x82" + ZERO + b"lo"
        + BYE, text("Hello"), close=1000),
}

CLOSES = {
    "5.5.1: an empty Close is answered by an empty one": row(b"\x88\x80" + ZERO, close=None),
    "5.5.1: a Close of one byte fails": row(b"\x88\x81" + ZERO + b"\x03", close=1002),
    "5.5.1: a reason is allowed": row(close_frame(1000, "再见".encode()), close=1000),
    "5.5.1: a reason of 123 bytes is allowed": row(close_frame(1000, b"x" * 123), close=1000),
    **{f"7.4: {code} is answered by {code}": row(close_frame(code), close=code)
       for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                    3000, 3999, 4000, 4408, 4999)},
    **{f"7.4: {code} fails": row(close_frame(code), close=1002)
       for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)},
    "8.1: a reason that is not UTF-8 fails": row(
        close_frame(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"),
        close={1002, 1007}),
    "8.1: a reason with half a character fails": row(
        close_frame(1000, "再见".encode()[:-1]), close={1002, 1007}),
    "S12: what follows a Close is not handled": row(
        BYE + client_frame(TEXT, b"b") + client_frame(PING, b"c") + close_frame(1001),
        close=1000),
    "S12: garbage after a Close changes nothing": row(BYE + b"\xff" * 1000, close=1000),
    "S12: much data after a Close changes nothing": row(
        BYE + client_frame(BINARY, b"x" * 60000) * 5, close=1000),
}

GOOD_UTF8 = {
    "Greek": "κόσμε".encode(),
    "U+0000": b"\x00",
    "the first of two bytes": b"\xc2\x80",
    "the last of two bytes": b"\xdf\xbf",
    "the first of three bytes": b"\xe0\xa0\x80",
    "U+D7FF": b"\xed\x9f\xbf",
    "U+E000": b"\xee\x80\x80",
    "U+FFFD": b"\xef\xbf\xbd",
    "the noncharacter U+FFFE": b"\xef\xbf\xbe",
    "the last of three bytes": b"\xef\xbf\xbf",
    "the first of four bytes": b"\xf0\x90\x80\x80",
    "U+10FFFF": b"\xf4\x8f\xbf\xbf",
    "a byte order mark": b"\xef\xbb\xbfx",
}

BAD_UTF8 = {
    "a lone continuation": b"\x80",
    "the last continuation": b"\xbf",
    "a byte FE": b"\xfe",
    "a byte FF": b"\xff",
    "an overlong slash of two bytes": b"\xc0\xaf",
    "an overlong C1": b"\xc1\xbf",
    "an overlong slash of three bytes": b"\xe0\x80\xaf",
    "an overlong U+07FF": b"\xe0\x9f\xbf",
    "an overlong slash of four bytes": b"\xf0\x80\x80\xaf",
    "an overlong U+FFFF": b"\xf0\x8f\xbf\xbf",
    "a high surrogate": b"\xed\xa0\x80",
    "a low surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\x81\xed\xb0\x80",
    "U+110000": b"\xf4\x90\x80\x80",
    "a byte F5": b"\xf5\x80\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "a character cut by ASCII": b"\xe4\xbdA",
    "half of two bytes at the end": b"x\xc2",
    "a third of three bytes at the end": b"x\xe4",
    "two thirds of three bytes at the end": b"x\xe4\xbd",
    "three quarters of four bytes at the end": b"x\xf0\x9f\x98",
}

UTF8 = {
    **{f"8.1: {name} is echoed": row(client_frame(TEXT, good) + BYE, text(good), close=1000)
       for name, good in GOOD_UTF8.items()},
    **{f"8.1: {name} in single bytes is echoed": row(
        fragments(TEXT, *(bytes([byte]) for byte in good)) + BYE, text(good), close=1000)
       for name, good in GOOD_UTF8.items()},
    **{f"8.1: {name} fails": row(client_frame(TEXT, bad), close=1007)
       for name, bad in BAD_UTF8.items()},
    **{f"8.1: {name} behind 200 good bytes fails": row(
        client_frame(TEXT, b"a" * 200 + bad), close=1007) for name, bad in BAD_UTF8.items()},
    **{f"8.1: {name} in single bytes fails": row(
        fragments(TEXT, *(bytes([byte]) for byte in bad), b""), close=1007)
       for name, bad in BAD_UTF8.items()},
    "8.1: a character may be cut by a ping": row(
        client_frame(TEXT, b"\xe4\xbd", fin=False) + client_frame(PING, b"\xff")
        + client_frame(CONTINUATION, b"\xa0") + BYE, Frame(PONG, b"\xff"), text("你"), close=1000),
    "8.1: one message's half character is not mended by the next": row(
        client_frame(TEXT, b"\xe4\xbd") + client_frame(TEXT, b"\xa0"), close=1007),
    "8.1: bytes that are not text may be binary": row(
        client_frame(BINARY, b"\xff\xfe\xc0\x80") + BYE, Frame(BINARY, b"\xff\xfe\xc0\x80"),
        close=1000),
    "8.1: an unfinished bad text fails before its end": row(
        client_frame(TEXT, b"\xff", fin=False), close=1007),
}


class FrameRows:
    """The tables; subclasses say over what."""

    certificates = staticmethod(lambda: None)

    @classmethod
    def setUpClass(cls):
        cls.wsd = cls.share_wsd("--threads", "2", "--on-message", "echo", "--greeting", "",
                                "--log-level", "warn", certificates=cls.certificates())

    def check(self, rows, prepare=None):
        """Runs the rows at the same time, for those that fail wait for a deadline."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            futures = {name: pool.submit(self.play, one, prepare) for name, one in rows.items()}
        for name, future in futures.items():
            with self.subTest(name):
                came, ended = future.result()
                expected = rows[name]
                self.assertEqual(came[:-1], expected.frames, came)
                self.assertTrue(came, "nothing came back")
                last = came[-1]
                self.assertEqual((last.opcode, last.fin, last.rsv), (CLOSE, True, 0), last)
                codes = expected.close if isinstance(expected.close, set) else {expected.close}
                self.assertIn(close_code(last), codes)
                self.assertTrue(ended, "the connection stays open, or bytes follow the Close")

    def play(self, one, prepare):
        """What came back up to the Close frame, and whether the connection ended after it."""
        with self.wsd.connect(deadline_s=15) as peer:
            peer.upgrade()
            if prepare:
                prepare(peer, one.sent)
            else:
                peer.send(one.sent)
            came = [peer.read_frame() for _ in one.frames] if one.bye else []
            peer.send(one.bye)
            while frame := peer.read_frame():
                came.append(frame)
                if frame.opcode == CLOSE:
                    return came, peer.read_to_end() == b""
            raise AssertionError(f"no Close frame after {came}")

    def test_masking(self):
        self.check(MASKING)

    def test_reserved_bits_and_opcodes(self):
        self.check(RESERVED)

    def test_lengths(self):
        self.check(LENGTHS)

    def test_fragments(self):
        self.check(FRAGMENTS)

    def test_control_frames(self):
        self.check(CONTROLS)

    def test_closing(self):
        self.check(CLOSES)

    def test_utf8(self):
        self.check(UTF8)

    def test_single_bytes_make_no_difference(self):
        def trickle(peer, sent):
            for byte in sent:
                try:
                    peer.send(bytes([byte]))
                except (BrokenPipeError, ConnectionResetError):
                    return  # already failed, and rightly so

        rows = {name: one for table in (MASKING, FRAGMENTS, CONTROLS, UTF8)
                for name, one in table.items()
                if one.close == 1000 and len(one.sent) < 300}
        self.assertGreater(len(rows), 20)
        self.check(rows, trickle)

    def test_bad_text_fails_before_its_frame_ends(self):
        """8.1 lets an endpoint fail early; it must not wait for bytes that may never come."""
        self.check({"the rest of the frame never comes":
                    row(b"\x81\x8a" + ZERO + b"ab\xff", close=1007)})

    def test_what_was_answered_before_a_violation_arrives(self):
        for name, bad in {"an unmasked text": b"\x81\x02Ho",
                          "a continuation of nothing": b"\x80\x82" + ZERO + b"Hi"}.items():
            with self.subTest(name), self.wsd.connect() as peer:
                peer.upgrade()
                peer.send(fragments(TEXT, b"Hel", b"lo"))
                self.assertEqual(peer.read_text(), "Hello")

                peer.send(bad)

                self.assertEqual(peer.read_close(), 1002)
                self.assertEqual(peer.read_to_end(), b"")

    def test_huge_declared_lengths_cost_no_memory(self):
        self.play(LENGTHS["S7: a declared 2^62 is too big at once"], None)
        before_kib = self.wsd.resident_kib()
        peers = []
        for declared in (b"\x40\x00\x00\x00\x00\x00\x00\x00", b"\x00\x00\x00\x00\x00\x01\x00\x00"):
            for _ in range(25):
                peer = self.keep(self.wsd.connect())
                peer.upgrade()
                peer.send(b"\x82\xff" + declared + ZERO)
                peers.append(peer)

        for peer in peers[:25]:
            self.assertEqual(peer.read_close(), 1009)
        for peer in peers[25:]:
            self.assertFalse(peer.hears_within(0.001))
        self.assertLess(self.wsd.resident_kib() - before_kib, 64 * 1024)

    def test_no_session_is_left(self):
        with self.wsd.connect() as peer:
            peer.upgrade()
            peer.send(b"\x81\x05Hello")
            peer.read_to_end()

        support.wait_until(lambda: self.wsd.metric("wsd_sessions") == 0, 20, "sessions to be 0")

    def test_closes_are_counted_by_code(self):
        before = self.wsd.metric("wsd_closes_total", code="1002")
        with self.wsd.connect() as peer:
            peer.upgrade()
            peer.send(b"\x81\x05Hello")
            peer.read_to_end()

        support.wait_until(
            lambda: self.wsd.metric("wsd_closes_total", code="1002") == before + 1, 20,
            "one more close by 1002")


class PlainFrames(FrameRows, support.WskitTestCase):
    pass


class TlsFrames(FrameRows, support.WskitTestCase):
    certificates = staticmethod(support.certificates)


if __name__ == "__main__":
    unittest.main()
