"""One history: objects are written and removed, events arrive in any order, everything fails.

When no event is left, a query must find what the bucket's contents imply: also before the writes
that are still on their way arrive, and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np

from handler import documents, ingest
from handler.documents.document import Document
from handler.errors import DocumentRejected
from handler.ingestion import leases, planning
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import document_id
from handler.ingestion.write_batch import MIN_WRITE_BYTES
from handler.stores.attributes import describe, to_metadata
from handler.stores.contract import Store
from handler.stores.filters import Comparison
from handler.stores.record_key import RecordKey
from handler.stores.row import Row
from model_layer import Chunker, DeadlineExceeded, Encoded, Encoder, Truncate
from tests.chaos.envelopes import SourceChange, message_body
from tests.chaos.faults import Bucket, Faults, FaultyIndex, FaultyLedger, etag
from tests.chaos.scheduler import Actor, Clock, Scheduler

MAX_INVOCATIONS = 3  # at a time
EPOCHS = 3  # periods of trouble, each with a rest after it

# Sentences to make chunks of a few tokens from; and contents that are not text.
SENTENCES = [
    f"{subject} {verb} {place}."
    for subject in ("The cat", "A heron", "My uncle", "Nobody")
    for verb in ("sleeps", "waited all day", "sells old maps")
    for place in ("in the harbour", "behind the mill", "on Sundays")
]
BROKEN = (b"", b" \n ", b"\x00\x01\x02\x03\xff\xfe\x00", b"%PDF-1.7 cut off")


class RememberingEncoder:
    """An encoder that remembers: histories repeat their few texts. It keeps to their clock."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.bundle = encoder, encoder.bundle
        self.tokenizer = encoder.tokenizer
        self._known: dict[str, tuple[Any, int]] = {}
        self.clock: Clock | None = None

    def encode(
        self,
        texts: Sequence[str],
        *,
        truncate: Truncate = "END",
        deadline: float | None = None,
        is_cancelled: object = None,
    ) -> Encoded:
        if deadline is not None and self.clock and self.clock.time > deadline:
            raise DeadlineExceeded(0, len(texts), 0, 0)
        new = [text for text in texts if text not in self._known]
        encoded = self._encoder.encode(new, truncate=truncate)
        self._known |= {
            text: (encoded.vectors[place], int(encoded.token_counts[place]))
            for place, text in enumerate(new)
        }
        vectors = np.array([self._known[text][0] for text in texts], np.float32)
        counts = np.array([self._known[text][1] for text in texts], np.int64)
        return Encoded(vectors, counts, np.zeros(len(texts), np.bool_), 0.0, 0.0)


@dataclass
class Message:
    """A message in the queue, invisible until `visible`."""

    body: str
    visible: float
    received: int = 0


@dataclass
class Context:
    """What Lambda passes to the handler."""

    deadline: float


