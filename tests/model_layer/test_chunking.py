"""Chunks fit the model, are slices of the text in order, and leave nothing out."""

from __future__ import annotations

import itertools
import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_layer import Chunk, Chunker, Encoder, Outline, load_chunker
from model_layer.chunking import MAX_CHUNK_CHARACTERS, Window
from tests.model_layer.texts import TEXTS
from tests.paths import ROOT

HEADING = re.compile("^(#{1,6}) ", re.MULTILINE)
README = (ROOT / "README.md").read_text()


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    return load_chunker(encoder.tokenizer, max_tokens=256, overlap=32)


def split(chunker: Chunker, text: str, *, markdown: bool = False) -> list[Chunk]:
    return chunks_of([*chunker.split(text, outline=outline(text, markdown=markdown))])


def outline(text: str, *, markdown: bool, table: bool = False) -> Outline:
    """The text's lines that begin with #, if it is Markdown; table: its middle is one."""
    headings = [(found.start(), len(found[1])) for found in HEADING.finditer(text)]
    third = len(text) // 3
    tables = [(third, 2 * third)] if table and third else []
    return Outline(headings if markdown else [], tables, markdown)


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


# A character has three tokens at most (a Hangul syllable's letters), and [CLS] and [SEP] are two.
SPLITTING = (TEXTS, st.booleans(), st.integers(5, 40), st.integers(0, 12), st.integers(50, 400))


