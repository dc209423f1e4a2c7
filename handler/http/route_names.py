"""What the access log and the metrics call a request: its method, and the path of its route.

The router says which route it has found, but what answers around it (preflights, refused hosts)
does not ask it. Then the route is looked for by the path, whatever the method.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from handler.http.cors import METHODS
from handler.http.openapi import DocumentedApp
from handler.http.paths import canonical

# One name for all others, of which clients make as many as they like.
UNKNOWN = "unknown"
OTHER = "other"
KNOWN_METHODS = {*METHODS, "OPTIONS"}


def method_name(method: str) -> str:
    """The request's method, or `other`."""
    return method if method in KNOWN_METHODS else OTHER


def route_name(scope: Scope, app: DocumentedApp, *, base: str) -> str:
    """The path of the request's route, as the route has it. base: see `canonical`."""
    route = scope.get("route")
    if route is None:
        asked = scope.get("state", {}).get("asked_path", scope["path"])
        wanted = {**scope, "path": canonical(asked, base)}
        # The routes that are not built yet are built only if the others do not have the path.
        built = [*app.router.routes]
        route = _find(built, wanted) or _find(app.routes[len(built) :], wanted)
    return getattr(route, "path", UNKNOWN)


def _find(routes: Sequence[BaseRoute], scope: Scope) -> BaseRoute | None:
    return next((one for one in routes if one.matches(scope)[0] is not Match.NONE), None)
