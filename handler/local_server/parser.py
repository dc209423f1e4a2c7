"""h11's parser, with a limit for chunks: the event loop does nothing else while it reads them."""

from __future__ import annotations

import h11

from handler.limits import MAX_TINY_CHUNKS, MIN_CHUNK

# h11's default, and uvicorn's: bytes of a request line and headers.
MAX_HEADERS = 65_536


class TooManyChunks(h11.RemoteProtocolError):
    """A body's chunks are too many for its size. The message has the limit and the cure."""


class Parser(h11.Connection):
    """A server's side of a connection."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=MAX_HEADERS)
        self._chunks = self._bytes = 0  # of the current body

    def next_event(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        """h11's. Raises TooManyChunks, too."""
        event = super().next_event()
        if isinstance(event, h11.Data):
            self._bytes += len(event.data)
            self._chunks += event.chunk_start
            if self._chunks > MAX_TINY_CHUNKS + self._bytes // MIN_CHUNK:
                raise TooManyChunks(
                    f"The body has {self._chunks} chunks for {self._bytes} bytes; the limit is "
                    f"{MAX_TINY_CHUNKS}, and one more for each {MIN_CHUNK} bytes. Send larger ones."
                )
        elif isinstance(event, h11.Request):
            self._chunks = self._bytes = 0
        return event
