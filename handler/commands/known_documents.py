"""What a ledger knows of the documents below a folder or a prefix."""

from __future__ import annotations

from collections.abc import Iterator

from handler.stores.contract import Ledger
from handler.stores.row import Row

ROWS_PER_PAGE = 1_000


def known_documents(ledger: Ledger, *prefixes: str) -> Iterator[Row]:
    """The rows whose source begins with one of the prefixes. Reads the whole ledger, page by page.

    Raises ServiceUnavailable as the ledger does.
    """
    after = None
    while rows := ledger.rows(limit=ROWS_PER_PAGE, after=after):
        yield from (row for row in rows if row.source.startswith(prefixes))
        after = rows[-1].document_id
