"""`Idempotency-Key`: a request that is sent again makes nothing new.

The id of what a request makes is noted under its key before it is made, so that a second request,
after a crash or beside the first, makes the same.
"""

from __future__ import annotations

import hashlib

from handler.errors import InvalidRequest
from handler.stores.catalog import Catalog, CatalogItem, IdempotencyKey
from handler.stores.compare_and_set import until_written
from handler.stores.ids import new_id

KEPT_SECONDS = 86_400.0
REUSED = (
    "The Idempotency-Key was sent before, with another request. Send a key of its own with each "
    "request, and the same only if you repeat it."
)


def id_to_make(
    catalog: Catalog,
    kind: type[CatalogItem],
    *,
    caller: str | None,
    key: str | None,
    request: bytes,
    now: float,
) -> str:
    """The id of what a request is to make: a new one, or that of the same request before.

    caller: the name of the API key. key: the request's Idempotency-Key. request: its route and what
    else makes it another request. Raises InvalidRequest if the key came with another one, and
    StoreConflict if other requests with the key keep changing what is noted.
    """
    made = new_id(kind.prefix, now)
    if not key:
        return made
    name = hashlib.sha256(f"{caller or ''}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()
    digest = hashlib.sha256(request).hexdigest()

    def note() -> str:
        known = catalog.get(IdempotencyKey, name)
        if known and known.created + KEPT_SECONDS > now:
            if known.request != digest:
                raise InvalidRequest(REUSED, code="idempotency_key_reused")
            return known.made
        revision = known.revision if known else 0
        catalog.put(
            IdempotencyKey(id=name, created=now, revision=revision, request=digest, made=made)
        )
        return made

    return until_written(note)
