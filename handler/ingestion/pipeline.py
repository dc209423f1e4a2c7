"""The operation behind every storage event: make the store agree with what the sources hold now.

Events arrive late, twice or out of order. So they only trigger a look at the source: if it is
there, its text is chunked, encoded and written; if not, its chunks are deleted.

Knows no AWS and no envelopes.
"""

from __future__ import annotations

from collections.abc import Sequence

from handler.ingestion.attempt import Attempt
from handler.ingestion.change import Change
from handler.ingestion.components import Components
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import Clock, SystemClock
from handler.ingestion.outcome import Outcome
from handler.ingestion.owners import Invocations, Owners, Processes
from handler.ingestion.sources.contract import SourceReader
from handler.ingestion.write_batch import MIN_WRITE_BYTES, WriteBatcher
from handler.settings import STORE_FORMS, Settings
from handler.stores import open_store
from handler.stores.contract import Store


class Pipeline:
    """Makes a store agree with sources. Thread-safe; several may work on the same store."""

    def __init__(
        self,
        sources: SourceReader,
        store: Store,
        encoder: DocumentEncoder,
        *,
        clock: Clock | None = None,
        owners: Owners | None = None,
        min_write_bytes: int = MIN_WRITE_BYTES,
    ) -> None:
        """owners: None if nothing is known of other attempts.
        min_write_bytes: of records that are written at a time, as long as there are more.
        """
        self.store = store
        self._components = Components(
            sources,
            store,
            encoder,
            clock or SystemClock(),
            owners or Invocations(),
            min_write_bytes,
        )

    def reconcile(self, change: Change, *, deadline: float | None = None) -> Outcome:
        """Make the store agree with the source that may have changed.

        deadline: a time of `time.monotonic()`. A document that is not finished by then is
            continued by the next call.
        Raises TryLater (DocumentUnfinished, DocumentBusy, ServiceUnavailable …) if another call
        may succeed. A document for which none can is an Outcome, "failed".
        """
        (result,) = self.reconcile_all([change], deadline=deadline)
        if isinstance(result, Exception):
            raise result
        return result

    def reconcile_all(
        self, changes: Sequence[Change], *, deadline: float | None = None
    ) -> list[Outcome | Exception]:
        """Reconcile several changes; their documents share writes.

        Returns the outcome of each, in order: what `reconcile` would return or raise.
        """
        batcher = WriteBatcher(self.store.index, min_write_bytes=self._components.min_write_bytes)
        attempts: list[Attempt] = []
        begun: set[str] = set()
        for change in changes:
            if change.source in begun:  # it would wait for its own lease
                batcher.finish()
                begun.clear()
            begun.add(change.source)
            attempt = Attempt(change, self._components, deadline=deadline)
            attempts.append(attempt)
            batcher.add(attempt)
        batcher.finish()
        return [attempt.final_result for attempt in attempts]


def build_pipeline(settings: Settings, sources: SourceReader, encoder: DocumentEncoder) -> Pipeline:
    """The pipeline from `sources` into the store that VECTOR_STORE names.

    Raises ValueError if it names none, WrongStore and ServiceUnavailable as `open_store` does.
    """
    if settings.vector_store is None:
        raise ValueError(f"VECTOR_STORE is not set; it can be {STORE_FORMS}.")
    store = open_store(settings.vector_store, fingerprint=encoder.fingerprint)
    owners = Invocations() if settings.on_lambda else Processes()
    return Pipeline(sources, store, encoder, owners=owners)
