"""What the local server adds is counted beside the encoding of the same moment."""

from __future__ import annotations

import pytest

from benchmarks.requests.local_server import ServerFigures, server_table

FIGURES = ServerFigures(
    cpus=2,
    encode=[1.0, 2.0],
    one_client=[1.5, 3.0],
    rate=[900.0, 450.0],
    load_cpus=[0.2, 0.2],
    server_cpu=[2.0, 4.0],
    encode_beside_one=[1.0, 2.0],
    encode_beside_all=[1.0, 2.0],
)


def test_each_round_is_compared_with_its_own_encoding() -> None:
    assert FIGURES.beyond == [0.5, 1.0]
    assert FIGURES.share == pytest.approx([0.5, 0.5])  # of the 1.8 CPUs that the load leaves


def test_the_table_has_both_targets() -> None:
    table = server_table(FIGURES)
    assert "0.75 (0.50–1.00)" in table
    assert "50% (50%–50%)" in table
