"""Every answer is one of OpenAI's specification, and every field of its requests is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import specification
from tests.conformance.calls import is_served
from tests.conformance.record import Record
from tests.conformance.run import run
from tests.conformance.specification import Specification


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    file = specification.path()
    if file is None:
        pytest.skip("OpenAI's specification is not there; OPENAI_SPEC names it")
    store: Path = tmp_path_factory.mktemp("stores") / "documents.sqlite"
    return run(Specification.read(file), str(store))


def test_every_answer_is_valid(record: Record) -> None:
    assert record.wrong == []


def test_every_route_answers_and_takes_every_field(record: Record) -> None:
    for route in filter(is_served, record.specification.routes):
        seen = record.seen[route]
        assert seen.succeeded, route
        assert seen.accepted == record.specification.fields(route), route
