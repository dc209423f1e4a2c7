"""The prefix of an unknown path that ends in a known one, such as the stage of an API."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute
from starlette.types import Scope

from handler.http.methods import allowed_methods
from handler.http.paths import canonical

MOST_SEGMENTS = 4


def path_prefix(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    """The first segments of the path, if the rest is a route's or if they are the event's stage."""
    segments = scope["path"].split("/")[1:]
    for count in range(1, min(MOST_SEGMENTS, len(segments) - 1) + 1):
        rest = canonical("/" + "/".join(segments[count:]))
        if rest != "/" and allowed_methods(routes, {**scope, "path": rest}):
            return "/" + "/".join(segments[:count])
    stage = (scope.get("aws.event") or {}).get("requestContext", {}).get("stage")
    return f"/{stage}" if isinstance(stage, str) and segments[:1] == [stage] else None
