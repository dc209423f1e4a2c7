"""Blobs in the sweep: those that a request left behind that did not come to its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from handler.ingestion.sweep.steps import DAY, Site, Swept
from handler.stores.catalog import StoredFile, UploadPart

AT_ONCE = 100


def sweep_blobs(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Delete blobs that are a day old, and of which the catalog has nothing."""
    blobs, catalog = site.storage.blobs, site.storage.catalog
    before = site.now - DAY
    for prefix, kind in (("files/", StoredFile), ("parts/", UploadPart)):
        keys = (key for key in blobs.keys(prefix, before=before) if key > after)
        while some := list(islice(keys, AT_ONCE)):
            known = catalog.get_all(kind, [_id(key) for key in some])
            orphans = [key for key in some if _id(key) not in known]
            blobs.delete(orphans)
            yield some[-1], Swept(blobs=len(orphans))


def _id(key: str) -> str:
    """The id of the file, or of the part, whose blob it is."""
    return key.rpartition("/")[2]
