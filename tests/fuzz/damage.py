"""Damage to bytes: what cables, proxies, editors and strangers do to a body."""

from __future__ import annotations

import gzip
import random
import zlib

NOT_UTF8 = (
    b"\xff",
    b"\xe9",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xe2\x82",
)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00\xfe\xff", b")]}',\n", b"\x1f\x8b\x08", b"\x1e")


GARBAGE = (b"", b" ", b"\n", b"null", b"[]", b"{}", b'""', b"0", b"input=a&b=c", b"--x\r\n")
TAILS = (b"\x00", b"}", b"\n\n", b" garbage", b"\xef\xbb\xbf", b",", b"\r\n--x--")
CHARSETS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252")


def damage(body: bytes, rng: random.Random) -> bytes:
    """The body with one kind of damage."""
    return rng.choice((_cut, _cut, _written_over, _written_over, _spoiled))(body, rng)


def _cut(body: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(body))
    end = rng.randint(at, min(len(body), at + 20))
    return rng.choice((body[:at], body[at:], body[:at] + body[end:]))


def _written_over(body: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(body))
    before, after = body[:at], body[at:]
    match rng.randrange(4):
        case 0:
            return before + rng.randbytes(rng.randint(1, 8)) + after
        case 1:
            return before + rng.choice(NOT_UTF8) + after
        case 2:
            return before + after[:30] * rng.choice((2, 50)) + after
        case _:
            flipped = bytearray(body)
            for _ in range(min(len(flipped), rng.randint(1, 4))):
                flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            return bytes(flipped)


def _spoiled(body: bytes, rng: random.Random) -> bytes:
    match rng.randrange(5):
        case 0:
            return rng.choice(MARKS) + body
        case 1:
            return body + rng.choice((*TAILS, body))
        case 2:
            return body.decode("utf-8", "replace").encode(rng.choice(CHARSETS), "replace")
        case 3:
            return rng.choice((gzip.compress(body), zlib.compress(body), gzip.compress(body)[:-5]))
        case _:
            return rng.choice(GARBAGE)
