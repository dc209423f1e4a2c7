"""Parts of long paragraphs are the library's, and texts without spaces take little time."""

from __future__ import annotations

import random
import time

import pytest
from semantic_text_splitter import TextSplitter
from tokenizers import Tokenizer as WordPiece

from model_layer import Chunker, Encoder
from model_layer.chunk_parts import LONG_RUN, REPEATED, STRETCH, PartSplitter
from tests.paths import ROOT

TOKENS = 56
IDEOGRAPHS = [chr(code) for code in range(0x4E00, 0x9FA6)]


def ideographs(number: int, stops: str = "") -> str:
    """Random ones, with a stop after every twenty or so."""
    rng = random.Random(1)
    return "".join(
        rng.choice(stops if stops and not rng.randrange(20) else IDEOGRAPHS) for _ in range(number)
    )


PARAGRAPHS = {
    "prose": " ".join((ROOT / "README.md").read_text().split()),
    "ideographs": ideographs(2 * STRETCH),
    "Chinese": ideographs(2 * STRETCH, "，、。"),
    "Thai": "ภาษาไทย" * 500,
    "numbers": "12,34,56;" * 230,
    "dots": "a." * STRETCH,
    "one word": "x" * 4 * STRETCH,
    "a long word among others": "word " * 200 + "x" * LONG_RUN + " word" * 200,
    "dropped": "\u200b" * 3 * STRETCH,
    "spaces": " " * 3 * STRETCH,
    "nothing": "",
}


@pytest.mark.parametrize("paragraph", PARAGRAPHS.values(), ids=PARAGRAPHS.keys())
def test_parts_are_those_of_the_whole_paragraph(wordpiece: WordPiece, paragraph: str) -> None:
    whole = TextSplitter.from_huggingface_tokenizer(wordpiece, TOKENS).chunk_indices(paragraph)
    assert PartSplitter(wordpiece, TOKENS).parts(paragraph) == whole


def test_the_parts_of_stretches_cover_the_paragraph(wordpiece: WordPiece) -> None:
    paragraph = "soft\u00adhyphen\u200b[CLS]" * STRETCH
    end = 0
    for offset, part in PartSplitter(wordpiece, TOKENS).parts(paragraph):
        assert offset == end
        end += len(part)
        assert paragraph[offset:end] == part
        assert len(wordpiece.encode(part, add_special_tokens=False)) <= TOKENS
    assert end == len(paragraph)
    assert REPEATED > 1, "one part after the last whole one may end elsewhere"


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["漢字", "a.", "12,34;", "word ", "x", "ภาษา"])
def test_a_line_without_an_end_takes_time_in_proportion(encoder: Encoder, unit: str) -> None:
    chunker = Chunker(encoder.tokenizer, max_tokens=256)

    def seconds(characters: int) -> float:
        text = unit * (characters // len(unit))
        started = time.process_time()
        assert sum(len(window.chunks) for window in chunker.split(text))
        return time.process_time() - started

    seconds(1_000)
    assert seconds(400_000) < 400_000 * 60e-6  # seconds a character; mostly ten
