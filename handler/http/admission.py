"""How much may wait: a request beyond it is refused, before its work, and told when to return."""

from __future__ import annotations

import threading
from math import ceil

from handler.errors import TooBusy
from handler.limits import MAX_WAITING_BYTES, SHORT_BODY
from handler.request_context import RequestContext

# What one thread encodes in a second, at least: a text of 256 tokens takes about 10 ms.
TEXTS_PER_SECOND = 100
MOST_SECONDS = 30
# In the `extensions` of a request's scope, if the server bounds what its connections hold: a
# function to be called when the body goes to disk as it comes.
ON_DISK = "handler.body_on_disk"
# Texts that are encoded in a quarter of a second at most, or so.
SHORT_INPUTS = 32


def is_short(texts: int) -> bool:
    """Whether a request with that many texts is a short one."""
    return texts <= SHORT_INPUTS


class Admission:
    """Counts the texts and the bytes of all requests that are not answered yet. Thread-safe.

    max_texts: of all long requests together, and of all short ones. They are counted apart, since
    short ones do not wait for long ones. A request that is alone may have more.
    cpus: how many texts are encoded at a time.
    """

    def __init__(self, *, max_texts: int, cpus: int) -> None:
        self.max_texts = max_texts
        self._rate = TEXTS_PER_SECOND * cpus
        self._texts = {"short": 0, "long": 0}
        self._bytes = 0
        self._mutex = threading.Lock()

    @property
    def waiting_texts(self) -> dict[str, int]:
        """The texts that are counted now: those of short requests, and those of long ones."""
        with self._mutex:
            return dict(self._texts)

    @property
    def waiting_bytes(self) -> int:
        """The bytes that are counted now."""
        return self._bytes

    def admit_texts(self, count: int, context: RequestContext) -> None:
        """Count the texts of a request until it ends. Raises TooBusy if they are too many."""
        kind = "short" if is_short(count) else "long"
        with self._mutex:
            waiting = self._texts[kind]
            if waiting and waiting + count > self.max_texts:
                raise TooBusy(
                    f"The server is busy: {waiting:,} texts are waiting and this request has "
                    f"{count:,}; together they may be {self.max_texts:,}. Send it again later, "
                    "or in parts.",
                    retry_after=min(MOST_SECONDS, ceil(waiting / self._rate)),
                )
            self._texts[kind] += count
        context.at_end.callback(self._release_texts, kind, count)

    def admit_bytes(self, count: int, context: RequestContext) -> None:
        """Count more bytes of a request's body until it ends. Raises TooBusy if they are too many.

        The first SHORT_BODY bytes are always admitted: large bodies that stall shut out no small
        request.
        """
        with self._mutex:
            context.body_bytes += count
            if context.body_bytes > SHORT_BODY and self._bytes + count > MAX_WAITING_BYTES:
                raise TooBusy(
                    f"The server is busy: the bodies of its requests have {self._bytes:,} bytes; "
                    f"the limit is {MAX_WAITING_BYTES:,}. Send it again later.",
                    retry_after=1,
                )
            self._bytes += count
        context.at_end.callback(self._release_bytes, count)

    def _release_texts(self, kind: str, count: int) -> None:
        with self._mutex:
            self._texts[kind] -= count

    def _release_bytes(self, count: int) -> None:
        with self._mutex:
            self._bytes -= count
