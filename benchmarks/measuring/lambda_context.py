"""The context that Lambda passes to a handler."""

from __future__ import annotations


class Context:
    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    memory_limit_in_mb = 1769

    def get_remaining_time_in_millis(self) -> int:
        return 900_000
