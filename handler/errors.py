"""What a caller can do wrong, as data; `error_handlers` gives each its status.

ApiError
├── InvalidRequest     a value is wrong; `param` is its place
├── NotReady           the model does not do what it should; it may later
├── Unauthorized       a key is needed, and none of ours was sent
├── NotFound           no such route or model
├── MethodNotAllowed   the route exists, for another method
└── RequestTooLarge    the body, the answer or the time it would take is over the limit
UnsupportedEvent       an invocation that is neither HTTP, nor direct, nor a warm-up
"""

from __future__ import annotations


class ApiError(Exception):
    """An error that the caller is told, in OpenAI's shape."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        # It may quote half an emoji, which no response could be encoded with.
        message = message.encode("utf-8", "replace").decode()
        super().__init__(message)
        self.message, self.param, self.code = message, param, code


class InvalidRequest(ApiError):
    """A value is wrong; the message names it, its place, the limit and the cure."""


class Unauthorized(ApiError):
    """A key is needed, and none of ours was sent."""


class NotFound(ApiError):
    """There is no such route, or no such model."""


class MethodNotAllowed(ApiError):
    """The route exists, for another method."""


class RequestTooLarge(ApiError):
    """The body, the answer or the time it would take is over the limit."""


class NotReady(ApiError):
    """The model does not do what it should; it may later, or elsewhere."""


class UnsupportedEvent(Exception):
    """The event is not one this function answers.

    Raised, not answered: whatever sent the event (a queue, say) then knows that it was not dealt
    with, and keeps it.
    """
