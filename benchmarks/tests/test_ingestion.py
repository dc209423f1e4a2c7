"""The ingestion and retrieval benchmarks measure what they state. Nothing is measured here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.ingestion.events import BATCH, BUCKET, event
from benchmarks.ingestion.report import Run
from benchmarks.ingestion.stages import Stages
from benchmarks.ingestion.worker import Figures, measure, to_sqlite
from benchmarks.measuring.formats import FORMATS, as_format, as_pdf
from benchmarks.measuring.prices import VECTORS_MIN_PUT
from benchmarks.measuring.processes import ROOT
from benchmarks.retrieval.__main__ import QUERIES
from benchmarks.retrieval.collection import Ranks, place
from handler.documents import extract
from handler.ingestion.change import Change
from handler.ingestion.storage_events import read_deliveries
from handler.settings import MEMORY_PER_CPU
from model_layer import Encoder

TEXT = "The first paragraph is short.\n\nThe second one is not long & has a <mark>."


@pytest.mark.parametrize("number", range(len(FORMATS)))
def test_a_text_is_the_same_in_every_format(number: int) -> None:
    extension, content = as_format(number, "A title", TEXT)
    read = extract(content, name=f"a.{extension}", content_type=None)
    assert "A title" in read.text
    for part in ("The first paragraph is short.", "The second one is not long"):
        assert part in read.text
    assert "Section 1" not in read.text  # the menu of the HTML


def test_a_pdf_has_its_pages() -> None:
    read = extract(as_pdf(["one", "two " * 500, "three"]), name="a.pdf", content_type=None)
    assert read.text.split() == ["one", *["two"] * 500, "three"]
    assert len(read.pages) == 3


def test_an_event_names_each_file() -> None:
    deliveries = read_deliveries(event([Path("news/a b.txt"), Path("news/ü.md")]))
    changes = [change for delivery in deliveries for change in delivery.read()]
    assert changes == [Change(f"s3://{BUCKET}/news/{name}") for name in ("a b.txt", "ü.md")]


def test_figures_are_those_of_the_encoder(tmp_path: Path, encoder: Encoder) -> None:
    files = tmp_path / "files"
    files.mkdir()
    paths = [files / name for name in ("a.txt", "b.txt")]
    for path in paths:
        path.write_text(f"This is {path.name}.")
    figures = measure(paths, batch=1, direct=True, open_entry=lambda: to_sqlite(tmp_path, 1))
    texts = [f"This is {path.name}." for path in paths]
    assert figures.tokens == encoder.encode(texts).token_counts.sum()
    assert (figures.chunks, len(figures.seconds), len(figures.again)) == (2, 2, 2)
    assert figures.direct > 0 < figures.child_mb
    assert figures.stages.keys() == {"fetch", "read", "chunk", "encode", "write"}
    assert sum(figures.stages.values()) < sum(figures.seconds)
    run = Run("", 1, 1, 1.0, figures)
    assert sum(run.shares().values()) == pytest.approx(1)


def test_nothing_stays_watched() -> None:
    encode = Encoder.encode
    with Stages().watched():
        assert Encoder.encode is not encode
    assert Encoder.encode is encode


def test_a_million_pages_cost_the_sum_of_their_parts() -> None:
    figures = Figures(
        seconds=[10.0] * 10,
        units={
            "dynamodb reads": 100,
            "dynamodb writes": 200,
            "put bytes": 100 * VECTORS_MIN_PUT,
            "stored bytes": 1 << 20,
            "dynamodb bytes": 200 * 924,
        },
        calls={"put_item": 200},
        tokens=100_000,
    )
    run = Run("", 1, 100, 200.0, figures)
    paid = run.dollars()
    times = 1_000_000 / 200
    second = MEMORY_PER_CPU / 1_024 * 0.0000133334
    assert paid["Lambda, duration"] == pytest.approx(100 * second * times)
    assert paid["Lambda, requests"] == pytest.approx(10 * 0.2e-6 * times)
    assert paid["SQS"] == pytest.approx((100 + 10 + 10) * 0.4e-6 * times)
    assert paid["S3, HEAD and GET"] == pytest.approx(300 * 0.4e-6 * times)
    assert paid["DynamoDB"] == pytest.approx((100 * 0.125e-6 + 200 * 0.625e-6) * times)
    assert paid["S3 Vectors, PUT"] == pytest.approx(100 * 128 / 2**20 * 0.2 * times)
    gigabyte = 1 << 30
    assert run.monthly() == pytest.approx(
        {
            "S3 Vectors": (1 << 20) / gigabyte * 0.06 * times,
            "DynamoDB": 100 * 1_024 / gigabyte * 0.25 * times,
        }
    )
    assert run.hosted() == pytest.approx(500 * 0.02)


def test_a_document_ranks_with_its_nearest_chunk() -> None:
    assert [place(one, "aabac") for one in "abcd"] == [1, 2, 3, 0]
    ranks = Ranks("", 0, 5, [1, 2, 0, 4])
    assert ranks.hits(1) == 0.25
    assert ranks.hits(5) == 0.75
    assert ranks.reciprocal() == (1 + 1 / 2 + 1 / 4) / 4


def test_every_query_is_about_another_document() -> None:
    queries = json.loads(QUERIES.read_text())
    assert len(queries) >= 40
    about = {(one["corpus"], one["document"]) for one in queries}
    assert len(about) == len({one["query"] for one in queries}) == len(queries)
    sizes = {"lee_background": 300, "lee": 50}
    assert all(0 <= number < sizes[corpus] for corpus, number in about)


def test_events_are_as_large_as_those_of_the_template() -> None:
    sizes = re.findall(r"^ +BatchSize: (\d+)$", (ROOT / "template.yaml").read_text(), re.MULTILINE)
    assert sizes == [str(BATCH)]
