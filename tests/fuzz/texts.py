"""Texts that try an encoder: every script, characters that few programs expect, odd lengths.

Texts carry SECRET, a word that no log line may show.
"""

from __future__ import annotations

import random

SECRET = "qzvsecret"

WORDS = (
    "the train leaves at nine how do i reset my password naïve Straße İstanbul Ελλάδα Москва "
    "日本語 東京都 한국어 ภาษาไทย العربية עברית हिन्दी tiếng Việt 👩‍👩‍👧‍👦 👍🏽 🇫🇷 ﷽ ẞ ǆ ﬁ "
    "[CLS] [SEP] [MASK] [UNK] <|endoftext|> ##ing "
    "{input} %s ${HOME} `id` '; <b> &amp; \\u0041 C:\\temp a/b ... 3.14"
).split()
# Line and paragraph separators, joiners, marks of direction, private use, controls, non-characters.
CHARACTERS = (
    "\u2028\u2029\u200d\u200c\u200b\u2e17\u202e\u2066\ufeff\ue000\U000f0000\x00\x01\x1b\x7f\x85\xa0"
    "\u0301\u0300\u20dd\ufffd\uffff\U0010ffff\t\n\r\v\f\"\\/'\ud83d\udc00"
)


def text(rng: random.Random) -> str:
    """A text: short as a rule, and sometimes longer than the model reads."""
    kind = rng.random()
    if kind < 0.75:
        words = rng.choices(WORDS, k=rng.randint(1, 8))
    elif kind < 0.9:
        words = ["".join(rng.choices(CHARACTERS, k=rng.randint(1, 12))), *rng.choices(WORDS, k=2)]
    elif kind < 0.97:
        words = ["".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(1, 30)))]
    elif kind < 0.99:
        words = rng.choices(WORDS, k=rng.randint(100, 400))
    else:
        words = [rng.choice(CHARACTERS + "aé日") * rng.randint(1_000, 20_000)]
    words.insert(rng.randint(0, len(words)), SECRET)
    return rng.choice((" ", " ", " ", "", "\n")).join(words)
