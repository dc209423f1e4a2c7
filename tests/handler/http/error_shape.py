"""The shape of every error, which is OpenAI's.

`{"error": {"message": str, "type": str, "param": str | null, "code": str | null}}`, a status of
4xx but never 422, and `x-should-retry: false`.
"""

from __future__ import annotations

from typing import Any

import httpx2

from handler.http.schemas import Errors


def assert_error(
    response: httpx2.Response, status: int, *, kind: str = "invalid_request_error"
) -> dict[str, Any]:
    """Check an error's shape and give its `error` object."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-should-retry"] == "false"
    body = response.json()
    # The documented model, with every field and no other.
    assert Errors.model_validate(body, strict=True, extra="forbid").model_dump() == body
    error: dict[str, Any] = body["error"]
    assert error["type"] == kind
    assert error["message"]
    return error
