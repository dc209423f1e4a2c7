"""Messages as the queue holds them: changes in one of the envelopes of S3, SNS or EventBridge."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from urllib.parse import quote_plus

SourceChange = tuple[str, str | None]  # the source, and its sequencer


def message_body(changes: Sequence[SourceChange], random: Random) -> str:
    """The changes in a random envelope; EventBridge's holds a single one."""
    envelopes: list[Callable[[Sequence[SourceChange]], dict[str, Any]]] = [_s3, _sns]
    if len(changes) == 1:
        envelopes.append(_eventbridge)
    return json.dumps(random.choice(envelopes)(changes))


def _s3(changes: Sequence[SourceChange]) -> dict[str, Any]:
    return {"Records": [_record(*change) for change in changes]}


def _record(source: str, sequencer: str | None) -> dict[str, Any]:
    bucket, _, key = source.removeprefix("s3://").partition("/")
    about = {"key": quote_plus(key), **({"sequencer": sequencer} if sequencer else {})}
    return {"eventSource": "aws:s3", "s3": {"bucket": {"name": bucket}, "object": about}}


def _sns(changes: Sequence[SourceChange]) -> dict[str, Any]:
    return {"Type": "Notification", "Message": json.dumps(_s3(changes))}


def _eventbridge(changes: Sequence[SourceChange]) -> dict[str, Any]:
    ((source, sequencer),) = changes
    bucket, _, key = source.removeprefix("s3://").partition("/")
    about = {"key": key, **({"sequencer": sequencer} if sequencer else {})}
    return {"source": "aws.s3", "detail": {"bucket": {"name": bucket}, "object": about}}
