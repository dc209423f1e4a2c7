"""Where the time of ingestion goes: the pipeline's parts, watched from outside."""

from __future__ import annotations

import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from benchmarks.measuring.prices import VECTORS_MIN_PUT
from handler.aws.client import AwsClient
from handler.documents.sandbox import Sandbox
from handler.ingestion.sources.files import FileReader
from handler.stores.sqlite.index import SqliteIndex
from handler.stores.sqlite.ledger import SqliteLedger
from model_layer import Chunker, Encoder

# The methods of each stage; what is left is "rest".
STAGES: dict[str, list[tuple[type, str]]] = {
    "fetch": [(FileReader, "find")],
    "read": [(Sandbox, "extract")],
    "write": [
        *((SqliteIndex, name) for name in ("upsert", "delete")),
        *((SqliteLedger, name) for name in ("get", "put", "delete")),
    ],
}
S3 = ("head_object", "get_object")


class Stages:
    """Seconds by stage; chunks, tokens, calls of AWS and the units they are paid by."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()  # of AWS, by operation
        self.units: Counter[str] = Counter()
        self.chunks = 0
        self.tokens = 0
        self.encoded: list[Callable[[], object]] = []  # the encoder's calls, to be repeated

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watches every pipeline of this process."""
        with ExitStack() as stack:

            def replace(owner: type, name: str, watch: Callable[..., Callable[..., Any]]) -> None:
                stack.enter_context(patch.object(owner, name, watch(getattr(owner, name))))

            for stage, methods in STAGES.items():
                for owner, name in methods:
                    replace(owner, name, partial(self._timed, stage))
            replace(Chunker, "split", self._splitting)
            replace(Encoder, "encode", self._encoding)
            replace(AwsClient, "attempt", self._attempting)
            replace(AwsClient, "call", self._calling)
            yield

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
            yield from iter(self._timed("chunk", lambda: next(windows, None)), None)

        return splitting

    def _encoding(self, encode: Callable[..., Any]) -> Callable[..., Any]:
        timed = self._timed("encode", encode)

        def encoding(encoder: Encoder, texts: Sequence[str], **named: Any) -> Any:
            encoded = timed(encoder, texts, **named)
            self.encoded.append(partial(encode, encoder, texts, truncate="NONE"))
            self.chunks += len(texts)
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
        if operation == "put_item":  # a unit per KB, rounded up
            size = _item_bytes(sent["Item"])
            self.units["dynamodb writes"] += math.ceil(size / 1_024)
            self.units["dynamodb bytes"] += size
        elif operation == "get_item":  # consistent: a unit per 4 KB, rounded up, at least one
            size = _item_bytes(answer.get("Item", {}))
            self.units["dynamodb reads"] += max(1, math.ceil(size / 4_096))
        elif operation == "put_vectors":
            size = sum(map(_vector_bytes, sent["vectors"]))
            self.units["stored bytes"] += size
            self.units["put bytes"] += max(size, VECTORS_MIN_PUT)


def _item_bytes(item: dict[str, Any]) -> int:
    """The approximate size of a DynamoDB item: names and values."""
    return sum(
        len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items()
    )


def _vector_bytes(vector: dict[str, Any]) -> int:
    """What S3 Vectors counts of a vector: key, four bytes a dimension, metadata."""
    metadata = json.dumps(vector["metadata"], ensure_ascii=False).encode()
    return len(vector["key"]) + 4 * len(vector["data"]["float32"]) + len(metadata)
