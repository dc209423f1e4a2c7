"""HTTP requests for every route: right ones, odd ones and wrong ones. Does not send them."""

from __future__ import annotations

import gzip
import random
import re
from dataclasses import dataclass, field, replace

from handler.limits import MAX_JSON_HALVES
from tests.fuzz import bodies
from tests.fuzz.headers import KEY, odd_headers
from tests.fuzz.json_text import write
from tests.fuzz.targets import Route, target_of

Headers = list[tuple[bytes, bytes]]

HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # of a surrogate pair, escaped


@dataclass
class Request:
    """A request, and what is known of its answer."""

    method: str
    target: str  # path and query, as on the wire
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    must_succeed: bool = False
    needs_key: bool = False  # whether the server does
    hangs_up: bool = False  # before the end of its body

    def header(self, name: str) -> str:
        """The value of the header, or "" if there is none."""
        values = [value for key, value in self.headers if key.lower() == name.encode()]
        return values[0].decode("latin-1") if values else ""

    @property
    def path(self) -> str:
        """The path, without the query."""
        return self.target.partition("?")[0]


def http_request(rng: random.Random, routes: list[Route], *, keys: bool = False) -> Request:
    """A request drawn at random. keys: whether the server needs one."""
    request = _valid(rng) if rng.random() < 0.2 else _any(rng, routes)
    request.needs_key = keys
    if keys and not has_key(request):
        request.must_succeed = False
    return request


def has_key(request: Request) -> bool:
    """Whether the key is in a header, wherever it is."""
    return any(KEY.encode() in value for _, value in request.headers)


def _any(rng: random.Random, routes: list[Route]) -> Request:
    route = rng.choice(routes)
    if not re.search("embed|tokenize|stores|models|files|uploads|mcp", route.path):
        route = rng.choice(routes)
    method = route.method
    if rng.random() < 0.06:
        method = rng.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"))
    request = Request(method, target_of(route, rng), [(b"host", b"localhost:8444")])
    if method in ("POST", "PUT", "PATCH") or rng.random() < 0.02:
        takes_form = route.path in ("/v1/files", "/v1/uploads/{upload_id}/parts")
        seeds = bodies.of_route(route.path)
        if takes_form and rng.random() < 0.9:
            request.body = bodies.form(rng)
        elif rng.random() < 0.15:
            request.body = write(rng.choice(seeds), rng).encode("utf-8", "surrogatepass")
        else:
            request.body = bodies.mutated(seeds, rng)
        sent_form = takes_form and bodies.FORM_BOUNDARY.encode() in request.body
        kind = bodies.FORM_TYPE if sent_form else b"application/json"
        request.headers.append((b"content-type", kind))
    request.headers += _key(rng)
    if rng.random() < 0.35:
        request.headers = odd_headers(request.headers, rng)
    request.hangs_up = bool(request.body) and rng.random() < 0.02
    return request


def _valid(rng: random.Random) -> Request:
    """A request for embeddings that must succeed, but for too many halves of pairs."""
    path = rng.choice(
        (
            *("/v1/embeddings", "/v1/embeddings", "/embeddings", "/v1/embeddings?api-version=1"),
            "/v1/engines/all-MiniLM-L6-v2/embeddings",
            "/openai/deployments/all-MiniLM-L6-v2/embeddings?api-version=2024-10-21",
        )
    )
    body = write(bodies.valid_embeddings(rng), rng).encode("utf-8", "surrogatepass")
    headers = [(b"host", b"localhost:8444"), (b"content-type", b"application/json"), *_key(rng)]
    if rng.random() < 0.2:
        headers.append((b"accept-encoding", rng.choice((b"gzip, deflate, br", b"identity", b"*"))))
    if rng.random() < 0.2:
        headers.append((b"x-request-id", b"fuzz-%d" % rng.randrange(10**9)))
    few = len(HALF.findall(body)) <= MAX_JSON_HALVES
    return Request("POST", path, headers, body, must_succeed=few)


def _key(rng: random.Random) -> Headers:
    match rng.randrange(5):
        case 0 | 1:
            return [(b"authorization", f"Bearer {KEY}".encode())]
        case 2:
            return [(b"api-key", KEY.encode())]
        case 3:
            return [(b"authorization", f"Bearer {KEY[:-1]}".encode())]
        case _:
            return []


def twin(request: Request, rng: random.Random) -> Request | None:
    """A request with another body of the same meaning, if there is one.

    JSON may escape any letter, and UTF-8 may begin with a mark that says so.
    """
    changed = re.sub(rb'(?<!\\)"input"', rb'"\\u0069nput"', request.body, count=1)
    if rng.random() < 0.3 and changed[:1] in b"{[":
        changed = b"\xef\xbb\xbf" + changed
    return None if changed == request.body else replace(request, body=changed)


def decoded(request: Request) -> bytes:
    """The request's body without its content coding. Raises OSError if it is damaged."""
    coding = request.header("content-encoding").strip().lower()
    return gzip.decompress(request.body) if coding in ("gzip", "x-gzip") else request.body
