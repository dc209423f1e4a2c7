"""One path for each resource, however a client writes it. Does not route.

    http://host/v1/embeddings         /v1/embeddings    an absolute-form target (RFC 9112, 3.2.2)
    //v1/embeddings                   the same          a base URL that ends in a slash
    /v1/embeddings/                   the same          as does this
    /v1/v1/embeddings                 the same          /v1 in the base URL, and from the client
    /embeddings                       the same          a base URL without /v1
    /openai/v1/embeddings             the same          Azure's
    /engines/M/embeddings             /v1/engines/M/embeddings
    /openai/deployments/M/embeddings  /v1/engines/M/embeddings    Azure's older form
    /prod/v1/embeddings               /v1/embeddings    if API_BASE_PATH is /prod

A redirect would lose the body in some clients, and the stage or domain of the API.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

ORIGIN = re.compile(r"https?://[^/]*", re.IGNORECASE)
SLASHES = re.compile(r"/{2,}")
# What OpenAI's API has below /v1, and this one serves.
RESOURCES = ("embeddings", "engines", "files", "models", "uploads", "vector_stores")
BELOW_V1 = re.compile(rf"/(?:{'|'.join(RESOURCES)})(?:/|$)")
AZURE = re.compile(rf"/openai(?=/(?:v1|{'|'.join(RESOURCES)})(?:/|$))")
DEPLOYMENTS = "/openai/deployments/"


def canonical(path: str, base: str = "/") -> str:
    """The path of the resource that `path` means, as routes have it.

    base: what stands before the path, such as /prod; it is cut at whole segments, if it is there.
    """
    path = SLASHES.sub("/", ORIGIN.sub("", path, count=1)) if "//" in path else path
    if base != "/" and f"{path}/".startswith(f"{base}/"):
        path = path[len(base) :]
    path = path.rstrip("/") or "/"
    if path.startswith(DEPLOYMENTS):
        return path.replace(DEPLOYMENTS, "/v1/engines/", 1)
    path = AZURE.sub("", path, count=1)
    if path.startswith("/v1/v1/"):
        path = path[3:]
    return f"/v1{path}" if BELOW_V1.match(path) else path


class CanonicalPaths:
    """ASGI middleware that gives routes the canonical path. `state.asked_path` has the other."""

    def __init__(self, app: ASGIApp, *, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["asked_path"] = scope["path"]
            scope["path"] = canonical(scope["path"], self._base)
        await self._app(scope, receive, send)
