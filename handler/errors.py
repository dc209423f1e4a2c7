"""What can go wrong, as data. Of a caller's mistakes `error_handlers` gives each its status.

ApiError               a caller is told
├── InvalidRequest     a value is wrong; `param` is its place
├── NotReady           the model or the vector store does not do what it should; it may later
├── Unauthorized       a key is needed, and none of ours was sent
├── NotFound           no such route, model, vector store or file
├── MethodNotAllowed   the route exists, for another method
├── RequestTooLarge    the body, the answer or the time it would take is over the limit
└── WrongStore         the vector store holds another model's vectors
UnsupportedEvent       an invocation that is of no kind that the function answers
DocumentRejected       a document that can never be ingested, as long as it is what it is
TryLater               it did not work now; another try may succeed
├── ServiceUnavailable the vector store, its ledger, S3 or SQS did not answer, or not in time
├── SourceUnreadable   the file is there and cannot be read
├── StoreConflict      another writer has written the ledger's row meanwhile
├── DocumentBusy       another invocation is ingesting the document
└── DocumentUnfinished the document is ingested in part; the next try continues from there
"""

from __future__ import annotations

from typing import Literal


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
    """There is no such route, model, vector store or file."""


class MethodNotAllowed(ApiError):
    """The route exists, for another method."""


class RequestTooLarge(ApiError):
    """The body, the answer or the time it would take is over the limit."""


class WrongStore(ApiError):
    """The vector store holds another model's vectors, which ours cannot be compared with."""


class NotReady(ApiError):
    """The model or the vector store does not do what it should; it may later, or elsewhere."""


class UnsupportedEvent(Exception):
    """The event is not one this function answers.

    Raised, not answered: whatever sent the event (a queue, say) then knows that it was not dealt
    with, and keeps it.
    """


class DocumentRejected(Exception):
    """A document that can never be ingested, as long as it is what it is.

    code: OpenAI's: "unsupported_file" or "invalid_file". The message is a sentence for whoever
    put the document there; it quotes nothing of the content.
    """

    def __init__(self, code: Literal["unsupported_file", "invalid_file"], message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class TryLater(Exception):
    """It did not work now; another try may succeed."""


class ServiceUnavailable(TryLater):
    """The vector store, its ledger, S3 or SQS did not answer, or not in time."""


class SourceUnreadable(TryLater):
    """The file is there and cannot be read: a permission is missing, say."""


class StoreConflict(TryLater):
    """Another writer has written the ledger's row meanwhile."""


class DocumentBusy(TryLater):
    """Another invocation is ingesting the document."""


class DocumentUnfinished(TryLater):
    """The document is ingested in part; the next try continues from there."""
