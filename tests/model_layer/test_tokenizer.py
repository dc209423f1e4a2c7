"""Token ids are the official tokenizer's, cut at 256, and long texts need little memory."""

from __future__ import annotations

import json
import random
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
from tests.model_layer.every_category import PECULIAR, by_category, pairs, samples
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


def assert_same_places(tokenizer: Tokenizer, wordpiece: WordPiece, text: str) -> None:
    """Compare with the library's tokens of the whole text, and their offsets in it."""
    whole = wordpiece.encode(text)
    cls, *pieces, sep = tokenizer.pieces(text)
    assert (cls[1:], sep[1:]) == (("[CLS]", None, None), ("[SEP]", None, None))
    assert [cls.id, *(piece.id for piece in pieces), sep.id] == whole.ids
    assert [piece.text for piece in pieces] == whole.tokens[1:-1]
    assert [(piece.start, piece.end) for piece in pieces] == whole.offsets[1:-1]


@given(text=TEXTS, part_size=st.integers(1, 40))
def test_each_piece_is_where_the_library_finds_it(
    wordpiece: WordPiece, text: str, part_size: int
) -> None:
    assert_same_places(Tokenizer(wordpiece, max_tokens=12, part_size=part_size), wordpiece, text)


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
    assert_same_places(tokenizer, wordpiece, text)


def test_the_truncation_and_padding_in_the_file_are_overridden(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.tokenize("word").ids) == 3
    assert len(tokenizer.tokenize("word " * 200).ids) == 202


@pytest.mark.parametrize("seed", range(4))
def test_characters_of_every_category_give_the_tokens_of_the_whole_text(
    wordpiece: WordPiece, tokenizer: Tokenizer, seed: int
) -> None:
    rng = random.Random(seed)
    characters = samples(rng, 20) * 20
    rng.shuffle(characters)
    text = "".join(characters)
    assert len(text) > 10_000
    assert_same_tokens(tokenizer, wordpiece, text)
    assert_same_tokens(Tokenizer(wordpiece, max_tokens=256, part_size=100), wordpiece, text)
    assert_same_places(Tokenizer(wordpiece, max_tokens=256, part_size=100), wordpiece, text)


def test_pairs_of_all_categories_give_the_tokens_of_the_whole_text(
    wordpiece: WordPiece, tokenizer: Tokenizer
) -> None:
    rng = random.Random(1)
    runs = [pair * rng.choice([1, 20, 50, 51, 110]) for pair in pairs(rng)]
    short_parts = Tokenizer(wordpiece, max_tokens=256, part_size=100)
    for start in range(0, len(runs), 200):
        text = "".join(runs[start : start + 200])
        assert_same_tokens(tokenizer, wordpiece, text)
        assert_same_tokens(short_parts, wordpiece, text)


def assert_same_tokens(tokenizer: Tokenizer, wordpiece: WordPiece, text: str) -> None:
    """Compare with the library's tokens of the whole text."""
    whole: list[int] = wordpiece.encode(text).ids
    cls, *own, sep = whole
    assert tokenizer.tokenize(text, "NONE").ids.tolist() == whole
    assert tokenizer.count(text) == len(whole)
    assert tokenizer.tokenize(text, "END").ids.tolist() == [cls, *own[:254], sep]
    assert tokenizer.tokenize(text, "START").ids.tolist() == [cls, *own[-254:], sep]


def test_surrogates_in_a_long_text_are_read_as_in_a_short_one(wordpiece: WordPiece) -> None:
    for halves in ("\ud83d\ude00", "\ud840\udc00", "\udc00\ud83d", "a\ud800."):
        text = f"{halves}word " * 20
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for part_size in (7, 100_000):
            tokenizer = Tokenizer(wordpiece, max_tokens=256, part_size=part_size)
            assert tokenizer.tokenize(text, "NONE").ids.tolist() == wordpiece.encode(joined).ids


@pytest.mark.parametrize("unit", ["word ", "a", "\u200d", "\u2028", " ", "."])
def test_the_caller_is_asked_between_the_parts_of_a_text(tokenizer: Tokenizer, unit: str) -> None:
    class TimeIsUp(Exception):
        pass

    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise TimeIsUp

    text = unit * (200_000 // len(unit))
    with pytest.raises(TimeIsUp):
        tokenizer.count(text, check)
    asked = -1_000_000
    tokenizer.count(text, check)
    assert asked + 1_000_000 > 40  # a part has some 4,096 characters
    tokenizer.tokenize("short", check=check)
    assert asked + 1_000_000 < 200


def test_white_space_has_no_tokens(wordpiece: WordPiece) -> None:
    for char in filter(str.isspace, map(chr, range(sys.maxunicode + 1))):
        assert wordpiece.encode(char, add_special_tokens=False).ids == []


# Six megabytes, the most that a request can hold, would need 600 to 1,060 MB whole.
MEMORY_PROGRAM = """
import json, resource, sys, time
from model_layer.artifacts import read_bundle
from model_layer.tokenizer import load_tokenizer

tokenizer = load_tokenizer(read_bundle())
tokenizer.tokenize("word " * 3_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for unit in json.loads(sys.argv[2]):
    text = unit * (int(sys.argv[1]) // len(unit.encode("utf-8", "surrogatepass")))
    started = time.process_time()
    tokenizer.tokenize(text)
    tokenizer.tokenize(text, "START")
    tokenizer.unknown_share(text)
    seconds = time.process_time() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if seconds > 10 or grown > 100_000:
        print(f"{unit!a}: {seconds:.1f} s, {grown} kB")
    if len(sys.argv) > 3:
        tokenizer.count(text)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if grown > 100_000:
            print(f"counting {unit!a}: {grown} kB")
"""


def costs(units: list[str], *, size: int = 6_000_000, counted: bool = False) -> str:
    """What was too slow or too large, of texts of `size` bytes."""
    command = [sys.executable, "-c", MEMORY_PROGRAM, str(size), json.dumps(units)]
    command += ["counted"] if counted else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return done.stdout


def test_a_long_text_needs_little_memory_and_time() -> None:
    assert costs(["word, ", "漢", "a\u2028", "a\u2e17", "a\u200d"]) == ""


@pytest.mark.slow
def test_a_long_text_of_any_category_needs_little_memory_and_time() -> None:
    rng = random.Random(1)
    ones = [rng.choice(characters) for characters in by_category().values()]
    assert costs([*ones, "a" + ones[0], "\ud800", "a\udc00", "[a", "]]"]) == ""
    assert costs([*PECULIAR, *("a" + char for char in ones)], size=1_000_000) == ""
    assert costs(["word, ", ".", "a", "[CLS]", "a\u200d", "\u0301", "ñ"], counted=True) == ""


@pytest.mark.slow
def test_a_long_text_of_any_two_categories_needs_little_memory_and_time() -> None:
    assert costs(pairs(random.Random(1)), size=500_000) == ""


def test_a_vocabulary_without_special_tokens_is_refused() -> None:
    from tokenizers.models import WordPiece as Model

    with pytest.raises(ValueError, match=r"no \[CLS\]"):
        Tokenizer(WordPiece(Model({"a": 0}, unk_token="a")), max_tokens=256)


def test_a_damaged_tokenizer_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(read_bundle().path("manifest.json").read_bytes())
    (tmp_path / TOKENIZER).write_text("{}")
    with pytest.raises(BundleError, match=r"tokenizer\.json is not .*make model"):
        load_tokenizer(read_bundle(tmp_path))
