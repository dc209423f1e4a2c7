"""What the model cannot read is said, and the worst is refused."""

from __future__ import annotations

import pytest

from handler import readability
from handler.limits import MAX_UNKNOWN, UNKNOWN_WARNED
from handler.readability import is_unreadable
from model_layer import Encoder


def describe_unknown(unknown: float, subject: str) -> str | None:
    return readability.describe_unknown(unknown, subject, if_unreadable="it is refused")


READABLE = [
    "The library opens at nine. It closes at five.",
    "Die Bücherei öffnet um neun Uhr. Schöne Grüße.",
    "Библиотека открывается в девять часов утра",
    "تفتح المكتبة في الساعة التاسعة صباحا",
    "for (int i = 0; i < n; ++i) { x[i] += 3; }",
    "",
    "   \n",
]
UNREADABLE = {
    "Thai": "ห้องสมุดเปิดเวลา 9 โมงเช้าทุกวัน",
    "Khmer": "បណ្ណាល័យបើកនៅម៉ោងប្រាំបួនព្រឹក",
    "Amharic": "ቤተ መጻሕፍቱ በዘጠኝ ሰዓት ይከፈታል",
    "Lao": "ຫໍສະໝຸດເປີດເວລາເກົ້າໂມງເຊົ້າ",
    "Telugu": "గ్రంథాలయం ప్రతి రోజు ఉదయం తెరుచుకుంటుంది",
    "an endless word": "x" * 5_000,
}


@pytest.mark.parametrize("text", READABLE)
def test_text_that_the_model_reads_needs_no_sentence(encoder: Encoder, text: str) -> None:
    assert describe_unknown(encoder.tokenizer.unknown_share(text), "The text") is None


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_text_of_unknown_words_is_unreadable(encoder: Encoder, text: str) -> None:
    unknown = encoder.tokenizer.unknown_share(text)
    assert is_unreadable(unknown)
    sentence = describe_unknown(unknown, "The text") or ""
    assert f"The text is {unknown:.0%} unknown" in sentence
    assert sentence.endswith("so it is refused.")


def test_a_part_that_is_unknown_is_warned_of_with_its_share(encoder: Encoder) -> None:
    unknown = encoder.tokenizer.unknown_share(
        "ห้องสมุดเปิดเวลาเก้าโมงเช้า means: the library opens at nine"
    )
    assert 0.4 < unknown < 0.6
    assert not is_unreadable(unknown)
    assert f"{unknown:.0%}" in (describe_unknown(unknown, "'query'") or "")


def test_the_limits_themselves_are_kept() -> None:
    assert not is_unreadable(MAX_UNKNOWN)
    assert describe_unknown(UNKNOWN_WARNED, "It")
    assert describe_unknown(UNKNOWN_WARNED - 0.001, "It") is None


def test_all_parts_of_a_long_text_are_looked_at(encoder: Encoder) -> None:
    words = "The library opens at nine. " * 20_000
    thai = UNREADABLE["Thai"] * 10_000
    unknown = encoder.tokenizer.unknown_share(words + thai)
    assert 0.3 < unknown < 0.6


def test_half_an_emoji_in_a_query_does_no_harm(encoder: Encoder) -> None:
    assert encoder.tokenizer.unknown_share("happy \ud83d") < 0.5
