"""The figures of a run, by resource, as a table."""

from __future__ import annotations

from collections import defaultdict

from tabulate import tabulate

from tests.conformance.calls import is_served
from tests.conformance.record import Record
from tests.conformance.specification import AMENDMENTS, EXTENSIONS, Route

HEADERS = ("resource", "routes", "fields accepted", "answers valid", "share")


def report(record: Record) -> str:
    """A table in Markdown, and what was wrong."""
    by_resource: dict[str, list[Route]] = defaultdict(list)
    for route in record.specification.routes:
        by_resource[route.resource].append(route)
    rows = [_row(name, routes, record) for name, routes in by_resource.items()]
    table = tabulate(
        [*rows, _row("all", record.specification.routes, record)],
        HEADERS,
        tablefmt="github",
        colalign=("left", *["right"] * 4),
    )
    ours = ", ".join(f"{name} ({', '.join(fields)})" for name, fields in EXTENSIONS.items())
    lines = [
        table,
        "",
        f"Fields of ours in objects that the specification closes: {ours}.",
        f"Amended in the specification: {'; '.join(AMENDMENTS)}.",
    ]
    return "\n".join([*lines, *(f"WRONG: {one}" for one in record.wrong)])


def _row(name: str, routes: list[Route], record: Record) -> tuple[str, str, str, str, str]:
    """routes: those of the specification; what is counted of the others is 0."""
    served = [route for route in routes if is_served(route)]
    seen = [record.seen[route] for route in served]
    done = sum(one.succeeded for one in seen)
    fields = sum(len(record.specification.fields(route)) for route in served)
    accepted = sum(len(one.accepted) for one in seen)
    answers, valid = sum(one.answers for one in seen), sum(one.valid for one in seen)
    share = f"{100 * (accepted + valid) / (fields + answers):.1f} %" if answers else "–"
    return (
        name,
        f"{done}/{len(routes)}",
        f"{accepted}/{fields}",
        f"{valid}/{answers}",
        share,
    )
