"""Kinds of requests, each with its expected answer."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import numpy as np

from model_layer import Encoder


@dataclass(frozen=True)
class Kind:
    """A request and its expected answer."""

    body: dict[str, Any]
    status: int = 200
    texts: tuple[str, ...] = ()
    rows: tuple[bytes, ...] = ()  # of its texts; see `expected_of`


KINDS = [
    *(Kind({"input": f"query number {n}"}, texts=(f"query number {n}",)) for n in range(10)),
    *(
        Kind({"input": [f"{n}", f"a {n}"], "encoding_format": "base64"}, texts=(f"{n}", f"a {n}"))
        for n in range(10)
    ),
    Kind({"input": [42562, 374, 459]}, texts=("Prem is an",)),
    Kind({"input": ["word " * 60, "", "word " * 60]}, texts=("word " * 60, "", "word " * 60)),
    Kind({"input": []}, 400),
    Kind({"input": "a", "dimensions": 0}, 400),
]


def expected_of(kinds: Iterable[Kind], encoder: Encoder) -> list[Kind]:
    """The kinds, with the vectors of their texts."""
    return [
        replace(
            kind,
            rows=tuple(row.astype("<f4").tobytes() for row in encoder.encode(kind.texts).vectors),
        )
        for kind in kinds
    ]


def check(response: httpx.Response, kind: Kind) -> None:
    """Raise AssertionError if the response is not the right one."""
    assert response.status_code == kind.status, response.text
    if kind.status == 200:
        data = response.json()["data"]
        assert [item["index"] for item in data] == list(range(len(kind.texts)))
        for item, expected in zip(data, kind.rows, strict=True):
            row = item["embedding"]
            row = base64.b64decode(row) if isinstance(row, str) else np.array(row, "<f4").tobytes()
            assert row == expected