@dataclass
class History:
    """A random history, repeatable by its seed."""

    seed: int
    store: Store
    encoder: RememberingEncoder
    chunkers: tuple[Chunker, Chunker]  # it may start with the second and switch to the first
    queue: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.clock = Clock(self.random)
        self.scheduler = Scheduler(self.random, self.clock)
        self.faults = Faults(self.random, self.clock, self.scheduler)
        self.bucket = Bucket(self.faults)
        self.encoder.clock = self.clock
        # Keys that need encoding; each envelope encodes in its own way.
        keys = ["a b+c.txt", "é/ü.txt", "100%.txt"][: self.random.choice([1, 1, 2, 3])]
        self.sources = [f"s3://bucket/{self.seed}/{key}" for key in keys]
        # A write holds one window, several, or whole documents.
        self.request = self.random.choice([1, 5_000, MIN_WRITE_BYTES])
        self.pool = [self._content() for _ in range(4)]
        # Whether the actors are processes of one machine, that know which of them have ended.
        self.is_local = self.random.random() < 0.5
        self.owners: dict[str, Actor] = {}  # by their names

    def run(self) -> None:
        """Run it. Raises if an invocation fails unexpectedly, or the store is wrong at rest."""
        new, old = map(self._pipeline, self.chunkers)
        self.chunker = self.random.choice(self.chunkers)
        self.deployed = new if self.chunker is self.chunkers[0] else old
        quiet = self.random.random() < 0.1  # a tenth of the histories see disorder, and no faults
        with (
            patch.object(ingest, "open_pipeline", lambda: self.deployed),
            patch.object(ingest, "deadline", lambda context: context.deadline),
            patch.object(ingest, "write_line", lambda *_, **__: None),
            patch.object(ingest.log, "error", _fail),
            patch.object(leases, "uniform", self.random.uniform),
            patch.object(planning, "new_generation", self._generation),
        ):
            for _ in range(EPOCHS):
                self._set_faults(0.0 if quiet else self.random.choice([0.01, 0.05, 0.15]))
                self.faults.lost = 0.0 if quiet else self.random.choice([0.0, 0.1, 0.5])
                for _ in range(self.random.randint(1, 8)):
                    self._mutate()
                    for _ in range(self.random.randint(0, 12)):
                        self._advance()
                    if self.random.random() < 0.1:
                        self._deploy(new)
                    if not quiet and self.random.random() < 0.1:
                        self.clock.jump()
                for _ in range(self.random.randint(0, 100)):
                    self._advance()
                self._set_faults(0.0)
                while self.queue or self.scheduler.running:
                    self._advance()
                self.check()
                if self.random.random() < 0.5:
                    self.faults.arrive(until=inf)
                    self.check()
            self.faults.arrive(until=inf)
            self.check()

    def check(self) -> None:
        """Compare the store with what the bucket's contents imply."""
        for source in self.sources:
            content = self.bucket.contents.get(source)
            row = self.store.ledger.get(document_id(source))
            self._check(source, content, row, found=self._found(source, row))

    def now(self) -> float:
        return self.clock.now(self.scheduler.current.machine)

    def monotonic(self) -> float:
        return self.clock.time

    def name(self) -> str:
        """The name of a new owner."""
        name = f"owner-{len(self.owners)}"
        self.owners[name] = self.scheduler.current
        return name

    def is_gone(self, owner: str) -> bool:
        """Whether the owner is known to have ended."""
        return self.is_local and self.owners[owner].is_done

    def _generation(self) -> str:
        return f"{self.random.getrandbits(64):016x}"

    def sleep(self, seconds: float) -> None:
        self.clock.time += seconds
        self.scheduler.step()

    def _pipeline(self, chunker: Chunker) -> Pipeline:
        return Pipeline(
            self.bucket,
            Store(self.store.id, self._vectors(), FaultyLedger(self.store.ledger, self.faults)),
            DocumentEncoder(self.encoder, chunker, _extract),  # type: ignore[arg-type]
            clock=self,
            owners=self,
            min_write_bytes=self.request,
        )

    def _deploy(self, new: Pipeline) -> None:
        """Switch to the new chunker, and send all objects again."""
        if self.deployed is not new:
            while self.scheduler.running:  # running invocations end with the old one
                self.scheduler.turn()
            self.deployed, self.chunker = new, self.chunkers[0]
            for source in self.sources:
                body = message_body([(source, None)], self.random)
                self.queue.append(Message(body, self.clock.time))

    def _vectors(self) -> FaultyIndex:
        return FaultyIndex(self.store.index, self.faults)

    def _set_faults(self, rate: float) -> None:
        self.faults.unavailable, self.faults.crash, self.faults.lost = rate, rate / 2, 0.0

    def _content(self) -> bytes:
        if self.random.random() < 0.15:
            return self.random.choice(BROKEN)
        sentences = self.random.choices(SENTENCES, k=self.random.randint(1, 14))
        return " ".join(sentences).encode()

    def _metadata(self) -> dict[str, str]:
        return self.random.choice([{}, {"release": "1.10"}, {"release": "2", "text": "mine"}])

    def _mutate(self) -> None:
        """Write, touch or remove an object, and send its event at least once, now or later."""
        source = self.random.choice(self.sources)
        if self.random.random() < 0.3:
            sequencer = self.bucket.delete(source)
        elif source in self.bucket.contents and self.random.random() < 0.4:
            sequencer = self.bucket.touch(source, self._metadata())
        else:
            # From a pool, so that contents recur.
            sequencer = self.bucket.put(source, self.random.choice(self.pool), self._metadata())
        changes: list[SourceChange] = [(source, sequencer)]
        if self.random.random() < 0.2:  # a backfill, perhaps of another object
            changes.append((self.random.choice(self.sources), None))
        self.random.shuffle(changes)
        for _ in range(1 + (self.random.random() < 0.3)):
            delay = self.random.choice([0, 0, 1, 10, 200])
            self.queue.append(Message(message_body(changes, self.random), self.clock.time + delay))

    def _advance(self) -> None:
        """Start an invocation, or let a running one do its next step."""
        visible = [message for message in self.queue if message.visible <= self.clock.time]
        start = self.scheduler.running < MAX_INVOCATIONS and self.random.random() < 0.4
        if visible and (start or not self.scheduler.running):
            self._invoke(self.random.sample(visible, min(len(visible), self.random.randint(1, 3))))
        elif self.scheduler.running:
            self.scheduler.turn()
        else:
            self.clock.time += 5

    def _invoke(self, batch: list[Message]) -> None:
        timeout = self.random.choice([3, 30, 300])
        # A short timeout makes trouble, but repeated attempts must get enough time in the end.
        timeout = timeout * max(1, max(message.received for message in batch) // 5)
        for message in batch:
            message.received += 1
            # Six times the timeout, as in the template; or too early, while the invocation is still
            # running: SQS delivers at least once.
            message.visible = self.clock.time + self.random.choice([6 * timeout, 1])
        records = [
            {"eventSource": "aws:sqs", "messageId": str(id(message)), "body": message.body}
            for message in batch
        ]

        def invoke() -> None:
            context = Context(self.clock.time + timeout)
            answer = ingest.lambda_handler({"Records": records}, context)
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            for message in batch:
                if str(id(message)) not in failed and message in self.queue:
                    self.queue.remove(message)

        self.scheduler.start(invoke)

    def _found(self, source: str, row: Row | None) -> dict[str, Any]:
        """The metadata of a document's records, by key."""
        where = Comparison("source", "eq", source)
        anything = np.ones(384, np.float32)
        matches = self.store.index.search_vectors(anything, limit=100, where=where)
        return {match.key: match.metadata for match in matches}

    def _check(
        self, source: str, content: bytes | None, row: Row | None, *, found: dict[str, Any]
    ) -> None:
        if content is None:
            assert row is None, f"{source} is gone, but has a row: {row}"
            assert found == {}, f"{source} is gone, but has vectors"
            return
        assert row is not None, f"{source} exists, but has no row"
        assert row.etag == etag(content), f"{source}: the row describes other content: {row}"
        try:
            text = _extract(content, name=source, content_type="text/plain", seconds=60).text
        except DocumentRejected as rejected:
            assert (row.status, row.error) == ("failed", rejected.message)
            assert found == {}, f"{source} cannot be read, but has vectors"
            return
        assert row.status == "completed", row
        assert row.recipe.endswith(self.chunker.recipe)
        windows = self.chunker.split(text)
        texts = [text[chunk.start : chunk.end] for window in windows for chunk in window.chunks]
        keys = [
            str(RecordKey(row.document_id, row.generation, number)) for number in range(len(texts))
        ]
        assert {key: metadata["text"] for key, metadata in found.items()} == dict(
            zip(keys, texts, strict=True)
        )
        assert {metadata["etag"] for metadata in found.values()} == {etag(content)}
        ours = describe(source, "text/plain", self.bucket.modified[source])
        attributes = to_metadata(self.bucket.metadata[source], ours)
        assert all(metadata.items() >= attributes.items() for metadata in found.values())
        assert row.chunks == row.written == len(texts)
        assert row.current == row.generation
        assert row.earlier == {}
        assert row.tokens == self.encoder.encode(texts).token_counts.sum()


def _extract(content: bytes, *, name: str, content_type: str | None, seconds: float) -> Document:
    return documents.extract(content, name=name, content_type=content_type)


def _fail(message: str, *values: Any, exc_info: BaseException) -> None:
    raise AssertionError("an invocation failed unexpectedly") from exc_info
