"""A source's bytes to text, and the text to chunks with their vectors, batch by batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import inf
from typing import Protocol

from handler.documents.document import Document
from handler.documents.sandbox import Sandbox
from handler.errors import DocumentRejected, DocumentUnfinished
from handler.ingestion.chunk_context import Room, context_room, outline_of, with_context
from handler.ingestion.records import EncodedBatch
from handler.ingestion.sources.contract import SourceSnapshot
from handler.limits import MAX_DOCUMENT
from handler.readability import describe_unknown, is_unreadable
from handler.settings import Settings
from handler.stores.row import Row
from model_layer import Cancelled, Chunker, Encoder, Window, load_chunker, load_encoder

# Raised when documents are extracted or chunked in another way: what is ingested is ingested again.
RECIPE_VERSION = 2
# Of sizes that the API was asked for. Each keeps little, but anybody may ask for many.
MAX_CHUNKERS = 16
STOPPED = "The run was stopped. The next one goes on from here."


class Extract(Protocol):
    """Bytes to text. Raises DocumentRejected, or DocumentUnfinished after `seconds`."""

    def __call__(
        self, content: bytes, *, name: str, content_type: str | None, seconds: float
    ) -> Document: ...


class DocumentEncoder:
    """Extracts, chunks and encodes documents. Thread-safe."""

    def __init__(
        self,
        encoder: Encoder,
        chunker: Chunker,
        extract: Extract,
        *,
        variant: str = "",
        is_cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """variant: differs if `extract` reads files in another way, by a setting.

        is_cancelled: asked between steps, from any thread; once it says True, each document in
            work raises DocumentUnfinished at its next step.
        """
        self._is_cancelled = is_cancelled
        self._encoder = encoder
        self.fingerprint = encoder.bundle.fingerprint
        self._variant = variant
        self._chunker = chunker
        self._resized = lru_cache(MAX_CHUNKERS)(chunker.resized)
        self._extract = extract
        self.recipe = self._recipe(chunker)

    @property
    def threads(self) -> int:
        """Texts encoded at a time."""
        return self._encoder.threads

    def recipe_of(self, row: Row | None) -> str:
        """With which model and settings a document's vectors are made; None: a bucket's."""
        return self._recipe(self._chunker_for(row))

    def _recipe(self, chunker: Chunker) -> str:
        return f"{self.fingerprint}/{RECIPE_VERSION}/{chunker.recipe}{self._variant}"

    def _chunker_for(self, row: Row | None) -> Chunker:
        """The chunker for the sizes that the row asks for; the server's if it asks for none."""
        if row is None or row.chunk_tokens is None:
            return self._chunker
        return self._resized(row.chunk_tokens, row.chunk_overlap or 0)

    def read(self, snapshot: SourceSnapshot, *, name: str, seconds: float = inf) -> Document:
        """The document of a source. Raises what `extract` and `SourceSnapshot.read` raise.

        Also raises DocumentRejected if the model cannot read the text.
        """
        try:
            document = self.extract(snapshot, name=name, seconds=seconds)
        finally:  # after a refusal, too: the reader may have been stopped with us
            self._check_cancelled()
        unknown = self._encoder.tokenizer.unknown_share(document.text)
        if is_unreadable(unknown):
            raise DocumentRejected("invalid_file", _describe(unknown) or "")
        return document

    def extract(self, snapshot: SourceSnapshot, *, name: str, seconds: float = inf) -> Document:
        """The document of a source, even if the model cannot read it: then with a warning."""
        if snapshot.size > MAX_DOCUMENT:
            raise DocumentRejected(
                "invalid_file",
                f"The document has {snapshot.size:,} bytes; the limit is {MAX_DOCUMENT:,}. "
                "Split it into smaller ones.",
            )
        began = time.monotonic()
        content = snapshot.read()
        left = seconds - (time.monotonic() - began)
        document = self._extract(
            content, name=name, content_type=snapshot.content_type, seconds=left
        )
        unknown = self._encoder.tokenizer.unknown_share(document.text)
        warning = _describe(unknown)
        return document.with_warning(warning) if warning else document

    def batches(
        self,
        document: Document,
        *,
        sizes: Row | None = None,
        start: int,
        min_bytes: int,
        deadline: float | None,
        check_time: Callable[[], None],
    ) -> Iterator[EncodedBatch]:
        """The document's chunks from character `start` on, in batches of at least `min_bytes`.

        The last batch may be smaller. sizes: the row that may ask for sizes of its own. check_time:
        called before each window of the text. Raises what it raises, and DeadlineExceeded.
        """
        batch: EncodedBatch | None = None
        chunker = self._chunker_for(sizes)
        room = context_room(document, chunker.max_tokens)
        for window in chunker.split(
            document.text,
            start=start,
            outline=outline_of(document),
            reserved=room.total,
        ):
            check_time()
            self._check_cancelled()
            part = self._encode(document, window, room, deadline)
            batch = batch.with_next(part) if batch else part
            if batch.size >= min_bytes:
                yield batch
                batch = None
        if batch:
            yield batch

    def _encode(
        self, document: Document, window: Window, room: Room, deadline: float | None
    ) -> EncodedBatch:
        """The chunks of a window with their vectors."""
        texts = [
            with_context(document, chunk.start, chunk.end, room, self._chunker.shorten)
            for chunk in window.chunks
        ]
        # A text that is too long is refused, not cut: chunker and encoder count alike.
        try:
            encoded = self._encoder.encode(
                texts, truncate="NONE", deadline=deadline, is_cancelled=self._is_cancelled
            )
        except Cancelled as error:
            raise DocumentUnfinished(STOPPED) from error
        return EncodedBatch(
            chunks=[*window.chunks],
            vectors=encoded.vectors,
            tokens=int(encoded.token_counts.sum()),
            end=window.following,
        )

    def _check_cancelled(self) -> None:
        if self._is_cancelled is not None and self._is_cancelled():
            raise DocumentUnfinished(STOPPED)


def load_document_encoder(
    settings: Settings, sandbox: Sandbox, *, is_cancelled: Callable[[], bool] | None = None
) -> DocumentEncoder:
    """Load the model and the chunker. is_cancelled: as in DocumentEncoder. Raises BundleError.

    The image's files were verified when it was built, and Lambda checks what it loads.
    """
    encoder = load_encoder(
        precision=settings.precision,
        threads=settings.encoder_threads,
        verify=not settings.on_lambda,
    )
    return make_document_encoder(encoder, settings, sandbox, is_cancelled=is_cancelled)


def make_document_encoder(
    encoder: Encoder,
    settings: Settings,
    sandbox: Sandbox,
    *,
    is_cancelled: Callable[[], bool] | None = None,
) -> DocumentEncoder:
    """The same, with a model that is loaded."""
    chunker = load_chunker(
        encoder.tokenizer, max_tokens=encoder.bundle.max_tokens, overlap=settings.chunk_overlap
    )
    variant = "/all" if settings.keep_boilerplate else ""
    return DocumentEncoder(
        encoder, chunker, sandbox.extract, variant=variant, is_cancelled=is_cancelled
    )


def _describe(unknown: float) -> str | None:
    return describe_unknown(
        unknown, "The text", if_unreadable="the document is refused; translate it first"
    )
