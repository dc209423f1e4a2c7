"""Chunks: the model reads each whole, they are slices in order, and nothing is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_layer import Chunk, Chunker, Encoder, load_chunker
from model_layer.chunking import MAX_CHARACTERS
from tests.conftest import ROOT

# Text with everything in it, lone surrogates excepted, which no document has.
LINES = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=80)
WORDS = st.sampled_from(
    ["word", "a", "  ", "\n\n", "\n# Heading\n", ". ", "unübersetzbar", "日本語"]
    + ["\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}", "x" * 120, "```\n"]
)
TEXTS = st.lists(LINES | WORDS, max_size=60).map("".join)
README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    return load_chunker(encoder.tokenizer, max_tokens=256, overlap=32)


def split(chunker: Chunker, text: str, *, markdown: bool = False) -> list[Chunk]:
    return [c for window in chunker.split(text, markdown=markdown) for c in window.chunks]


def check(encoder: Encoder, text: str, chunks: list[Chunk], *, max_tokens: int) -> None:
    """The laws: within bounds, in order, whole, complete."""
    covered = 0
    for chunk, before in zip(chunks, [None, *chunks], strict=False):
        assert 0 <= chunk.start < chunk.end <= len(text)
        part = text[chunk.start : chunk.end]
        tokens = encoder.tokenizer.tokenize(part, "NONE")
        assert len(tokens.ids) <= max_tokens
        assert len(part) <= MAX_CHARACTERS
        if before is not None:
            assert before.start < chunk.start
            assert before.end < chunk.end
        # What no chunk has is white space.
        assert not text[covered : max(covered, chunk.start)].strip()
        covered = chunk.end
    assert not text[covered:].strip()


@settings(max_examples=150)
@given(TEXTS, st.booleans(), st.integers(4, 40), st.integers(0, 12), st.integers(50, 400))
def test_chunks_are_whole_slices_in_order_and_leave_nothing_out(
    encoder: Encoder, text: str, markdown: bool, max_tokens: int, overlap: int, window: int
) -> None:
    chunker = Chunker(
        encoder.tokenizer,
        max_tokens=max_tokens,
        overlap=min(overlap, (max_tokens - 2) // 2),
        window=window,
    )
    check(encoder, text, split(chunker, text, markdown=markdown), max_tokens=max_tokens)


@given(TEXTS, st.booleans(), st.integers(50, 400))
def test_splitting_goes_on_from_any_window_as_if_it_had_not_stopped(
    encoder: Encoder, text: str, markdown: bool, window: int
) -> None:
    chunker = Chunker(encoder.tokenizer, max_tokens=16, overlap=4, window=window)
    windows = [*chunker.split(text, markdown=markdown)]
    for place, one in enumerate(windows):
        assert [*chunker.split(text, start=one.start, markdown=markdown)] == windows[place:]


@pytest.mark.parametrize(
    "text",
    [
        README * 3,
        "x" * 100_000,  # one word, of one token
        "日本語" * 3_000,
        "a.b" * 3_000,
        " \n" * 30_000 + "end",  # half a minute, if the library looks for an overlap there
        "a" + " " * 50_000 + "b",
        ("x" + " " * 50 + "y" + " " * 50 + "\n") * 300,
        "1234567890" * 2_000,
    ],
    ids=["prose", "endless word", "no spaces", "dots", "empty lines", "gap", "table", "digits"],
)
def test_odd_texts_are_chunked_like_others(encoder: Encoder, chunker: Chunker, text: str) -> None:
    check(encoder, text, split(chunker, text), max_tokens=256)


def test_chunks_end_where_the_text_has_borders(chunker: Chunker) -> None:
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


def test_a_chunk_repeats_at_most_so_many_tokens_of_the_one_before(encoder: Encoder) -> None:
    chunker = load_chunker(encoder.tokenizer, max_tokens=64, overlap=20)
    chunks = split(chunker, README[:8_000])
    repeated = [
        len(encoder.tokenizer.tokenize(README[after.start : before.end]).ids) - 2
        for before, after in zip(chunks, chunks[1:], strict=False)
        if after.start < before.end
    ]
    assert repeated
    assert max(repeated) <= 20


def test_without_overlap_nothing_is_repeated(encoder: Encoder) -> None:
    chunks = split(load_chunker(encoder.tokenizer, max_tokens=64), README[:8_000])
    assert all(a.end <= b.start for a, b in zip(chunks, chunks[1:], strict=False))


def test_the_encoder_reads_every_chunk_whole(encoder: Encoder, chunker: Chunker) -> None:
    texts = [README[chunk.start : chunk.end] for chunk in split(chunker, README, markdown=True)]
    encoded = encoder.encode(texts, truncate="NONE")
    assert not encoded.truncated.any()
    assert encoded.token_counts.max() <= 256
    assert encoded.token_counts.mean() > 120  # and they are not crumbs
