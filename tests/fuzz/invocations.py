"""Invocation events for `handler.api.lambda_handler`: of every transport, right and mutated."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.events import load_event
from tests.fuzz import bodies
from tests.fuzz.http_requests import Request, http_request
from tests.fuzz.json_text import plain_value
from tests.fuzz.mutations import mutate
from tests.fuzz.targets import Route

HTTP = {name: load_event(name) for name in ("http-api-v2", "function-url", "rest-api-v1", "alb")}
OTHERS = [
    load_event(name)
    for name in ("warm-up", "unsupported-sqs", "ingest-s3", "ingest-eventbridge", "direct-search")
]
# Fields of an HTTP event that a client, or an older gateway, may fill with anything.
CLIENTS_FIELDS = (
    *("headers", "multiValueHeaders", "queryStringParameters", "rawQueryString", "cookies"),
    *("multiValueQueryStringParameters", "body", "isBase64Encoded", "pathParameters"),
    "stageVariables",
)


@dataclass
class Invocation:
    """An event, and what is known of its answer."""

    event: Any
    request: Request | None = None  # that the event is, if it is one and was not mutated
    must_be_answered: bool = False
    seconds: float = 29.0  # until Lambda ends the function


def invocation(rng: random.Random, routes: list[Route]) -> Invocation:
    """An invocation drawn at random."""
    seconds = rng.choice((29.0, 29.0, 29.0, 900.0, 3.0, 0.5, 0.01))
    kind = rng.random()
    if kind < 0.35:
        request = http_request(rng, routes)
        request.must_succeed &= seconds > 1
        request.hangs_up = False
        name = rng.choice(list(HTTP))
        return Invocation(_http_event(name, request, rng), request, True, seconds)
    if kind < 0.6:
        request = http_request(rng, routes)
        event = _http_event(rng.choice(list(HTTP)), request, rng)
        if rng.random() < 0.6:
            field = rng.choice(CLIENTS_FIELDS)
            part = mutate({field: event.pop(field, None)}, rng, plain_value)
            if field in part:
                event[field] = part[field]
            return Invocation(event, None, True, seconds)
        return Invocation(mutate(event, rng, plain_value, times=3), None, False, seconds)
    return Invocation(_other(rng), None, False, seconds)


def _other(rng: random.Random) -> Any:
    """A direct invocation, a warm-up, or an event of another kind; or anything."""
    match rng.randrange(6):
        case 0 | 1 | 2:
            seed = rng.choice((*bodies.EMBEDDINGS, *bodies.SEARCHES, bodies.valid_embeddings(rng)))
            return mutate(seed, rng, plain_value, times=rng.randrange(4))
        case 3:
            try:
                return json.loads(bodies.mutated(bodies.EMBEDDINGS, rng))
            except (ValueError, RecursionError):
                return {}
        case 4:
            return mutate(rng.choice(OTHERS), rng, plain_value, times=rng.randrange(3))
        case _:
            return plain_value(rng)


def _http_event(name: str, request: Request, rng: random.Random) -> dict[str, Any]:
    """The request as the event that a gateway makes of it."""
    event = json.loads(json.dumps(HTTP[name]))
    path, _, query = request.target.partition("?")
    headers = {key.decode(): value.decode("latin-1") for key, value in request.headers}
    as_base64 = rng.random() < 0.3
    try:
        event["body"] = request.body.decode()
    except UnicodeDecodeError:
        as_base64 = True
    if as_base64:
        event["body"] = base64.b64encode(request.body).decode()
    event["isBase64Encoded"] = as_base64
    path = unquote(path) if rng.random() < 0.9 else path
    if name in ("http-api-v2", "function-url"):
        event |= {"rawPath": path, "rawQueryString": query, "headers": headers}
        event["requestContext"]["http"] |= {"method": request.method, "path": path}
        return dict(event)
    pairs = parse_qsl(query, keep_blank_values=True)
    event |= {"httpMethod": request.method, "path": path, "headers": headers}
    event["queryStringParameters"] = dict(pairs) or None
    if name == "rest-api-v1":
        event["multiValueHeaders"] = {key: [value] for key, value in headers.items()}
        event["multiValueQueryStringParameters"] = {key: [value] for key, value in pairs} or None
    return dict(event)
