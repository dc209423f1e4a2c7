"""The application's routes, and request targets (path and query) that reach them, or nearly do."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.fuzz.json_text import STRINGS
from tests.fuzz.texts import CHARACTERS, SECRET


@dataclass(frozen=True)
class Route:
    """A method and the pattern of its path, such as /v1/models/{model:path}."""

    method: str
    path: str


MADE = range(4)  # of each kind; see `made_objects`
STORES = ("documents", "nothing", *(f"vs_{number}" for number in MADE))
NAMES: dict[str, tuple[str, ...]] = {
    "model": ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "ada-002"),
    "vector_store_id": STORES,
    "file_id": ("file-passwords", "file-broken", "file-none", *(f"file-{n}" for n in MADE)),
    "batch_id": tuple(f"vsfb_{number}" for number in MADE),
    "upload_id": tuple(f"upload_{number}" for number in MADE),
    "name": ("swagger-ui.css", "style.css", "index.html"),
}  # fmt: skip
PARTS = (
    *("", ".", "..", "%2e%2e", "%2F", "%00", "%0d%0aX:%20y", "%ff", "%zz", "%", "%u0041", ";a=b"),
    *("a" * 300, "a" * 5_000, "%F0%9F%90%8C", "{model}", "<script>", "'", "\\", "~", "@", ":", "+"),
)
QUERY_NAMES = (
    *("limit", "order", "after", "before", "filter", "purpose", "page", "vector_store_id"),
    *("api-version", "x", "", "limit[]"),
)
QUERY_VALUES = (
    *("", "0", "1", "20", "100", "101", "-1", "+5", "5.0", "%205", "1e2", "0x5", "007", "٥"),
    *("00000010099999", "0" * 34 + "5", "9" * 34, "9" * 5_000, "NaN", "null", "true", "asc"),
    *("10000", "10001", "file-1", "file-none", "vs_1", "assistants", "batch_output"),
    *("desc", "DESC", "completed", "failed", "%00", "%ff", "%zz", "%", "a%0d%0ab", "a" * 3_000),
)


def routes_of(app: Any) -> list[Route]:
    """Every route of an ASGI application, from inside its middlewares."""
    while not hasattr(app, "routes"):
        app = next(
            inner for name in ("app", "_app") if (inner := getattr(app, name, None)) is not None
        )
    return [
        Route(method, route.path)
        for route in app.routes
        for method in sorted(getattr(route, "methods", None) or ["GET"])
    ]


def target_of(route: Route, rng: random.Random) -> str:
    """A target for the route: mostly right, sometimes odd. Printable ASCII, as on the wire."""
    path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: _name(match[1], rng), route.path)
    if rng.random() < 0.15:
        path = _odd(path, rng)
    wants_query = bool(re.search("stores|files", path)) and route.method == "GET"
    if rng.random() < (0.6 if wants_query else 0.1):
        path += "?" + _query(rng)
    return path


def _name(parameter: str, rng: random.Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(NAMES.get(parameter, ("x",)))
    if rng.random() < 0.5:
        return rng.choice(PARTS)
    odd = rng.choice((rng.choice(STRINGS), "".join(rng.choices(CHARACTERS, k=3)), SECRET))
    return quote(odd, safe="", errors="surrogatepass")


def _odd(path: str, rng: random.Random) -> str:
    at = rng.randint(0, len(path))
    return rng.choice(
        (
            f"/{path}",
            f"{path}/",
            path.upper(),
            path[:at] or "/",
            f"/prod{path}",
            f"/v1{path}",
            path.removeprefix("/v1") or "/",
            path.replace("/", "//"),
            path.replace("e", "%65"),
            f"/..{path}",
            f"{path}/../../{rng.choice(PARTS)}",
            f"{path[:at]}{rng.choice(PARTS)}{path[at:]}",
            f"{path}%20",
            f"/{rng.choice(PARTS)}",
        )
    )


def _query(rng: random.Random) -> str:
    parts = []
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        equals = "=" if rng.random() < 0.95 else rng.choice(("", "==", "=&"))
        parts.append(f"{rng.choice(QUERY_NAMES)}{equals}{quote_ascii(rng.choice(QUERY_VALUES))}")
    return rng.choice(("&", "&", "&", ";", "&&")).join(parts)


def quote_ascii(value: str) -> str:
    """The value with percent escapes only where it is not ASCII."""
    return value if value.isascii() else quote(value)
