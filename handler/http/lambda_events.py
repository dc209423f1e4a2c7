"""Lambda's HTTP events, normalized for Mangum. Does not answer events.

Nearly every part of an event can be missing or wrong, by a client, a proxy or a tool, and Mangum
raises on many of them. The app can answer most of these, so they must reach it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

HOST = re.compile(r"[^:\s]*(:[0-9]{1,5})?")
PORT = re.compile(r"[0-9]{1,5}")
CAME_AS_TEXT = "cameAsText"  # the event's key for whether its body was text, and not base64
# Headers that Mangum reads. It joins several values with a comma, and cannot read the result.
SINGLE = ("host", "x-forwarded-port", "x-forwarded-proto")


def normalize_event(event: dict[str, Any]) -> dict[str, Any]:
    """The event with every part that Mangum needs, in the type that it needs.

    `event_kinds.is_http` must hold.
    """
    context = event.get("requestContext")
    context = dict(context) if isinstance(context, dict) else {}
    clean = {**event, "requestContext": context, "body": _body(event), "isBase64Encoded": False}
    clean[CAME_AS_TEXT] = event.get("isBase64Encoded") is not True
    _clean_headers(clean)
    if isinstance(context.get("http"), dict):
        clean["version"] = "2.0"
        context.pop("elb", None)  # a load balancer's events have no `http`
        http = dict(context["http"])
        path = _text(http.get("path")) or _text(event.get("rawPath")) or "/"
        context["http"] = {**http, "path": path, "sourceIp": _text(http.get("sourceIp"))}
        clean["rawQueryString"] = _text(event.get("rawQueryString"))
        cookies = event.get("cookies")
        clean["cookies"] = list(map(_text, cookies)) if isinstance(cookies, list) else []
        return clean
    if "elb" not in context:
        # Told by `resource`, or by a version that is not 2.0.
        clean["version"] = "1.0"
    identity = context.get("identity")
    context["identity"] = identity if isinstance(identity, dict) else {}
    clean["path"] = _text(event.get("path")) or "/"
    _clean_query(clean)
    return clean


def _body(event: dict[str, Any]) -> bytes:
    body = event.get("body")
    if body is None or isinstance(body, bytes):
        return body or b""
    if not isinstance(body, str):
        return json.dumps(body).encode()  # unlike orjson, of whole numbers of any size
    # Half a surrogate pair makes bytes that are not UTF-8, and the app says so.
    raw = body.encode("utf-8", "surrogatepass")
    if event.get("isBase64Encoded") is not True:
        return raw
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error:
        return raw  # the app refuses it, unless it was not base64 at all


def _clean_headers(event: dict[str, Any]) -> None:
    """Leave out headers without a value, and those of Mangum's own that it could not parse."""
    many = event.get("multiValueHeaders")
    if isinstance(many, dict):
        lists = {name: values for name, values in many.items() if isinstance(values, list)}
        many = {
            name: [_text(value) for value in values if value is not None]
            for name, values in lists.items()
        }
        event["multiValueHeaders"] = {
            _text(name): values[-1:] if name.lower() in SINGLE else values
            for name, values in many.items()
            if values and _fits(name, values[-1])
        }
    else:
        event.pop("multiValueHeaders", None)
    one = event.get("headers")
    pairs = one.items() if isinstance(one, dict) else ()
    event["headers"] = {
        _text(name): _text(value)
        for name, value in pairs
        if value is not None and _fits(name, _text(value))
    }


def _fits(name: str, value: str) -> bool:
    match name.lower():
        case "host":
            return HOST.fullmatch(value) is not None
        case "x-forwarded-port":
            return PORT.fullmatch(value) is not None
        case "x-forwarded-proto":
            return value in ("http", "https")
        case _:
            return True


def _clean_query(event: dict[str, Any]) -> None:
    for name in ("queryStringParameters", "multiValueQueryStringParameters"):
        parameters = event.get(name)
        if not isinstance(parameters, dict):
            event.pop(name, None)
            continue
        event[name] = {
            _text(key): list(map(_text, value)) if isinstance(value, list) else _text(value)
            for key, value in parameters.items()
        }


def _text(value: object) -> str:
    """A part of an event as text that UTF-8 can encode; empty if there is none."""
    text = "" if value is None else value if isinstance(value, str) else str(value)
    return text.encode("utf-8", "replace").decode()
