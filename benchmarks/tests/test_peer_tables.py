"""The tables of the peers have the figures that were measured, and say what is missing."""

from __future__ import annotations

import pytest

from benchmarks.measuring.reference import REFERENCE
from benchmarks.peers import library, servers
from benchmarks.peers.library_report import library_tables, price, prices, speeds
from benchmarks.peers.load import Answers
from benchmarks.peers.report import sides, summary
from benchmarks.peers.server_report import answers
from handler.settings import MEMORY_PER_CPU


def measured(name: str, speed: float, instructions: str = library.NATIVE) -> library.Measurement:
    rates = {"mixed": [speed / 2, speed, speed * 2]}
    ms = [[2.0] * 10] * 3
    return library.Measurement(
        name, 1, tokens_per_second=rates, short_ms=ms, instructions=instructions
    )


def result(*figures: library.Measurement, architecture: str = "x86") -> library.LibraryResult:
    return library.LibraryResult(
        "120 texts", "a CPU", {"mixed": 1_000_000}, [*figures], architecture
    )


def cells(table: str) -> list[list[str]]:
    """The rows of a Markdown table, without its head."""
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_has_medians_spreads_and_ratios() -> None:
    assert cells(speeds([measured("ours", 5_000), measured(REFERENCE, 1_000)], ["mixed"])) == [
        ["ours", "5,000 (2,500–10,000)", "5.00"],
        [REFERENCE, "1,000 (500–2,000)", "1.00"],
    ]


def test_who_did_not_take_part_has_a_dash() -> None:
    ours = measured("ours", 5_000)
    ours.tokens_per_second[library.LARGE] = [3_000.0]
    base = measured(REFERENCE, 1_000)
    base.tokens_per_second[library.LARGE] = [1_500.0]
    rows = cells(speeds([ours, base, measured("fastembed", 500)], ["mixed", library.LARGE]))
    assert [row[3:] for row in rows] == [
        ["3,000 (3,000–3,000)", "2.00"],
        ["1,500 (1,500–1,500)", "1.00"],
        ["–", "–"],
    ]


def test_a_million_tokens_cost_their_seconds_at_one_cpu() -> None:
    cost = price(measured("ours", 5_000), 1_000_000, "x86")  # one request of 200 s
    assert cost == pytest.approx(200 * MEMORY_PER_CPU / 1_024 * 0.0000166667, rel=1e-4)
    arm64 = price(measured("ours", 5_000), 1_000_000, "arm64")
    assert arm64 == pytest.approx(200 * MEMORY_PER_CPU / 1_024 * 0.0000133334, rel=1e-4)


def test_x86_is_priced_by_the_figures_with_avx2_alone() -> None:
    native = [measured("ours", 5_000), measured(REFERENCE, 1_000)]
    avx2 = [measured(one, 2_500, library.AVX2) for one in ("ours", REFERENCE)]
    both = result(*native, *avx2)
    assert prices(both)["ours"] == price(avx2[0], 1_000_000, "x86")
    tables = library_tables(both)
    assert ["$/M tokens, x86" in table for table in tables if "p99" in table] == [False, True]
    assert prices(result(*native))["ours"] == price(native[0], 1_000_000, "x86")


def test_arm64_is_priced_by_what_was_measured_there() -> None:
    native = [measured("ours", 5_000), measured(REFERENCE, 1_000)]
    there = result(*native, architecture="arm64")
    assert prices(there)["ours"] == price(native[0], 1_000_000, "arm64")
    assert "$/M tokens, arm64" in library_tables(there)[-1]


def test_the_summary_has_both_sides_and_says_what_is_missing() -> None:
    figures = [
        *(measured(name, 4_000) for name in ("ours", REFERENCE, "broken")),
        *(measured(name, 2_000, library.AVX2) for name in ("ours", REFERENCE)),
    ]
    libraries = result(*figures)
    libraries.missing = ["broken (AVX2): it did not start. Illegal instruction"]
    names = ("one client", "many clients", "large requests")
    loads = {name: servers.LoadFigures.of([Answers([1.0], 1, 0, 1.0)]) for name in names}
    served = servers.ServersResult(
        "2 threads", "a CPU", [servers.Measurement("ours", 1.0, loads=loads)]
    )
    said, table, *_ = summary(libraries, served)
    assert said.endswith("broken (AVX2): it did not start. Illegal instruction")
    assert [row[:5] for row in cells(table)] == [
        ["ours", "2,000", "1.00", "4,000", "1.00"],
        [REFERENCE, "2,000", "1.00", "4,000", "1.00"],
        ["broken", "–", "–", "4,000", "1.00"],
    ]
    assert [*sides(libraries)] == [library.AVX2, library.NATIVE]


def test_the_table_of_servers_has_latencies_of_all_rounds_and_counts_errors() -> None:
    ours = servers.LoadFigures.of([Answers([1.0] * 99, 400, 3, 1.0), Answers([3.0], 4, 0, 1.0)])
    theirs = servers.LoadFigures.of([Answers([4.0] * 50, 200, 0, 1.0)])
    both = [
        servers.Measurement(name, 1.0, loads={"load": figures})
        for name, figures in (("ours", ours), (REFERENCE, theirs))
    ]
    assert cells(answers("load", both)) == [
        ["ours", "50.0 (1.0–99.0)", "1.00", "202", "1.0", "1.0", "3"],
        [REFERENCE, "50.0 (50.0–50.0)", "1.00", "200", "4.0", "4.0", "0"],
    ]