def check_splitting(
    encoder: Encoder, text: str, markdown: bool, max_tokens: int, overlap: int, window: int
) -> None:
    chunker = Chunker(
        encoder.tokenizer,
        max_tokens=max_tokens,
        overlap=min(overlap, (max_tokens - 2) // 2),
        window=window,
    )
    about = outline(text, markdown=markdown, table=markdown)
    check(encoder, text, chunks_of([*chunker.split(text, outline=about)]), max_tokens=max_tokens)


@settings(max_examples=30)
@given(*SPLITTING)
def test_any_text_is_chunked(
    encoder: Encoder, text: str, markdown: bool, max_tokens: int, overlap: int, window: int
) -> None:
    check_splitting(encoder, text, markdown, max_tokens, overlap, window)


def test_chunks_are_within_bounds_where_an_outline_cuts_a_word(encoder: Encoder) -> None:
    """ "000" is one token, and "000000" is three."""
    for length in range(1, 60):
        check_splitting(encoder, "0" * length, True, max_tokens=4, overlap=0, window=50)


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
    about = outline(text, markdown=markdown, table=markdown)
    windows = [*chunker.split(text, outline=about)]
    for index, one in enumerate(windows):
        assert [*chunker.split(text, start=one.start, outline=about)] == windows[index:]


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


@pytest.mark.parametrize("joint", [" ", ", ", '","', " and then we looked again at part "])
def test_a_name_is_whole_in_a_chunk(chunker: Chunker, joint: str) -> None:
    text = joint.join(f"ZX-{number}" for number in range(1_000, 1_500))
    chunks = split(chunker, text)
    found = {
        name for part in chunks for name in re.findall(r"ZX-\d{4}", text[part.start : part.end])
    }
    assert len(chunks) > 5
    assert [name for name in text.split(joint) if name not in found] == []


def test_without_overlap_nothing_is_repeated(encoder: Encoder) -> None:
    chunks = split(load_chunker(encoder.tokenizer, max_tokens=64), README[:8_000])
    assert all(a.end <= b.start for a, b in itertools.pairwise(chunks))


def test_the_model_reads_every_chunk_whole(encoder: Encoder, chunker: Chunker) -> None:
    texts = [README[chunk.start : chunk.end] for chunk in split(chunker, README, markdown=True)]
    encoded = encoder.encode(texts, truncate="NONE")
    assert not encoded.truncated.any()
    assert encoded.token_counts.max() <= 256
    assert encoded.token_counts.mean() > 80  # chunks are not needlessly short


def test_reserved_tokens_are_left_free(encoder: Encoder, chunker: Chunker) -> None:
    chunks = chunks_of([*chunker.split(README, reserved=100)])
    check(encoder, README, chunks, max_tokens=156)


def texts_of(chunker: Chunker, text: str) -> list[str]:
    return [text[chunk.start : chunk.end] for chunk in split(chunker, text, markdown=True)]


BODY = "Water freezes at zero degrees, and boils at a hundred of them. " * 5


def test_a_heading_is_never_a_chunk_of_its_own(chunker: Chunker) -> None:
    text = f"# Book\n\n## Part\n\n### Chapter\n\n{BODY * 8}\n\n# Empty\n\n# Last\n\n{BODY}"
    for chunk in texts_of(chunker, text):
        assert "Water" in chunk
        assert not chunk.split("\n")[-1].startswith("#")


def test_small_sections_join_their_neighbours_and_others_stay_whole(chunker: Chunker) -> None:
    small = [f"## Size {number}\n\nIt has {number} metres." for number in range(8)]
    large = f"## Long\n\n{BODY}".strip()
    chunks = texts_of(chunker, "\n\n".join(["# Sizes", *small, large, f"## Other\n\n{BODY}"]))
    assert [chunk.count("It has ") for chunk in chunks] == [7, 1, 0]
    assert chunks[1].endswith(large)
    assert chunks[2].startswith("## Other")


def test_no_chunk_is_tiny_unless_its_text_is(encoder: Encoder, chunker: Chunker) -> None:
    for tail in ("End.", "# End", "```\ncode\n```", "- one\n- two"):
        for length in range(1, 60, 7):
            chunks = texts_of(chunker, f"# Start\n\n{BODY * length}\n\n{tail}")
            assert encoder.encode(chunks).token_counts.min() >= 20, (tail, length)
    assert texts_of(chunker, "Hi.") == ["Hi."]


def test_a_fence_stays_with_its_code(chunker: Chunker) -> None:
    code = "\n".join(f"line_{number} = compute({number}, {number * 2})" for number in range(60))
    chunks = texts_of(chunker, f"{BODY}\n\n```python\n{code}\n```\n\n{BODY}")
    assert len(chunks) == 4
    for chunk in chunks:
        assert chunk.strip("`\n")
        assert not chunk.endswith("```python")
        assert not chunk.startswith("```\n")


def test_a_table_is_split_between_its_rows_and_keeps_its_header(chunker: Chunker) -> None:
    rows = [f"City {number} | {number * 10} | {number * 11}" for number in range(80)]
    table = "\n".join(["City | 2023 | 2024", *rows])
    text = f"{BODY}\n\n{table}"
    start = text.index(table)
    chunks = chunks_of([*chunker.split(text, outline=Outline(tables=[(start, len(text))]))])
    parts = [text[chunk.start : chunk.end] for chunk in chunks]
    lines = [line for part in parts for line in part.split("\n") if "|" in line]
    assert lines == table.split("\n")
    assert not any(part.endswith("2024") for part in parts)


def test_a_title_with_a_setext_underline_is_a_whole(chunker: Chunker) -> None:
    text = f"A title\nof two lines\n===\n\n{BODY * 4}"
    outline = Outline(headings=[(0, 1)], is_markdown=True)
    first, *_ = chunks_of([*chunker.split(text, outline=outline)])
    assert text[: first.end].startswith("A title\nof two lines\n===\n\nWater")


def test_wrapped_lines_are_split_between_sentences(chunker: Chunker) -> None:
    sentence = "The heron waits in the shallow water until a fish comes near enough to be caught."
    text = textwrap.fill(" ".join([sentence] * 60), width=60)
    for chunk in split(chunker, text):
        part = " ".join(text[chunk.start : chunk.end].split())
        assert part.startswith("The heron")
        assert part.endswith("caught.")


def test_the_line_below_a_markdown_tables_header_stays_with_it(chunker: Chunker) -> None:
    rows = "\n".join(f"| City {number} | {number} |" for number in range(200))
    table = f"| City | Size |\n|{'-' * 20}|{'-' * 20}|\n{rows}"
    (first, *_), *_ = (
        window.chunks for window in chunker.split(table, outline=Outline(tables=[(0, len(table))]))
    )
    assert "| City 0 | 0 |" in table[: first.end]


@pytest.mark.parametrize("length", [150, 185, 190, 195, 198, 200, 230, 400])
def test_a_heading_has_room_before_a_paragraph_of_any_length(chunker: Chunker, length: int) -> None:
    chunks = texts_of(chunker, f"## A heading of six words\n\n{'word ' * length}")
    assert all("word word" in chunk for chunk in chunks)


@pytest.mark.parametrize("body", ["a" * 200_000, "日" * 5_000, "a.b" * 3_000])
def test_a_heading_stays_with_a_text_without_spaces(chunker: Chunker, body: str) -> None:
    assert len(texts_of(chunker, f"# Head\n\n{body}")[0]) > 50
