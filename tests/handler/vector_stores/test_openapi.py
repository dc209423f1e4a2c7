"""/openapi.json describes the vector store routes of a server that has stores.

(tests/handler/http/test_openapi.py has the same of a server that has none.)
"""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from starlette.testclient import TestClient

from handler.settings import Settings, SqliteAddress
from handler.stores.sqlite.storage import SqliteStorage
from model_layer import Encoder
from tests.handler.http.documented_routes import check, requests_for
from tests.handler.vector_stores.made_store import MadeStore
from tests.handler.vector_stores.store_routes import serve
from tests.handler.vector_stores.worker import working
from tests.library import CATS, fill

STORE_ROUTES = "^/v1/vector_stores"
There = tuple[TestClient, list[dict[str, str]]]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> There:
    """A client, and what there is: in the store of a folder, and in one that the API made."""
    path = tmp_path_factory.mktemp("stores") / "library.sqlite"
    fill(path, encoder)
    address = SqliteAddress(str(path))
    storage = SqliteStorage(address)
    made = MadeStore.make(serve(Settings(vector_store=address)), storage)
    attached = made.attach()
    with working(storage, encoder) as worker:
        worker.drain()
    batch = made.post("/file_batches", file_ids=[attached])["id"]
    of_api = {"vector_store_id": made.id, "file_id": attached, "batch_id": batch}
    of_folder = {"vector_store_id": "library", "file_id": CATS.id, "batch_id": batch}
    return made.client, [of_api, of_folder]


def has_what_no_schema_tells(case: schemathesis.Case[Any]) -> bool:
    """Whether it may be refused though it is as documented: it names what was never listed."""
    if any((case.query or {}).get(name) for name in ("after", "before", "page")):
        return True
    static = find_static(case.body)
    overlap, size = (
        static.get(f"{name}_tokens", 0) for name in ("chunk_overlap", "max_chunk_size")
    )
    return bool(2 * overlap > size)


def find_static(value: object) -> dict[str, Any]:
    """The first sizes of chunks in a body that are numbers."""
    if isinstance(value, dict):
        static = value.get("static")
        if isinstance(static, dict) and all(
            isinstance(size, int | float) for size in static.values()
        ):
            return static
        value = list(value.values())
    if isinstance(value, list):
        return next((found for each in value if (found := find_static(each))), {})
    return {}


def check_in_store(case: schemathesis.Case[Any], there: There) -> None:
    client, objects = there
    hypothesis.assume(not has_what_no_schema_tells(case))
    # What changes a store may be refused for the folder's, though the request is right.
    place = objects[1] if case.method == "GET" and len(case.path_parameters) == 1 else objects[0]
    case.path_parameters = {name: place[name] for name in case.path_parameters}
    check(case, app=client.app)


@requests_for(STORE_ROUTES, examples=10)
def test_store_routes_do_what_is_documented(case: schemathesis.Case[Any], there: There) -> None:
    check_in_store(case, there)


@pytest.mark.slow
@requests_for(STORE_ROUTES, examples=100)
def test_store_routes_do_what_is_documented_for_many_requests(
    case: schemathesis.Case[Any], there: There
) -> None:
    check_in_store(case, there)
