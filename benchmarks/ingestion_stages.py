"""Where the time of ingestion goes: the parts of the pipeline, watched from outside."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from benchmarks.prices import VECTORS_MIN_PUT
from handler.aws.client import AwsClient
from handler.documents.sandbox import Sandbox
from handler.ingestion.sources.files import FileReader
from handler.stores.sqlite import SqliteIndex, SqliteLedger
from model_layer import Chunker, Encoder

# Each part's methods, by the name that the report has for it. What is left is "rest".
PARTS: dict[str, list[tuple[type, str]]] = {
    "fetch": [(FileReader, "find")],
    "read": [(Sandbox, "extract")],
    "write": [
        *((SqliteIndex, name) for name in ("upsert", "delete")),
        *((SqliteLedger, name) for name in ("get", "put", "delete")),
    ],
}
S3 = ("head_object", "get_object")


@dataclass(frozen=True)
class Encoded:
    """A call of the encoder."""

    texts: int
    again: Callable[[], object]  # the same call, not watched


class Stages:
    """Seconds by stage, and what was encoded, sent and asked for."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()  # of AWS, by operation
        self.units: Counter[str] = Counter()  # what they are paid by
        self.tokens = 0
        self._encoded: list[Encoded] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watches every pipeline of this process."""
        with ExitStack() as stack:
            for stage, methods in PARTS.items():
                for owner, name in methods:
                    timed = self._timed(stage, getattr(owner, name))
                    stack.enter_context(patch.object(owner, name, timed))
            stack.enter_context(patch.object(Chunker, "split", self._splitting(Chunker.split)))
            stack.enter_context(patch.object(Encoder, "encode", self._encoding(Encoder.encode)))
            for name, watch in (("attempt", self._attempting), ("call", self._calling)):
                watching = watch(getattr(AwsClient, name))
                stack.enter_context(patch.object(AwsClient, name, watching))
            yield

    def take_encoded(self) -> list[Encoded]:
        """The calls of the encoder since this was last asked."""
        taken, self._encoded = self._encoded, []
        return taken

    def _timed(self, stage: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return method(*arguments, **named)
            finally:
                self.seconds[stage] += time.perf_counter() - started

        return timed

    def _splitting(self, split: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def splitting(*arguments: Any, **named: Any) -> Iterator[Any]:
            windows = split(*arguments, **named)
            following = self._timed("chunk", lambda: next(windows, None))
            yield from iter(following, None)

        return splitting

    def _encoding(self, encode: Callable[..., Any]) -> Callable[..., Any]:
        timed = self._timed("encode", encode)

        def encoding(encoder: Encoder, texts: Sequence[str], **named: Any) -> Any:
            encoded = timed(encoder, texts, **named)
            again = partial(encode, encoder, texts, truncate="NONE")
            self._encoded.append(Encoded(len(texts), again))
            self.tokens += int(encoded.token_counts.sum())
            return encoded

        return encoding

    def _attempting(self, attempt: Callable[..., Any]) -> Callable[..., Any]:
        def attempting(client: Any, operation: str, *arguments: Any, **named: Any) -> Any:
            self.calls[operation] += 1
            timed = self._timed("fetch" if operation in S3 else "write", attempt)
            return timed(client, operation, *arguments, **named)

        return attempting

    def _calling(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def calling(client: Any, operation: str, **parameters: Any) -> Any:
            answer = call(client, operation, **parameters)
            self._count(operation, parameters, answer)
            return answer

        return calling

    def _count(self, operation: str, sent: dict[str, Any], answer: dict[str, Any]) -> None:
        """The units that DynamoDB and S3 Vectors are paid by."""
        if operation == "put_item":  # a unit for each KB begun
            size = _bytes(sent["Item"])
            self.units["dynamodb writes"] += math.ceil(size / 1_024)
            self.units["dynamodb bytes"] += size
        elif operation == "get_item":  # consistent: a unit for each 4 KB begun, or for nothing
            size = _bytes(answer.get("Item", {}))
            self.units["dynamodb reads"] += max(1, math.ceil(size / 4_096))
        elif operation == "put_vectors":
            size = sum(map(_logical_bytes, sent["vectors"]))
            self.units["stored bytes"] += size
            self.units["put bytes"] += max(size, VECTORS_MIN_PUT)


def _bytes(item: dict[str, Any]) -> int:
    """About the size of a DynamoDB item: names and values."""
    return sum(
        len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items()
    )


def _logical_bytes(vector: dict[str, Any]) -> int:
    """What S3 Vectors counts of one: key, four bytes a dimension, metadata."""
    metadata = json.dumps(vector["metadata"], ensure_ascii=False).encode()
    return len(vector["key"]) + 4 * len(vector["data"]["float32"]) + len(metadata)
