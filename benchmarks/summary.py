"""The README's table: one row a contestant, of all that was measured in one run."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import library, servers
from benchmarks.library_report import price, reference
from benchmarks.servers_report import rate


def summary(
    encoded: Sequence[library.Measurement],
    served: Sequence[servers.Measurement],
    mixed_tokens: int,
    machine: str,
) -> str:
    """In Markdown: the libraries at most threads, their price at one; the servers in sentences."""
    threads = encoded[-1].threads
    at_one = {one.name: one for one in encoded if one.threads == 1}
    at_most = [one for one in encoded if one.threads == threads]
    base = reference(at_most)
    rows = [
        "| library | mixed texts, tokens/s | ratio | one short text, p50, ms | peak MB "
        "| worst cosine | $/M tokens |",
        "|---" * 7 + "|",
    ]
    for one in at_most:
        cost = f"{price(at_one[one.name], mixed_tokens):.4f}" if one.name in at_one else "–"
        rows.append(
            f"| {one.name} | {one.median('mixed'):,.0f} "
            f"| {one.median('mixed') / base.median('mixed'):.2f} | {one.percentile(50):.2f} "
            f"| {one.peak_mb:.0f} | {one.worst_cosine:.5f} | {cost} |"
        )
    alone, many, _ = served[0].answers
    rows += [
        "",
        f"| server | {alone}: p50, ms | {many}: requests/s | p99, ms | peak MB |",
        "|---" * 5 + "|",
    ]
    for server in served:
        rows.append(
            f"| {server.name} | {server.percentile(alone, 50):.1f} "
            f"| {server.median(many, rate):,.0f} | {server.percentile(many, 99):.0f} "
            f"| {server.peak_mb:.0f} |"
        )
    return f"{threads} threads; {machine}\n\n" + "\n".join(rows) + "\n"
