"""What came of the requests of a run: by route, which answers were valid, and what was accepted."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tests.conformance.specification import Route, Specification

FORM_FIELD = re.compile(rb'form-data; name="([^"\[]+)')


@dataclass
class Seen:
    """What was seen of a route."""

    answers: int = 0
    valid: int = 0
    succeeded: bool = False
    accepted: set[str] = field(default_factory=set)  # fields of requests that succeeded


class Record:
    """Checks answers, and counts them. An httpx event hook; see `note`."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        self.seen: dict[Route, Seen] = defaultdict(Seen)
        self.wrong: list[str] = []

    def note(self, response: Any) -> None:
        """Check a response that httpx, or a fork of it, received."""
        response.read()
        request = response.request
        asked = request.url.path.removeprefix("/v1")
        route = self.specification.route(request.method, asked)
        if route is None:
            self.wrong.append(f"{request.method} {asked} is no route of the specification")
            return
        seen = self.seen[route]
        seen.answers += 1
        errors = self._errors(route, response)
        seen.valid += not errors
        answered = f"{request.method} {route.path} {response.status_code}"
        self.wrong += [f"{answered} {error}" for error in errors]
        if response.status_code < 400:
            seen.succeeded = True
            seen.accepted |= _fields(request) & self.specification.fields(route)

    def _errors(self, route: Route, response: Any) -> list[str]:
        if route.path == "/files/{file_id}/content" and response.status_code < 400:
            return []
        try:
            answer = orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            return [f"is not JSON: {error}"]
        return self.specification.errors(route, response.status_code, answer)


def _fields(request: Any) -> set[str]:
    """The names of the fields of a request."""
    names = {name for name, _ in parse_qsl(request.url.query.decode(), keep_blank_values=True)}
    kind = request.headers.get("content-type", "")
    content = request.read()
    if kind.startswith("application/json") and content:
        names |= set(orjson.loads(content))
    elif kind.startswith("multipart/"):
        names |= {name.decode() for name in FORM_FIELD.findall(content)}
    return names
