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
from tests.handler.http.documented_routes import check, each_route, requests_for, send_many
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


def names_a_place(case: schemathesis.Case[Any]) -> bool:
    """Whether it asks for a page that begins or ends at what was never listed."""
    return any((case.query or {}).get(name) for name in ("after", "before", "page"))


def check_in_store(case: schemathesis.Case[Any], there: There) -> None:
    client, objects = there
    hypothesis.assume(not names_a_place(case))
    # What changes a store may be refused for the folder's, though the request is right.
    place = objects[1] if case.method == "GET" and len(case.path_parameters) == 1 else objects[0]
    case.path_parameters = {name: place[name] for name in case.path_parameters}
    check(case, app=client.app)


@requests_for(STORE_ROUTES)
def test_store_routes_do_what_is_documented(case: schemathesis.Case[Any], there: There) -> None:
    check_in_store(case, there)


@pytest.mark.slow
@each_route(STORE_ROUTES)
def test_store_routes_do_what_is_documented_for_many_requests(route: Any, there: There) -> None:
    send_many(route, lambda case: check_in_store(case, there), examples=100)
