"""Requests to every route, as OpenAI's own client sends them, right ones and wrong ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import openai

from tests.conformance.bodies import Bodies
from tests.conformance.record import Record
from tests.conformance.specification import Route, Specification

TEXT = b"Error E-2041 means that the pump is dry."
POLL: dict[str, Any] = {"poll_interval_ms": 20}
CHUNKING: Any = {
    "type": "static",
    "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
}
UNKNOWN = {
    "vector_store_id": "vs_none",
    "file_id": "file-none",
    "batch_id": "vsfb_none",
    "upload_id": "upload_none",
    "model": "none",
}
# Routes of the specification that are not served, by what there is for it.
NOT_SERVED = ("/batches", "/batches/{batch_id}", "/batches/{batch_id}/cancel")
NOT_DELETED = Route("/models/{model}", "delete")  # there is one model, and it stays


def is_served(route: Route) -> bool:
    """Whether the route is one that this server has."""
    return route.path not in NOT_SERVED and route != NOT_DELETED


def call_everything(client: openai.OpenAI, record: Record) -> None:
    """Call every route that is served."""
    call_models(client)
    call_files(client)
    call_uploads(client)
    call_stores(client)
    call_store_files(client)
    call_batches(client)
    call_with_every_body(client, record)
    call_unknown(client, record.specification)


def call_models(client: openai.OpenAI) -> None:
    (model,) = client.models.list()
    client.models.retrieve(model.id)
    for encoding in ("float", "base64"):
        client.embeddings.create(
            input=["a", "b"],
            model=model.id,
            encoding_format=encoding,
            dimensions=128,
            user="me",
        )


def upload(client: openai.OpenAI, content: bytes = TEXT, name: str = "pump.txt") -> str:
    """The id of a new file."""
    return client.files.create(file=(name, content), purpose="assistants").id


def call_files(client: openai.OpenAI) -> None:
    expiry: Any = {"anchor": "created_at", "seconds": 3600}
    for purpose in ("assistants", "batch", "fine-tune", "vision", "user_data", "evals"):
        made = client.files.create(
            file=("a.jsonl", b"{}"),
            purpose=purpose,
            expires_after=expiry,
        )
    client.files.retrieve(made.id)
    client.files.content(made.id)
    client.files.list(purpose="evals", limit=1, order="asc")
    client.files.list(after=made.id)
    client.files.delete(made.id)


def call_uploads(client: openai.OpenAI) -> None:
    fields: Any = {"filename": "a.txt", "purpose": "assistants", "mime_type": "text/plain"}
    expiry: Any = {"anchor": "created_at", "seconds": 3600}
    made = client.uploads.create(bytes=4, expires_after=expiry, **fields)
    parts = [client.uploads.parts.create(made.id, data=data).id for data in (b"ab", b"cd")]
    md5 = "e2fc714c4727ee9395f324cd2e7f331f"
    client.uploads.complete(made.id, part_ids=parts, md5=md5)
    refused(client.uploads.cancel, made.id)
    client.uploads.cancel(client.uploads.create(bytes=4, **fields).id)


def call_stores(client: openai.OpenAI) -> None:
    store = client.vector_stores.create(
        name="a",
        file_ids=[upload(client)],
        chunking_strategy=CHUNKING,
        expires_after={"anchor": "last_active_at", "days": 1},
        metadata={"k": "v"},
    )
    client.vector_stores.retrieve(store.id)
    client.vector_stores.update(store.id, name="b", metadata=None, expires_after=None)
    client.vector_stores.list(limit=1, order="asc")
    client.vector_stores.list(after=store.id)
    client.vector_stores.list(before=store.id)
    client.vector_stores.delete(store.id)


def call_store_files(client: openai.OpenAI) -> None:
    store = client.vector_stores.create().id
    files = client.vector_stores.files
    file = files.create_and_poll(
        upload(client),
        vector_store_id=store,
        attributes={"Team": "a", "n": 1, "ok": True},
        chunking_strategy=CHUNKING,
        **POLL,
    )
    failed = files.create_and_poll(upload(client, b""), vector_store_id=store, **POLL)
    files.retrieve(file.id, vector_store_id=store)
    files.update(file.id, vector_store_id=store, attributes={"Team": "b"})
    files.content(file.id, vector_store_id=store)
    refused(files.content, failed.id, vector_store_id=store)
    for options in ({"filter": "failed", "limit": 1}, {"order": "asc"}):
        files.list(store, **options)
    files.list(store, after=failed.id)
    files.list(store, before=file.id)
    client.vector_stores.search(
        store,
        query=["pump", "dry"],
        filters={"type": "eq", "key": "Team", "value": "b"},
        max_num_results=3,
        ranking_options={"ranker": "auto", "score_threshold": 0.0},
        rewrite_query=True,
    )
    unknown: Any = {"type": "eq", "key": "none", "value": 1}
    client.vector_stores.search(store, query="pump", filters=unknown)  # has a warning
    files.delete(file.id, vector_store_id=store)


def call_batches(client: openai.OpenAI) -> None:
    store = client.vector_stores.create().id
    batches = client.vector_stores.file_batches
    attributes: Any = {"n": 1}
    done = batches.create(
        store,
        file_ids=[upload(client) for _ in range(3)],
        attributes=attributes,
        chunking_strategy=CHUNKING,
    )
    batches.poll(done.id, vector_store_id=store, **POLL)
    first = batches.list_files(done.id, vector_store_id=store, limit=1, order="asc").data[0].id
    batches.list_files(done.id, vector_store_id=store, after=first, filter="completed")
    batches.list_files(done.id, vector_store_id=store, before=first)
    refused(batches.cancel, done.id, vector_store_id=store)
    long = TEXT * 20_000
    each: Any = [{"file_id": upload(client, long), "attributes": {"n": 2}} for _ in range(3)]
    given_up = batches.create(store, files=each)
    batches.cancel(given_up.id, vector_store_id=store)


def call_with_every_body(client: openai.OpenAI, record: Record) -> None:
    """Bodies that the schemas allow; what is refused is wrong."""
    for route, path, body in every_body(client, record.specification):
        try:
            client.post(path, body=body, cast_to=object)
        except openai.APIStatusError as error:
            record.wrong.append(f"POST {route.path} refused {str(body)[:300]}: {error.message}")


def every_body(
    client: openai.OpenAI, specification: Specification
) -> Iterator[tuple[Route, str, Any]]:
    """Routes that take JSON, the path with ids of what there is, and a body that is right."""
    store, file = client.vector_stores.create().id, upload(client)
    client.vector_stores.files.create(store, file_id=file)
    known = {
        "file_id": file,
        "file_ids": [file],
        "model": "all-MiniLM-L6-v2",
        "dimensions": 384,
        "bytes": 100,
        "mime_type": "text/plain",
        "chunk_overlap_tokens": 20,
    }
    bodies = Bodies(specification, known)
    for route in specification.routes:
        schema = specification.body_schema(route)
        if schema is None or not is_served(route) or route.path.endswith("/complete"):
            continue
        path = route.path.format(vector_store_id=store, file_id=file)
        for body in bodies.of(schema):
            if route.path.endswith("/file_batches"):  # at most eight may wait for a file
                body = with_new_files(client, body)
            yield route, path, body


def with_new_files(client: openai.OpenAI, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a file batch, with files of its own."""
    if "files" in body:
        return {**body, "files": [{**one, "file_id": upload(client)} for one in body["files"]]}
    return {**body, "file_ids": [upload(client)]}


def call_unknown(client: openai.OpenAI, specification: Specification) -> None:
    """Every route with ids of nothing, and with a body that is wrong."""
    for route in filter(is_served, specification.routes):
        path = route.path.format(**UNKNOWN)
        refused(raw, client, route.method, path)


def raw(client: openai.OpenAI, method: str, path: str) -> None:
    """A request without a body, or with one that is no object."""
    options: Any = {"cast_to": object}
    if method == "post":
        client.post(path, body=[1], **options)
    elif method == "get":
        client.get(path, **options)
    else:
        client.delete(path, **options)


def refused(function: Any, *args: Any, **kwargs: Any) -> None:
    """A call that may be refused: what is of interest is the error's shape."""
    with contextlib.suppress(openai.APIStatusError):
        function(*args, **kwargs)
