"""Running texts that no package ships: emoji and symbols, numbers, noise."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

PARTS = 4_000  # of each text; a part is a word or a few
# First and last code points of emoji, and of arrows, technical signs, shapes and dingbats.
EMOJI = ((0x1F300, 0x1F5FF), (0x1F600, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F900, 0x1F9FF))
SYMBOLS = ((0x20A0, 0x20BF), (0x2190, 0x23FF), (0x2500, 0x27BF), (0xA1, 0xBF), (0x21, 0x2F))
# Letters of many scripts, some of which the tokenizer does not know.
LETTERS = ((0xC0, 0x24F), (0x370, 0x52F), (0x531, 0x556), (0x5D0, 0x5EA), (0x905, 0x939)) + (
    (0xE01, 0xE30), (0x10A0, 0x10FF), (0x1200, 0x1248), (0x3041, 0x30FF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3), (0x1D400, 0x1D454),
)  # fmt: skip
Part = Callable[[random.Random], str]


def emoji() -> str:
    """Emoji alone and in rows, symbols, a few words."""
    words = "great thanks party sad love see you tomorrow sale now open price new yes no".split()
    return _running(
        "emoji",
        lambda rng: _characters(rng, EMOJI, 1),
        lambda rng: _characters(rng, EMOJI, rng.randint(2, 6)),
        lambda rng: _characters(rng, EMOJI, 1) * rng.randint(2, 4),
        lambda rng: _characters(rng, SYMBOLS, rng.randint(1, 5)),
        lambda rng: rng.choice(words),
    )


def numbers() -> str:
    """Integers, decimals, dates, times, prices, addresses, versions, telephone numbers, hashes."""
    return _running(
        "numbers",
        lambda rng: str(rng.randrange(10 ** rng.randint(1, 12))),
        lambda rng: f"{rng.gauss(0, 1000):,.{rng.randint(1, 6)}f}",
        lambda rng: f"{rng.uniform(1, 10):.3e}",
        lambda rng: f"{rng.randint(1900, 2040)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        lambda rng: f"{rng.randrange(24):02}:{rng.randrange(60):02}",
        lambda rng: f"{rng.choice('$€£¥')}{rng.uniform(0.01, 9999):,.2f}",
        lambda rng: ".".join(str(rng.randrange(256)) for _ in range(4)),
        lambda rng: f"v{rng.randrange(20)}.{rng.randrange(50)}.{rng.randrange(9)}",
        lambda rng: f"+{rng.randint(1, 99)} {rng.randint(100, 999)} {rng.randint(10**5, 10**7)}",
        lambda rng: f"{rng.randrange(100)} %",
        lambda rng: f"{rng.getrandbits(64):016x}",
    )


def noise() -> str:
    """Random letters of one script and of many, punctuation, base64, control characters."""
    ascii_ = string.ascii_letters + string.digits
    return _running(
        "noise",
        lambda rng: "".join(rng.choices(ascii_, k=rng.randint(1, 14))),
        lambda rng: "".join(rng.choices(string.punctuation, k=rng.randint(1, 6))),
        lambda rng: _characters(rng, LETTERS, rng.randint(1, 8)),
        lambda rng: base64.b64encode(rng.randbytes(rng.randint(6, 30))).decode(),
        lambda rng: rng.choice(ascii_) * rng.randint(2, 20),
        lambda rng: f"{rng.choice(ascii_)}{chr(rng.randrange(1, 32))}{rng.choice(ascii_)}",
    )


def _running(seed: str, *parts: Part) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(parts)(rng) for _ in range(PARTS))


def _characters(rng: random.Random, ranges: tuple[tuple[int, int], ...], count: int) -> str:
    return "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(count))
