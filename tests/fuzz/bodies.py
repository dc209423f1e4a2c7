"""Request bodies: those of real clients, valid ones with new texts, and both mutated."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.events import load_event
from tests.fuzz.damage import damage
from tests.fuzz.json_text import Raw, odd_value, write
from tests.fuzz.mutations import mutate
from tests.fuzz.texts import SECRET, text
from tests.paths import ROOT

IDS = (42562, 374, 459, 4228, 311, 1005, 1825, 2592, 15592, 5452, 13, 0, 100_255, 220, 9_468)


def _of_events() -> list[dict[str, Any]]:
    """The bodies of the HTTP events in `events/`, and the payloads of direct invocations."""
    events = [load_event(path.stem) for path in sorted((ROOT / "events").glob("*.json"))]
    sent = [event["body"] for event in events if isinstance(event.get("body"), str)]
    bodies = [json.loads(body) for body in sent if body.startswith("{")]
    return [body for body in bodies if "input" in body]


ADA = "text-embedding-ada-002"
# As clients send them: see tests/clients for where each is from.
EMBEDDINGS: list[dict[str, Any]] = [
    *_of_events(),
    {"input": [f"{SECRET} 1", f"{SECRET} 2"], "model": ADA, "encoding_format": "base64"},
    {"input": f"{SECRET} alone", "model": "text-embedding-3-small"},
    {"input": [[42562, 374, 459], [459]], "model": ADA, "encoding_format": "base64"},
    {"input": [42562.0, 374.0], "model": "all-MiniLM-L6-v2"},
    {"model": "m", "input": [SECRET], "user": None, "dimensions": None, "encoding_format": None},
    {"model": "sentence-transformers/all-MiniLM-L6-v2", "input": SECRET, "dimensions": 64},
    {"model": "m", "input": ["a " * 300, SECRET], "truncate": "START", "user": "u-1"},
    {"model": "nomic", "input": [SECRET], "truncate": True, "options": {"num_ctx": 8}},
    {"inputs": [SECRET], "normalize": True, "truncate": False},
    {"model": "m", "input": [{"text": SECRET}], "input_type": "search_query"},
]  # fmt: skip
SEARCHES: list[dict[str, Any]] = [
    load_event("direct-search"),
    {"query": SECRET, "max_num_results": 5, "rewrite_query": False},
    {
        "query": [SECRET, "lighthouse"],
        "ranking_options": {"ranker": "auto", "score_threshold": 0.2},
    },
    {"query": SECRET, "filters": {"type": "eq", "key": "filename", "value": "a.txt"}},
    {
        "query": SECRET,
        "filters": {
            "type": "and",
            "filters": [
                {"type": "in", "key": "page", "value": [1, 2, 3]},
                {"type": "or", "filters": [{"type": "gte", "key": "page", "value": 1.5}]},
            ],
        },
    },
]
EXPIRY: dict[str, Any] = {"anchor": "last_active_at", "days": 7}
CHUNKING: dict[str, Any] = {
    "type": "static",
    "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
}
ATTRIBUTES: dict[str, Any] = {"colour": SECRET, "page": 3, "ratio": 0.5, "is_new": True}
ATTACHED: dict[str, Any] = {
    "file_id": "file-1",
    "attributes": ATTRIBUTES,
    "chunking_strategy": CHUNKING,
}
BEGUN: dict[str, Any] = {
    "filename": "a.txt",
    "purpose": "assistants",
    "bytes": 5,
    "mime_type": "text/plain",
    "expires_after": {"anchor": "created_at", "seconds": 3_600},
}
# The bodies of the other routes, by how their paths end. {vector_store_id} stands for an update.
OF_ROUTES: dict[str, list[dict[str, Any]]] = {
    "/tokenize": [
        *EMBEDDINGS,
        {"input": [SECRET, "a " * 300], "pieces": True, "truncate": "START"},
    ],
    "/search": SEARCHES,
    "/v1/vector_stores": [
        {"name": SECRET, "file_ids": ["file-0"], "expires_after": EXPIRY, "metadata": {"a": "b"}},
        {"chunking_strategy": {"type": "auto"}, "description": SECRET},
    ],
    "/{vector_store_id}": [{"name": SECRET, "metadata": {"a": "b"}, "expires_after": EXPIRY}],
    "/files": [ATTACHED, {"file_id": "file-0"}],
    "/files/{file_id}": [{"attributes": ATTRIBUTES}],
    "/file_batches": [
        {"file_ids": ["file-0", "file-1", "file-0"], "attributes": ATTRIBUTES},
        {"files": [ATTACHED, {"file_id": "file-2"}]},
    ],
    "/v1/uploads": [BEGUN],
    "/complete": [{"part_ids": ["part_1"], "md5": "0" * 32}],
    "/mcp": [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        for number, method, params in (
            (1, "tools/call", {"name": "search", "arguments": {"query": SECRET}}),
            (SECRET, "tools/call", {"name": "fetch", "arguments": {"id": "file-passwords"}}),
            (2, "initialize", {"protocolVersion": "2025-06-18", "capabilities": {}}),
            (3, "tools/list", {}),
        )
    ],
}


def of_route(path: str) -> list[dict[str, Any]]:
    """What a route of this path is sent; for one that takes none of these, embeddings."""
    ends = sorted((end for end in OF_ROUTES if path.endswith(end)), key=len)
    return OF_ROUTES[ends[-1]] if ends else EMBEDDINGS


def valid_embeddings(rng: random.Random) -> dict[str, Any]:
    """A request that must succeed."""
    body: dict[str, Any] = {"input": _valid_input(rng)}
    if rng.random() < 0.8:
        body["model"] = rng.choice(("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"))
    if rng.random() < 0.5:
        body["encoding_format"] = rng.choice(("float", "base64", None))
    if rng.random() < 0.3:
        body["dimensions"] = rng.choice((None, 1, 2, 7, 256, 383, 384, 384.0))
    if rng.random() < 0.3:
        body["truncate"] = rng.choice((None, "END", "START"))
    if rng.random() < 0.2:
        body["user"] = rng.choice((None, "u-1", text(rng)))
    if rng.random() < 0.2:
        body["extra"] = rng.choice((None, {"a": [1, {"b": text(rng)}]}, 0.5, [True]))
    members = list(body.items())
    rng.shuffle(members)
    return dict(members)


def _valid_input(rng: random.Random) -> object:
    match rng.randrange(8):
        case 0 | 1 | 2:
            return text(rng)
        case 3 | 4 | 5:
            return [text(rng) for _ in range(rng.choice((1, 2, 3, 5)))]
        case 6:
            return rng.choices(IDS, k=rng.randint(1, 20))
        case _:
            kinds = rng.choice((int, float))
            return [[kinds(one) for one in rng.choices(IDS, k=3)] for _ in range(rng.randint(1, 4))]


def mutated(bodies: list[dict[str, Any]], rng: random.Random) -> bytes:
    """One of the bodies with one to four changes of its values, and perhaps of its bytes."""
    body = mutate(rng.choice(bodies), rng, odd_value, times=rng.choice((1, 1, 1, 2, 4)))
    if rng.random() < 0.02:
        body = Raw(_big_batch(rng))
    written = write(body, rng)
    if rng.random() < 0.05 and written.startswith("{"):  # a name twice
        written = '{"input":' + write(odd_value(rng), rng) + "," + written[1:]
    encoded = written.encode("utf-8", "surrogatepass")
    return damage(encoded, rng) if rng.random() < 0.3 else encoded


def _big_batch(rng: random.Random) -> str:
    """Thousands of inputs or token ids, beside a mistake that is found before they are encoded."""
    inputs: list[Any] = rng.choice(
        (
            ["a"] * 2_049,
            [[1]] * 2_049,
            [1] * 8_193,
            [[1] * 8_192] * 37,
            ["a"] * 2_000 + [3],
            [[1]] * 2_000 + [[100_256]],
            [[]] * 2_000,
            [[[1]]] * 2_000,
        )
    )
    return json.dumps({"input": inputs, "model": SECRET})


FORM_BOUNDARY = "f0rm-b0undary"
FORM_TYPE = f"multipart/form-data; boundary={FORM_BOUNDARY}".encode()
FIELDS = ("file", "data", "purpose", "expires_after[anchor]", "expires_after[seconds]", "x", "")
VALUES = (
    b"assistants",
    b"batch",
    b"created_at",
    b"3600",
    b"",
    b"\xff",
    b"x" * 2_000,
    b"--",
    b"\r\n",
)
FILENAMES = (
    *(b"a.txt", b"../a", b"a\\b", b"", b"x" * 300, b"\xff", b"\x00", b"..", "é猫".encode()),
    *(b"a%22b", b'a\\"b', b"%00"),
)


def form(rng: random.Random) -> bytes:
    """A form with a file: a right one, an odd one, or one with damaged bytes."""
    names = [rng.choice(("file", "data")), "purpose"] if rng.random() < 0.6 else []
    names += rng.choices(FIELDS, k=rng.choice((0, 0, 0, 1, 2, 5)))
    parts = [_part(name, rng) for name in names]
    delimiter = b"--" + FORM_BOUNDARY.encode()
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts)
    body += delimiter + (b"--\r\n" if rng.random() < 0.95 else b"\r\n")
    return damage(body, rng) if rng.random() < 0.3 else body


def _part(name: str, rng: random.Random) -> bytes:
    headers = b'Content-Disposition: form-data; name="%s"' % name.encode()
    if name in ("file", "data"):
        content = text(rng).encode("utf-8", "surrogatepass") * rng.choice((0, 1, 1, 1_000))
        chosen = rng.choice(FILENAMES) if rng.random() < 0.3 else b"a.txt"
        headers += rng.choice((b'; filename="%s"', b"; filename*=UTF-8''%s")) % chosen
        headers += rng.choice((b"", b"\r\nContent-Type: text/plain"))
    else:
        content = rng.choice(VALUES) if rng.random() < 0.3 else b"assistants"
    return headers + b"\r\n\r\n" + content
