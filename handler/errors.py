"""Every error of ours. `http.error_handlers` gives those that a caller sees their statuses.

ApiError               the caller is told, in OpenAI's shape
├── InvalidRequest     a value is wrong; `param` is its place
├── NotReady           the model or the vector store does not work; it may later
├── TooBusy            too much is waiting; it can be sent again later
├── Unauthorized       a key is needed, and it is missing or wrong
├── Forbidden          the request may come from a page of another site
├── NotFound           there is no such route, model, vector store or file
├── MethodNotAllowed   the route exists, for another method
├── RequestTimeout     the request did not arrive in time
├── RequestTooLarge    the body, the answer or the time that it takes is over a limit
├── UnsupportedEncoding  the body is compressed in a way that is not decoded here
└── WrongStore         the vector store cannot be used: it holds another model's vectors, or …
    └── UnusableStore  it is damaged, of a newer version, full, not writable, or no store
UnsupportedEvent       the function answers no events of this kind
DocumentRejected       the document cannot be ingested until it changes
TryLater               the attempt failed for now; another may succeed
├── ServiceUnavailable the vector store, its ledger, S3 or SQS did not answer, or not in time
│   └── StoreLocked    another process is writing the store's file
├── SourceUnreadable   the file exists and cannot be read
├── SourceChanged      the source changed while it was being ingested
├── StoreConflict      another writer changed the ledger's row, or the catalog's item
├── StoreGone          the vector store is deleted
├── DocumentBusy       another invocation is ingesting the document
└── DocumentUnfinished the document is ingested in part; the next try continues from there
"""

from __future__ import annotations

from typing import Literal


class ApiError(Exception):
    """An error that the caller sees, in OpenAI's shape."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        # They may quote half an emoji, which UTF-8 cannot encode.
        message = message.encode("utf-8", "replace").decode()
        param = param.encode("utf-8", "replace").decode() if param else param
        super().__init__(message)
        self.message, self.param, self.code = message, param, code


class InvalidRequest(ApiError):
    """A value is wrong; the message names it, its place, the limit and the cure."""


class Unauthorized(ApiError):
    """A key is needed, and it is missing or wrong."""


class Forbidden(ApiError):
    """The request may come from a page of another site, which a server without keys must refuse."""


class NotFound(ApiError):
    """There is no such route, model, vector store or file."""


class MethodNotAllowed(ApiError):
    """The route exists, for another method."""


class RequestTimeout(ApiError):
    """The request did not arrive in time."""


class RequestTooLarge(ApiError):
    """The body, the answer or the time that it takes is over a limit."""


class UnsupportedEncoding(ApiError):
    """The body is compressed in a way that is not accepted; the message lists those that are."""


class WrongStore(ApiError):
    """The vector store holds another model's vectors, so ours cannot be compared with them."""


class UnusableStore(WrongStore):
    """The vector store cannot be used until it is repaired; the message says how.

    place: the path or the name that the message calls the store by.
    """

    def __init__(self, message: str, *, place: str) -> None:
        super().__init__(message, code="vector_store_unusable")
        self.place = place


class NotReady(ApiError):
    """The model or the vector store is not working; it, or another instance, may work later."""


class TooBusy(ApiError):
    """Too much is waiting. The request was not begun, and can be sent again later.

    retry_after: seconds.
    """

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, code="server_busy")
        self.retry_after = retry_after


class UnsupportedEvent(Exception):
    """The function answers no events of this kind.

    The invocation fails, so that the sender, such as a queue, keeps the event.
    """


class DocumentRejected(Exception):
    """The document cannot be ingested until it changes.

    code: OpenAI's. The message is a sentence for the person who uploaded the document; it quotes
    none of the content.
    """

    def __init__(
        self, code: Literal["unsupported_file", "invalid_file", "server_error"], message: str
    ) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class WithoutText(DocumentRejected):
    """The document can be read, and holds no text: an empty page, or pictures only."""

    def __init__(self, message: str) -> None:
        super().__init__("invalid_file", message)


class TryLater(Exception):
    """The attempt failed for now; another may succeed."""


class ServiceUnavailable(TryLater):
    """A service did not answer in time, or refused in a way that only the operator can fix."""


class StoreLocked(ServiceUnavailable):
    """Another process is writing the store's file."""


class SourceUnreadable(TryLater):
    """The file exists and cannot be read, for example because a permission is missing."""


class SourceChanged(TryLater):
    """The source changed while it was being ingested."""


class StoreConflict(TryLater):
    """Another writer changed the ledger's row, or the catalog's item."""


class StoreGone(TryLater):
    """The vector store is deleted, or never was."""

    def __init__(self, store_id: str) -> None:
        super().__init__(f"The vector store '{store_id}' is deleted.")


class DocumentBusy(TryLater):
    """Another invocation is ingesting the document."""


class DocumentUnfinished(TryLater):
    """The document is ingested in part; the next try continues from there."""
