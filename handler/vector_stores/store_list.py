"""The list of vector stores: those that the API made, and the one of the bucket or folder."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handler.errors import InvalidRequest
from handler.objects.configured_storage import reached
from handler.objects.pagination import Page
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.ids import first_id
from handler.vector_stores.answers import describe_made_store
from handler.vector_stores.listing import read_list
from handler.vector_stores.schemas import VectorStore, VectorStoreList

ID = re.compile(VectorStoreItem.prefix + "[0-9a-z]{1,64}")


@dataclass(frozen=True)
class Place:
    """A place in the list, with the store that is there."""

    key: str  # an id, or what the id of the folder's store would be: in the order of creation
    store: VectorStore | None = None  # None: only the place is meant


def list_stores(
    storage: Storage, page: Page, source: VectorStore | None, *, now: float
) -> VectorStoreList:
    """A page of the stores, by their creation. Raises InvalidRequest.

    source: the one of the bucket or folder, if there is one.
    """
    of_source = (
        Place(first_id(VectorStoreItem.prefix, source.created_at), source) if source else None
    )

    def fetch(after: Place | None, *, descending: bool, limit: int) -> list[Place]:
        start = after.key if after else None
        items = storage.catalog.page(
            VectorStoreItem, limit=limit, after=start, descending=descending
        )
        found = [Place(item.id, describe_made_store(item, now)) for item in items]
        if of_source and (start is None or _follows(of_source.key, start, descending=descending)):
            found.append(of_source)
        return sorted(found, key=_key, reverse=descending)[:limit]

    def place(name: str | None, param: str) -> Place | None:
        if name is None or (of_source and name == storage.source_store_id):
            return of_source if name else None
        if not ID.fullmatch(name):  # ids of stores that are deleted still say where they were
            raise unknown_place(name, param, "vector store")
        return Place(name)

    after, before = place(page.after, "after"), place(page.before, "before")
    with reached():
        listed, more = read_list(fetch, page, after=after, before=before, key=_key)
    return VectorStoreList.of([one.store for one in listed if one.store], has_more=more)


def unknown_place(name: str, param: str, kind: str) -> InvalidRequest:
    """The error of a page that begins after, or ends before, nothing that was ever listed."""
    return InvalidRequest(
        f"'{param}' is '{name[:100]}', which is not a {kind} in this list. Send the 'last_id' "
        "(or, as 'before', the 'first_id') of another page.",
        param=param,
    )


def _key(place: Place) -> str:
    return place.key


def _follows(key: str, start: str, *, descending: bool) -> bool:
    return key < start if descending else key > start
