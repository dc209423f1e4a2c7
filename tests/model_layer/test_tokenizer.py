"""Token ids are the official tokenizer's, cut at 256, and long texts need little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as WordPiece

from model_layer import BundleError
from model_layer.artifacts import TOKENIZER, read_bundle
from model_layer.tokenizer import Tokenizer, load_tokenizer
from tests.paths import ROOT

# Strings that a cut might tear apart: words, marks, brackets, what BERT removes or splits at.
STRINGS = st.sampled_from(
    [
        *("a", "unaffable", " ", "\n", "[", "]", "]]", "_", "|", "‘", "…", "《", "］"),
        *("\x0b", "\x1c", "\u200b", "\u00a0", "\u3000", "\u0301", "é"),
        *("[CLS]", "[SEP", "]", ".", "-", "\r\n", "’", "字", "。", "，", "한", "\u0e33"),
        *("İ", "ﬁ", "ß", "Σ", "👩\u200d👩\u200d👧"),
    ]
)
TEXTS = st.lists(STRINGS | st.characters(exclude_categories=["Cs"]), max_size=120).map("".join)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(read_bundle())


@given(text=TEXTS, part_size=st.integers(1, 40))
def test_parts_give_the_tokens_of_the_whole_text(
    wordpiece: WordPiece, text: str, part_size: int
) -> None:
    short = Tokenizer(wordpiece, max_tokens=12, part_size=part_size)
    whole: list[int] = wordpiece.encode(text).ids
    cls, *own, sep = whole
    assert short.tokenize(text, "NONE").ids.tolist() == whole
    assert short.tokenize(text).ids.tolist() == [cls, *own[:10], sep]
    assert short.tokenize(text, "START").ids.tolist() == [cls, *own[-10:], sep]
    assert short.tokenize(text, "END").truncated == (len(own) > 10)
    assert short.tokenize(text, "START").truncated == (len(own) > 10)
    assert not short.tokenize(text, "NONE").truncated


RUNS = st.tuples(
    st.sampled_from(["a", "é", "\u0301", "あ", "1", ",", " ", "字", "😀", "]", "\x00", "≠"]),
    st.sampled_from([1, 2, 99, 100, 101, 150, 1_200]),
)


@given(runs=st.lists(RUNS, max_size=6))
def test_long_runs_without_a_border_give_the_tokens_of_the_whole_text(
    wordpiece: WordPiece, runs: list[tuple[str, int]]
) -> None:
    text = "".join(char * times for char, times in runs)
    tokenizer = Tokenizer(wordpiece, max_tokens=12, part_size=16)
    assert tokenizer.tokenize(text, "NONE").ids.tolist() == wordpiece.encode(text).ids


def test_the_truncation_and_padding_in_the_file_are_overridden(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.tokenize("word").ids) == 3
    assert len(tokenizer.tokenize("word " * 200).ids) == 202


MEMORY_PROGRAM = """
import resource, sys
from model_layer import load_encoder

encoder = load_encoder(verify=False)
encoder.encode(["word " * 300])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
unit = sys.argv[1]
encoder.encode([unit * (6_000_000 // len(unit.encode()))])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize(
    "unit",
    [
        *("word, ", "]]", "漢", "a"),
        *(
            pytest.param(unit, marks=pytest.mark.slow)
            for unit in ("a-", "[a", "㐀", "a…", "«", "é", "あ", "😀")
        ),
    ],
)
def test_a_long_text_needs_little_memory(unit: str) -> None:
    """Six megabytes, the most that a request can hold, would need some 600 MB whole."""
    command = [sys.executable, "-c", MEMORY_PROGRAM, unit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert int(done.stdout) < 50_000  # kB


def test_a_vocabulary_without_special_tokens_is_refused() -> None:
    from tokenizers.models import WordPiece as Model

    with pytest.raises(ValueError, match=r"no \[CLS\]"):
        Tokenizer(WordPiece(Model({"a": 0}, unk_token="a")), max_tokens=256)


def test_a_damaged_tokenizer_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(read_bundle().path("manifest.json").read_bytes())
    (tmp_path / TOKENIZER).write_text("{}")
    with pytest.raises(BundleError, match=r"tokenizer\.json is not .*make model"):
        load_tokenizer(read_bundle(tmp_path))
