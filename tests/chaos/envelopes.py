"""What the queue holds of changes, in one of the envelopes that they come in."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote_plus


def message_body(changes: list[tuple[str, str | None]], random: Random) -> str:
    """The changes in one of the envelopes; EventBridge's have one only."""
    envelopes: list[Callable[[list[tuple[str, str | None]]], dict[str, Any]]] = [_s3, _sns]
    if len(changes) == 1:
        envelopes.append(_eventbridge)
    return json.dumps(random.choice(envelopes)(changes))


def _s3(changes: list[tuple[str, str | None]]) -> dict[str, Any]:
    return {"Records": [_record(*change) for change in changes]}


def _record(source: str, sequencer: str | None) -> dict[str, Any]:
    bucket, _, key = source.removeprefix("s3://").partition("/")
    about = {"key": quote_plus(key), **({"sequencer": sequencer} if sequencer else {})}
    return {"eventSource": "aws:s3", "s3": {"bucket": {"name": bucket}, "object": about}}


def _sns(changes: list[tuple[str, str | None]]) -> dict[str, Any]:
    return {"Type": "Notification", "Message": json.dumps(_s3(changes))}


def _eventbridge(changes: list[tuple[str, str | None]]) -> dict[str, Any]:
    ((source, sequencer),) = changes
    bucket, _, key = source.removeprefix("s3://").partition("/")
    about = {"key": key, **({"sequencer": sequencer} if sequencer else {})}
    return {"source": "aws.s3", "detail": {"bucket": {"name": bucket}, "object": about}}
