"""A connection: uvicorn's, with limits of time, and answers that reach the client.

`check` is called about once a second and enforces the limits; a request itself costs two readings
of the clock. Does not decide which connection makes room for another; `connections` does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import h11
from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from handler.errors import ApiError
from handler.http.admission import ON_DISK
from handler.http.concurrency import HANG_UP
from handler.http.error_handlers import error_label
from handler.local_server import refusals
from handler.local_server.parser import Parser
from handler.local_server.transport import Transport

if TYPE_CHECKING:
    from handler.local_server.connections import Connections

# After an early answer, so many bytes are awaited on a connection that is kept. It is closed if
# more is to come.
MOST_AWAITED = 1_048_576
# Bytes of requests that come before the one ahead of them is answered, and are kept.
MOST_PIPELINED = 65_536


class Phase(Enum):
    """What a connection waits for."""

    NEW = auto()  # the first byte
    HEADERS = auto()  # the rest of a request's headers
    BODY = auto()  # the rest of its body
    ANSWER = auto()  # the application
    REST = auto()  # the rest of a body that was answered already
    IDLE = auto()  # the next request


class Connection(H11Protocol):
    """A client's connection. Used on the event loop only."""

    server_state: Connections
    transport: Transport
    # None before the first request.
    cycle: RequestResponseCycle | None  # type: ignore[assignment]

    def __init__(
        self,
        config: Config,
        server_state: Connections,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = Parser()
        self._application, self.app = self.app, self._run
        self._bounds = server_state.bounds
        self.phase, self.since = Phase.NEW, self.loop.time()
        self.received = 0  # bytes, in this phase
        self._is_on_disk = False  # whether the body goes there as it comes
        self._is_last = False  # whether the request is, so that what follows it is not read
        self._checked = self.since
        self._hang_up: Callable[[], None] | None = None  # of the current request

    @property
    def held(self) -> int:
        """Bytes of an incomplete body that are in memory."""
        return self.received if self.phase is Phase.BODY and not self._is_on_disk else 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        guarded = Transport(
            transport,
            bounds=self._bounds,
            now=self.since,
            may_send_more=self._client_may_send_more,
        )
        super().connection_made(guarded)
        if not self.server_state.has_room_for(self):
            self.refuse(refusals.full(self._bounds))

    def data_received(self, data: bytes) -> None:
        # A client that has said "connection: close" may still send an empty line, as some do.
        if self.transport.is_closing() or self._is_last or self.conn.their_state is h11.MUST_CLOSE:
            self.transport.discard(len(data))
            return
        super().data_received(data)
        self._enter_phase(len(data))
        if self.phase is Phase.ANSWER:
            # uvicorn stops reading here, and would not notice that the client hangs up.
            self.flow.resume_reading()
            if len(self.conn.trailing_data[0]) > MOST_PIPELINED:
                self._end_after_answer()
        if self.phase is Phase.REST and self.received > self._bounds.drained:
            self.transport.close_now()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._enter_phase(0)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # uvicorn keeps the timer, and so the connection, if the client has reset it.
        self._unset_keepalive_if_required()
        self._tell_of_hang_up()
        self.server_state.lost(self)

    def _enter_phase(self, received: int) -> None:
        """Note what the connection waits for now, after so many bytes came."""
        phase = self._current_phase(received)
        if phase is self.phase:
            self.received += received
        else:
            self.phase, self.since, self.received = phase, self.loop.time(), received
            if phase is Phase.HEADERS:
                self._unset_keepalive_if_required()

    def _current_phase(self, received: int) -> Phase:
        state = self.conn.their_state
        is_answered = self.cycle is None or self.cycle.response_complete
        if state is h11.SEND_BODY:
            return Phase.REST if is_answered else Phase.BODY
        if not is_answered:
            return Phase.ANSWER
        if self.phase is Phase.NEW and not received:
            return Phase.NEW
        return Phase.HEADERS if self.conn.trailing_data[0] else Phase.IDLE

    def _client_may_send_more(self) -> bool:
        # The last answer is there when the client ends the connection. Until then the process must
        # not end: a container's network goes with it, and with that what is still on its way.
        if self._is_last or self.conn.their_state in (h11.SEND_BODY, h11.ERROR):
            return True
        return self.phase is Phase.HEADERS or bool(self.conn.trailing_data[0])

    # --- limits

    def check(self, now: float) -> None:
        """Refuse or close the connection if it is over a limit."""
        self.transport.check(now)
        if self.transport.is_closing():
            return
        if self.phase is Phase.BODY and self.flow.read_paused:
            self.since += now - self._checked  # the application is late, and not the client
        self._checked = now
        bounds, seconds = self._bounds, now - self.since
        earned = self.received / bounds.bytes_a_second
        if self.phase is Phase.NEW and seconds > bounds.header_seconds:
            self.transport.close_now()
        elif self.phase is Phase.HEADERS:
            if seconds > min(bounds.header_seconds + earned, bounds.max_header_seconds):
                self.refuse(refusals.late_headers(bounds))
        elif self.phase is Phase.BODY:
            if seconds > min(bounds.body_seconds + earned, bounds.max_body_seconds):
                self.refuse(refusals.late_body(bounds))
        elif self.phase is Phase.REST and seconds > bounds.drain_seconds:
            self.transport.close_now()
        elif self.phase is Phase.IDLE and seconds > bounds.keep_alive_seconds:
            self.transport.close()

    def refuse(self, error: ApiError) -> None:
        """Answer with the error unless an answer has begun, and end the connection."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True  # the application sees its client go
            cycle.message_event.set()
            self._tell_of_hang_up()
            if cycle.response_started:
                self.transport.abort()
                return
        self._unset_keepalive_if_required()
        self.server_state.refused[error_label(error)] += 1
        self.transport.write(refusals.encode(error))
        self.transport.linger()

    def send_400_response(self, msg: str) -> None:
        """Called when the parser has refused what was sent, with its error in flight."""
        error = sys.exception()
        assert isinstance(error, h11.RemoteProtocolError)
        self.refuse(refusals.malformed(error))

    # --- the end

    def shutdown(self) -> None:
        """Close the connection; after its answer if there is a request."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close_now()
            return
        self._end_after_answer()

    def _end_after_answer(self) -> None:
        """End the connection after the current answer, which says so."""
        assert self.cycle is not None
        self._is_last = True
        self.cycle.keep_alive = False
        if not self.cycle.response_started:
            self.cycle.default_headers = [*self.cycle.default_headers, CLOSE_HEADER]

    def stop_waiting(self) -> None:
        """Refuse the request if it is still incomplete; the application sees its client go."""
        if self.phase is Phase.BODY:
            self.refuse(refusals.shutting_down())

    def _should_upgrade(self) -> bool:
        return False  # nor warn of it: a request may ask, and be answered as any (RFC 9110, 7.8)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, as this connection's requests call it."""
        if refusal := refusals.misframed(scope["http_version"], self.headers):
            self.refuse(refusal)
            return
        self._is_on_disk = False
        scope["extensions"] = {
            ON_DISK: {"begin": self._on_disk},
            HANG_UP: {"call": self._call_at_hang_up},
        }
        try:
            await self._application(scope, receive, self._sending(send))
        except asyncio.CancelledError:  # the server ends
            self.refuse(refusals.shutting_down())

    def _call_at_hang_up(self, hang_up: Callable[[], None] | None) -> None:
        self._hang_up = hang_up
        if hang_up and self.cycle and self.cycle.disconnected:
            hang_up()

    def _tell_of_hang_up(self) -> None:
        if self._hang_up:
            self._hang_up()

    def _on_disk(self) -> None:
        self._is_on_disk = True

    def _sending(self, send: Send) -> Send:
        """`send`, with an answer's head and body together.

        It also announces the connection's end if the answer comes early.
        """

        async def send_joined(message: Message) -> None:
            if message["type"] == "http.response.start":
                if self.conn.their_state is h11.SEND_BODY and self._is_too_much_to_await():
                    message = {**message, "headers": [*message["headers"], CLOSE_HEADER]}
                self.transport.join_next()
            await send(message)

        return send_joined

    def _is_too_much_to_await(self) -> bool:
        # A client that waits for "100 Continue" may keep its body, and send another request next:
        # the server could not tell one from the other.
        if self.cycle and self.cycle.waiting_for_100_continue:
            return True
        length = dict(self.headers).get(b"content-length")
        return length is None or int(length) - self.received > MOST_AWAITED
