"""An HTTP client that records its requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.clients.wire import Wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    requests: list[Any] = []
    hooks = {"request": [requests.append]}
    with openai.DefaultHttpxClient(event_hooks=hooks) as http:
        yield Wire(http, requests)
