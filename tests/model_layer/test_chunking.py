"""Chunks fit the model, are slices of the text in order, and leave nothing out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_layer import Chunk, Chunker, Encoder, load_chunker
from model_layer.chunking import MAX_CHUNK_CHARACTERS, Window
from tests.paths import ROOT

# Any text without lone surrogates, as documents are.
LINES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)
WORDS = st.sampled_from(
    [
        "word",
        "a",
        "  ",
        "\n\n",
        "\n# Heading\n",
        ". ",
        "unübersetzbar",
        "日本語",
        "👩\u200d👧",
        "x" * 120,
        "```\n",
    ]
)
TEXTS = st.lists(LINES | WORDS, max_size=60).map("".join)
README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    return load_chunker(encoder.tokenizer, max_tokens=256, overlap=32)


def split(chunker: Chunker, text: str, *, markdown: bool = False) -> list[Chunk]:
    return chunks_of([*chunker.split(text, markdown=markdown)])


def chunks_of(windows: list[Window]) -> list[Chunk]:
    return [chunk for window in windows for chunk in window.chunks]


def check(encoder: Encoder, text: str, chunks: list[Chunk], *, max_tokens: int) -> None:
    """Every chunk is within bounds and in order, and nothing is left out."""
    covered = 0
    for chunk, before in zip(chunks, [None, *chunks], strict=False):
        assert 0 <= chunk.start < chunk.end <= len(text)
        part = text[chunk.start : chunk.end]
        tokens = encoder.tokenizer.tokenize(part, "NONE")
        assert len(tokens.ids) <= max_tokens
        assert len(part) <= MAX_CHUNK_CHARACTERS
        if before is not None:
            assert before.start < chunk.start
            assert before.end < chunk.end
        # Only white space is in no chunk.
        assert not text[covered : max(covered, chunk.start)].strip()
        covered = chunk.end
    assert not text[covered:].strip()


SPLITTING = (TEXTS, st.booleans(), st.integers(4, 40), st.integers(0, 12), st.integers(50, 400))


def check_splitting(
    encoder: Encoder, text: str, markdown: bool, max_tokens: int, overlap: int, window: int
) -> None:
    chunker = Chunker(
        encoder.tokenizer,
        max_tokens=max_tokens,
        overlap=min(overlap, (max_tokens - 2) // 2),
        window=window,
    )
    check(encoder, text, split(chunker, text, markdown=markdown), max_tokens=max_tokens)


@settings(max_examples=30)
@given(*SPLITTING)
def test_any_text_is_chunked(
    encoder: Encoder, text: str, markdown: bool, max_tokens: int, overlap: int, window: int
) -> None:
    check_splitting(encoder, text, markdown, max_tokens, overlap, window)


@pytest.mark.slow
@settings(max_examples=300)
@given(*SPLITTING)
def test_any_of_many_texts_is_chunked(
    encoder: Encoder, text: str, markdown: bool, max_tokens: int, overlap: int, window: int
) -> None:
    check_splitting(encoder, text, markdown, max_tokens, overlap, window)


@settings(max_examples=20)
@given(TEXTS, st.booleans(), st.integers(50, 400))
def test_splitting_resumes_at_any_window_as_if_it_had_not_stopped(
    encoder: Encoder, text: str, markdown: bool, window: int
) -> None:
    chunker = Chunker(encoder.tokenizer, max_tokens=16, overlap=4, window=window)
    windows = [*chunker.split(text, markdown=markdown)]
    for index, one in enumerate(windows):
        assert [*chunker.split(text, start=one.start, markdown=markdown)] == windows[index:]


@pytest.mark.parametrize(
    "text",
    [
        README * 3,
        "x" * 100_000,  # one word, one token
        "日本語" * 3_000,
        "a.b" * 3_000,
        " \n" * 30_000 + "end",  # the library alone would take half a minute
        "a" + " " * 50_000 + "b",
        ("x" + " " * 50 + "y" + " " * 50 + "\n") * 300,
        "1234567890" * 2_000,
    ],
    ids=["prose", "endless word", "no spaces", "dots", "empty lines", "gap", "table", "digits"],
)
def test_unusual_texts_are_chunked_like_others(
    encoder: Encoder, chunker: Chunker, text: str
) -> None:
    check(encoder, text, split(chunker, text), max_tokens=256)


def test_chunks_end_between_paragraphs_and_sentences(chunker: Chunker) -> None:
    sentence = "The heron waits in the shallow water until a fish comes near. "
    paragraph = (sentence * 9).strip()
    text = "\n\n".join([paragraph] * 8)
    chunks = split(chunker, text)
    assert len(chunks) > 3
    assert all(text[chunk.start : chunk.end].endswith(".") for chunk in chunks)
    assert all(text[chunk.start : chunk.end].startswith("The heron") for chunk in chunks)


def test_markdown_is_split_at_its_headings(encoder: Encoder) -> None:
    chunker = load_chunker(encoder.tokenizer, max_tokens=256)
    section = "Water freezes at zero degrees, and boils at a hundred of them. " * 9
    text = "\n\n".join(f"# Chapter {number}\n\n{section}" for number in range(5))
    chunks = split(chunker, text, markdown=True)
    assert [text[chunk.start : chunk.end].startswith("# Chapter") for chunk in chunks] == [True] * 5


def test_a_chunk_repeats_no_more_tokens_than_the_overlap(encoder: Encoder) -> None:
    chunker = load_chunker(encoder.tokenizer, max_tokens=64, overlap=20)
    chunks = split(chunker, README[:8_000])
    repeated = [
        len(encoder.tokenizer.tokenize(README[after.start : before.end]).ids) - 2
        for before, after in itertools.pairwise(chunks)
        if after.start < before.end
    ]
    assert repeated
    assert max(repeated) <= 20


def test_without_overlap_nothing_is_repeated(encoder: Encoder) -> None:
    chunks = split(load_chunker(encoder.tokenizer, max_tokens=64), README[:8_000])
    assert all(a.end <= b.start for a, b in itertools.pairwise(chunks))


def test_the_model_reads_every_chunk_whole(encoder: Encoder, chunker: Chunker) -> None:
    texts = [README[chunk.start : chunk.end] for chunk in split(chunker, README, markdown=True)]
    encoded = encoder.encode(texts, truncate="NONE")
    assert not encoded.truncated.any()
    assert encoded.token_counts.max() <= 256
    assert encoded.token_counts.mean() > 120  # chunks are not needlessly short
