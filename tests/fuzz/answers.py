"""What must hold for every answer, whatever was asked; and the vectors that are right."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import numpy as np
import orjson
from numpy.typing import NDArray

from model_layer import Cl100k, Encoder, Truncate
from tests.fuzz.headers import KEY
from tests.fuzz.http_requests import Request, decoded, has_key

ERROR_KEYS = {"message", "type", "param", "code"}
MAY_BE_RETRIED = (408, 409, 429)


@dataclass(frozen=True)
class Answer:
    """An answer, with its header names in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> bytes:
        """The content without its coding."""
        gzipped = self.headers.get("content-encoding") == "gzip"
        return gzip.decompress(self.content) if gzipped else self.content


class Checks:
    """Checks answers; the right vectors come from an encoder of its own."""

    def __init__(self, encoder: Encoder, cl100k: Cl100k) -> None:
        self._encoder, self._cl100k = encoder, cl100k
        self._vector = lru_cache(maxsize=2_000)(self._encode)

    def check(self, request: Request, answer: Answer) -> None:
        """Raise AssertionError if the answer is not a right one to the request."""
        assert answer.status < 500, answer
        assert answer.status >= 200, answer
        assert answer.headers.get("x-request-id"), "no x-request-id"
        assert KEY not in answer.content.decode("utf-8", "replace"), "the answer shows the key"
        assert KEY not in str(answer.headers), "the headers show the key"
        length = answer.headers.get("content-length")
        if request.method == "HEAD":
            return  # the server leaves the body out
        assert length is None or int(length) == len(answer.content), "content-length is wrong"
        if answer.status >= 400:
            check_error(answer, of_mcp="/mcp" in unquote(request.path).lower())
        elif answer.content and answer.headers.get("content-type") == "application/json":
            value = json.loads(answer.body, parse_constant=_no_constant)
            if "embedding" in request.path and isinstance(value, dict) and "data" in value:
                self.check_vectors(request, answer, value)
        if request.needs_key:
            check_key(request, answer)
        if request.must_succeed:
            assert answer.status == 200, answer

    def check_vectors(self, request: Request, answer: Answer, value: dict[str, Any]) -> None:
        """The vectors are those of the texts in the body, bit for bit."""
        asked = _read(decoded(request).decode("utf-8-sig", "surrogatepass"))
        rows = self.expected(asked)
        self.check_rows(value["data"], rows, asked)
        assert answer.headers["x-embedding-fingerprint"] == self._encoder.bundle.fingerprint
        assert value["usage"]["prompt_tokens"] >= 2 * len(rows)

    def check_rows(
        self, data: list[dict[str, Any]], rows: list[NDArray[np.float32]], asked: dict[str, Any]
    ) -> None:
        """The data of an answer are the rows, in the form that was asked for."""
        assert [item["index"] for item in data] == list(range(len(rows)))
        for item, expected in zip(data, rows, strict=True):
            row = item["embedding"]
            encoded = isinstance(row, str)
            assert encoded == (asked.get("encoding_format") == "base64")
            got = np.frombuffer(base64.b64decode(row), "<f4") if encoded else np.array(row, "<f4")
            np.testing.assert_array_equal(got, expected)

    def expected(self, asked: dict[str, Any]) -> list[NDArray[np.float32]]:
        """The vectors for a body that was answered."""
        truncate = asked.get("truncate")
        if not isinstance(truncate, str):
            truncate = "NONE" if truncate is False else "END"
        rows = [self._vector(text, truncate) for text in self._texts(asked["input"])]
        dimensions = asked.get("dimensions")
        if dimensions is None or dimensions >= 384:
            return rows
        cut = [row[: int(dimensions)].astype(np.float64) for row in rows]
        return [(row / np.linalg.norm(row)).astype(np.float32) for row in cut]

    def _texts(self, value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        if all(isinstance(one, str) for one in value):
            return list(value)
        lists = value if isinstance(value[0], list) else [value]
        return [self._cl100k.decode([int(one) for one in ids]) for ids in lists]

    def _encode(self, text: str, truncate: Truncate) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self._encoder.encode([text], truncate=truncate).vectors[0]
        return row


def check_error(answer: Answer, *, of_mcp: bool = False) -> None:
    """An error has OpenAI's shape, all four keys, and says whether to try again.

    of_mcp: it may be JSON-RPC's, whose code says that.
    """
    assert answer.headers.get("content-type") == "application/json", answer
    value = json.loads(answer.body, parse_constant=_no_constant)
    if of_mcp and "jsonrpc" in value:
        assert answer.status in (400, 404), answer
        assert set(value) == {"jsonrpc", "id", "error"}, value
        assert value["error"]["code"] < 0, value
        assert value["error"]["message"], value
        return
    assert set(value) == {"error"}, value
    assert set(value["error"]) == ERROR_KEYS, value
    assert isinstance(value["error"]["message"], str), value
    assert value["error"]["message"], value
    assert answer.status != 422, "422"
    if answer.status in MAY_BE_RETRIED:
        assert "retry-after" in answer.headers or "x-should-retry" in answer.headers, answer
    else:
        assert answer.headers.get("x-should-retry") == "false", answer


def check_twins(one: Answer, other: Answer) -> None:
    """Two requests of the same meaning get the same answer, or are wrong in the same place."""
    assert one.status == other.status, (one, other)
    if one.status < 400:
        # What was made has an id and times of its own.
        assert one.body == other.body or b'"created_at"' in one.body
        return
    errors = [json.loads(each.body)["error"] for each in (one, other)]
    for each in errors:
        del each["message"]  # it may name the column
    assert errors[0] == errors[1], (one, other)


def check_key(request: Request, answer: Answer) -> None:
    """Without the key, a server with keys answers nothing about models, vectors or documents."""
    if has_key(request) or answer.status >= 400 or request.method == "HEAD":
        return
    if answer.headers.get("content-type") == "application/json":
        value = json.loads(answer.body)
        assert not {"data", "limits"} & set(value), "an answer without a key"


def _read(body: str) -> Any:
    """The value of a body that was accepted."""
    try:
        return json.loads(body)
    except RecursionError:  # in a field that is ignored
        return orjson.loads(body)


def _no_constant(name: str) -> float:
    raise AssertionError(f"{name} is not JSON")
