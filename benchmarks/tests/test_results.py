"""Published tables are those of the kept numbers, and noise is never published."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.cold_start.report import ColdStartResult
from benchmarks.cold_start.report import tables as cold_start_tables
from benchmarks.documents.report import DocumentsResult
from benchmarks.documents.report import summary as documents_summary
from benchmarks.documents.report import tables as documents_tables
from benchmarks.fidelity.report import FidelityResult
from benchmarks.fidelity.report import tables as fidelity_tables
from benchmarks.ingestion.report import IngestionResult
from benchmarks.ingestion.report import tables as ingestion_tables
from benchmarks.languages.report import LanguagesResult
from benchmarks.languages.report import tables as languages_tables
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.results import RESULTS, stored, with_results
from benchmarks.peers.library import LibraryResult
from benchmarks.peers.library_report import library_tables
from benchmarks.peers.report import summary
from benchmarks.peers.server_report import server_tables
from benchmarks.peers.servers import ServersResult
from benchmarks.requests.__main__ import RequestsResult, added
from benchmarks.requests.__main__ import tables as requests_tables
from benchmarks.retrieval.__main__ import RetrievalResult
from benchmarks.retrieval.__main__ import tables as retrieval_tables
from benchmarks.retrieval.manuals import ManualsResult
from benchmarks.retrieval.manuals import tables as manuals_tables
from benchmarks.search.__main__ import tables as search_tables
from benchmarks.search.measurement import SearchLatencyResult

TABLES = {
    "cold-start": cold_start_tables,
    "documents": documents_tables,
    "fidelity": fidelity_tables,
    "ingestion": ingestion_tables,
    "languages": languages_tables,
    "library": library_tables,
    "manuals": manuals_tables,
    "requests": requests_tables,
    "retrieval": retrieval_tables,
    "search": search_tables,
    "servers": server_tables,
}
KINDS = {
    "cold-start": ColdStartResult,
    "documents": DocumentsResult,
    "fidelity": FidelityResult,
    "ingestion": IngestionResult,
    "languages": LanguagesResult,
    "library": LibraryResult,
    "manuals": ManualsResult,
    "requests": RequestsResult,
    "retrieval": RetrievalResult,
    "search": SearchLatencyResult,
    "servers": ServersResult,
}


@pytest.mark.parametrize("name", KINDS)
def test_the_tables_are_those_of_the_kept_numbers(name: str) -> None:
    text = "\n\n".join(TABLES[name](stored(name, KINDS[name]))) + "\n"  # type: ignore[operator]
    assert (RESULTS / f"{name}.md").read_text() == text


def test_the_summary_is_that_of_the_kept_numbers() -> None:
    parts = summary(stored("library", LibraryResult), stored("servers", ServersResult))
    assert (RESULTS / "side-by-side.md").read_text() == "\n\n".join(parts) + "\n"


def test_the_summary_of_documents_is_that_of_the_kept_numbers() -> None:
    part = documents_summary(stored("documents", DocumentsResult))
    assert (RESULTS / "documents-summary.md").read_text() == part + "\n"


def test_every_result_is_linked() -> None:
    readme = (ROOT / "benchmarks" / "README.md").read_text()
    assert [path.name for path in RESULTS.iterdir() if f"(results/{path.name})" not in readme] == []


def test_a_block_takes_the_text_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "speed.md").write_text("new\n")
    text = "before\n<!-- speed.md -->\nold\n<!-- end -->\nafter\n"
    done = with_results(text, tmp_path)
    assert done == "before\n<!-- speed.md -->\nnew\n<!-- end -->\nafter\n"
    assert with_results(done, tmp_path) == done


def test_an_overhead_is_the_median_of_the_rounds_differences() -> None:
    bare, whole = [10.0, 900.0, 20.0, 30.0, 25.0], [11.0, 903.0, 22.0, 32.0, 27.0]
    assert added(bare, whole) == "2.00 (1.50–2.50)"


@pytest.mark.parametrize("differences", [[-809.0, -88.0, -3.0], [-40.0, 5.0, 60.0]])
def test_an_overhead_within_the_noise_is_not_published_as_a_figure(
    differences: list[float],
) -> None:
    bare = [2_000.0] * len(differences)
    shown = added(bare, [a + b for a, b in zip(bare, differences, strict=True)])
    assert shown.startswith("below noise (± ")


def test_make_bench_lists_every_benchmark() -> None:
    listed = subprocess.run(["make", "bench"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = {path.parent.name for path in (ROOT / "benchmarks").glob("*/__main__.py")}
    assert {line.split()[0] for line in listed.stdout.splitlines()[1:]} == names


def test_make_bench_refuses_an_unknown_name() -> None:
    done = subprocess.run(
        ["make", "bench", "NAME=speed"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert re.search(r"NAME is 'speed'; it can be cold_start .*requests", done.stderr)
