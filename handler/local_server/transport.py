"""A connection's transport that closes gracefully, and knows whether the client reads.

A socket that is closed with bytes unread resets the connection, and the client may lose the answer
that it was about to read. So `linger` ends only our direction, and reads and throws away what still
comes, within bounds, as nginx's `lingering_close` and Apache's `ap_lingering_close` do (RFC 9112,
section 9.6). Does not read HTTP, and sets no timers: `check` is called about once a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any

from handler.local_server.bounds import Bounds

# Without a byte: the client is done, or gone. nginx's `lingering_timeout` is the same.
SILENT_SECONDS = 5.0
RESET = struct.pack("ii", 1, 0)  # `struct linger`: on, and 0 seconds


class Transport(asyncio.Transport):
    """The transport of an accepted connection, around asyncio's own."""

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        bounds: Bounds,
        now: float,
        may_send_more: Callable[[], bool],
    ) -> None:
        """may_send_more: whether the client may still be sending when `close` is called."""
        super().__init__()
        self._transport, self._bounds, self._may_send_more = transport, bounds, may_send_more
        self._written = self._taken = 0  # bytes; taken: no longer in the buffer of this process
        self._taken_at = now
        self._head = b""  # sent with what is written next
        self._joins_next = False
        self._lingers = False
        self._lingers_since: float | None = None  # counted from the next check
        self._discarded = self._heard = 0  # bytes; heard: at the last check
        self._heard_at = now

    @property
    def unread(self) -> int:
        """Bytes written that the client has left no room for."""
        return self._transport.get_write_buffer_size()

    @property
    def lingers(self) -> bool:
        """Whether the answer is written, and what still comes is thrown away."""
        return self._lingers

    def join_next(self) -> None:
        """Send what is written next with what is written after it, in one call."""
        self._joins_next = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._lingers:
            return
        if self._joins_next:
            self._joins_next, self._head = False, bytes(data)
            return
        if self._head:
            data, self._head = b"".join((self._head, data)), b""
        if data:
            self._written += len(data)
            self._transport.write(data)

    def _send_head(self) -> None:
        """Send what waits for more, since nothing more comes."""
        head, self._head, self._joins_next = self._head, b"", False
        self.write(head)

    def close(self) -> None:
        """End the connection, once what was written is sent."""
        if self._lingers or self._transport.is_closing():
            return
        self._send_head()
        if self._may_send_more():
            self.linger()
        else:
            self._transport.close()

    def linger(self) -> None:
        """End our direction; end the connection when the client does, or a bound is reached."""
        if self._lingers or self._transport.is_closing():
            return
        self._send_head()
        self._lingers = True
        try:
            self._transport.write_eof()
        except OSError:  # the client has reset the connection
            self._transport.abort()
        else:
            self._transport.resume_reading()

    def discard(self, count: int) -> None:
        """Count bytes that came after the answer."""
        self._discarded += count
        if self._discarded > self._bounds.drained:
            self._transport.close()

    def check(self, now: float) -> None:
        """Close the connection if the client neither reads nor sends, or takes too long."""
        taken = self._written - self.unread
        if taken > self._taken or not self.unread:
            self._taken, self._taken_at = taken, now
        elif now - self._taken_at > self._bounds.unread_seconds:
            self.abort()
        if self._lingers and not self._transport.is_closing():
            self._check_lingering(now)

    def _check_lingering(self, now: float) -> None:
        if self._lingers_since is None:
            self._lingers_since = self._heard_at = now
        elif self._discarded > self._heard:
            self._heard, self._heard_at = self._discarded, now
        # What is still in the buffer is sent after `close`, too.
        if (
            now - self._lingers_since > self._bounds.drain_seconds
            or now - self._heard_at > SILENT_SECONDS
        ):
            self._transport.close()

    def is_closing(self) -> bool:
        return self._lingers or self._transport.is_closing()

    def abort(self) -> None:
        """Reset the connection. The system drops what it still has to send, too."""
        with contextlib.suppress(OSError):
            self.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._transport.abort()

    def close_now(self) -> None:
        """End the connection in both directions; what was written is still sent."""
        self._send_head()
        self._transport.close()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self.unread
