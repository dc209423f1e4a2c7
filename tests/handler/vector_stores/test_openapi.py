"""/openapi.json describes the vector store routes of a server that has stores.

(tests/handler/http/test_openapi.py has the same of a server that has none.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis

from handler.settings import Settings, SqliteAddress
from handler.stores.sqlite.storage import SqliteStorage
from handler.vector_stores import rows
from model_layer import Encoder
from tests.handler.http.documented_routes import check, each_route, requests_for, send_many
from tests.handler.vector_stores.made_store import MadeStore
from tests.handler.vector_stores.store_routes import serve
from tests.handler.vector_stores.worker import upload, working
from tests.library import CATS, fill

STORE_ROUTES = "^/v1/vector_stores"
There = tuple[MadeStore, list[dict[str, str]]]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[There]:
    """A store that the API made, and what there is: in it, and in the store of a folder."""
    path = tmp_path_factory.mktemp("stores") / "library.sqlite"
    fill(path, encoder)
    address = SqliteAddress(str(path))
    storage = SqliteStorage(address)
    made = MadeStore.make(serve(Settings(vector_store=address)), storage)
    attached = made.attach()
    with working(storage, encoder) as worker:
        worker.drain()
    waiting = upload(storage, "b.txt", b"A valve.")  # nobody works any more
    batch = made.post("/file_batches", file_ids=[waiting])["id"]
    of_api = {"vector_store_id": made.id, "file_id": attached, "batch_id": batch}
    of_folder = {"vector_store_id": "library", "file_id": CATS.id, "batch_id": batch}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "SETTLE_SECONDS", 0.0)
        yield made, [of_api, of_folder]


def names_a_place(case: schemathesis.Case[Any]) -> bool:
    """Whether it asks for a page that begins or ends at what was never listed."""
    return any((case.query or {}).get(name) for name in ("after", "before", "page"))


def check_in_store(case: schemathesis.Case[Any], there: There) -> None:
    made, objects = there
    hypothesis.assume(not names_a_place(case))
    # What changes a store may be refused for the folder's, though the request is right.
    place = objects[1] if case.method == "GET" and len(case.path_parameters) == 1 else objects[0]
    if case.method == "DELETE":  # the others need what there is
        other = MadeStore.make(made.client, made.storage)
        place = {**place, "vector_store_id": other.id, "file_id": other.attach()}
    case.path_parameters = {name: place[name] for name in case.path_parameters}
    case.headers.pop("Idempotency-Key", None)  # one key for two requests is refused
    check(case, app=made.client.app)
    assert made.get()["id"] == made.id  # else every answer would be that there is no such store


@requests_for(f"{STORE_ROUTES}(?!.*/search$)")
def test_store_routes_do_what_is_documented(case: schemathesis.Case[Any], there: There) -> None:
    check_in_store(case, there)


# Its filters have hundreds of requests at their limits; the slow test has many of them.
@each_route("/search$")
def test_searches_do_what_is_documented(route: Any, there: There) -> None:
    send_many(route, lambda case: check_in_store(case, there), examples=30)


@pytest.mark.slow
@each_route(STORE_ROUTES)
def test_store_routes_do_what_is_documented_for_many_requests(route: Any, there: There) -> None:
    send_many(route, lambda case: check_in_store(case, there), examples=100)
