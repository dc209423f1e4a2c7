"""Damage to bytes: what cables, proxies, editors and strangers do to a body."""

from __future__ import annotations

import gzip
import random
import zlib

NOT_UTF8 = (b"\xff", b"\xe9", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xe2\x82")
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00\xfe\xff", b")]}',\n", b"\x1f\x8b\x08", b"\x1e")


def damage(body: bytes, rng: random.Random) -> bytes:
    """The body with one kind of damage."""
    at = rng.randint(0, len(body))
    match rng.randrange(12):
        case 0:
            return body[:at]
        case 1:
            return body[at:]
        case 2:
            end = rng.randint(at, min(len(body), at + 20))
            return body[:at] + body[end:]
        case 3:
            return body[:at] + rng.randbytes(rng.randint(1, 8)) + body[at:]
        case 4:
            flipped = bytearray(body)
            for _ in range(min(len(flipped), rng.randint(1, 4))):
                flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            return bytes(flipped)
        case 5:
            return body[:at] + rng.choice(NOT_UTF8) + body[at:]
        case 6:
            return rng.choice(MARKS) + body
        case 7:
            return body + rng.choice((b"\x00", b"}", body, b"\n\n", b" garbage", b"\xef\xbb\xbf"))
        case 8:
            return body.decode("utf-8", "replace").encode(
                rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252")), "replace"
            )
        case 9:
            return rng.choice((b"", b" ", b"\n", b"null", b"[]", b"{}", b'""', b"0", b"input=a&b=c"))
        case 10:
            return rng.choice((gzip.compress(body), zlib.compress(body), gzip.compress(body)[:-5]))
        case _:
            return body[:at] + body[at : at + 30] * rng.choice((2, 50)) + body[at:]
