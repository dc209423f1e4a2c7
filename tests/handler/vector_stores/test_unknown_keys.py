"""A filter key that no document has is named in a warning; a known one is looked up once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.attributes import OURS, to_metadata
from handler.stores.contract import Record, Store
from handler.stores.filters import Comparison, Compound
from handler.vector_stores.search import VectorSearch
from handler.vector_stores.unknown_keys import MAX_KEYS, UnknownKeys
from tests.handler.stores.vectors import NORTH
from tests.handler.vector_stores.searches import ask


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_source_store(SqliteAddress(str(tmp_path / "store.sqlite")))


def unknown_keys(page: dict[str, Any]) -> list[str]:
    return [each for each in page.get("warnings", []) if each.startswith("No document has")]


def test_a_key_that_no_document_has_is_named_in_a_warning(search: VectorSearch) -> None:
    where = {"type": "ne", "key": "Taem", "value": "a"}
    page = ask(search, query="cats", filters={"type": "and", "filters": [where, where]})
    assert page["data"]
    (warning,) = unknown_keys(page)
    assert warning.startswith("No document has the attribute 'taem'.")
    known = {"type": "gte", "key": "modified", "value": 0}
    assert not unknown_keys(ask(search, query="cats", filters=known))


def test_ours_are_known_and_so_are_the_users(store: Store) -> None:
    store.index.upsert([Record("k#0", NORTH, to_metadata({"team": "a", "text": "b"}, {}))])
    keys = [*OURS, "team", "text", "version", "Team"]
    where = Compound("or", tuple(Comparison(key, "eq", "a") for key in keys))
    warnings = UnknownKeys().warnings(store, where, deadline=None)
    assert [warning.split("'")[1] for warning in warnings] == ["version", "Team"]


def test_a_known_key_is_remembered_and_an_unknown_one_is_not(store: Store) -> None:
    unknown, where = UnknownKeys(), Comparison("team", "eq", "a")
    assert unknown.warnings(store, where, deadline=None)
    store.index.upsert([Record("k#0", NORTH, {"team": "a"})])
    assert not unknown.warnings(store, where, deadline=None)
    store.index.delete(["k#0"])
    assert not unknown.warnings(store, where, deadline=None)
    assert unknown.warnings(replace(store, id="other"), where, deadline=None)


def test_a_filter_of_many_keys_looks_up_a_few(store: Store) -> None:
    where = Compound("or", tuple(Comparison(f"k{number}", "eq", 1) for number in range(99)))
    assert len(UnknownKeys().warnings(store, where, deadline=None)) == MAX_KEYS
