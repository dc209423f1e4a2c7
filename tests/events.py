"""The invocation events of `events/`, which the tests, the docs and `sam local invoke` share."""

from __future__ import annotations

import json
from typing import Any

from tests.paths import ROOT


def load_event(name: str) -> dict[str, Any]:
    """The event in `events/<name>.json`."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def browser_get(name: str, path: str) -> dict[str, Any]:
    """The event `name`, changed to what a browser's GET of the path becomes."""
    event = load_event(name)
    if "http" in event["requestContext"]:
        event["requestContext"]["http"] |= {"method": "GET", "path": path}
    else:
        event |= {"httpMethod": "GET", "path": path}
    event["headers"]["accept-encoding"] = "gzip, deflate, br"
    return {**event, "body": None}
