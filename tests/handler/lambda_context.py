"""Lambda's context, and an HTTP event with a body, as the handler gets them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.events import load_event


@dataclass
class LambdaContext:
    """The part of the context that the handler uses."""

    seconds: float = 29
    memory_limit_in_mb: str = "1769"
    aws_request_id: str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds * 1000)


def http_event(body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """An event of an HTTP API that posts `body` to /v1/embeddings."""
    made = {**load_event("http-api-v2"), "body": json.dumps(body)}
    return {**made, "headers": {**made["headers"], **headers}}
