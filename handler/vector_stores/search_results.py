"""What a search found, as OpenAI's object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import orjson

from handler.stores.attributes import Attribute, has_cut_key, shown_attributes, users_attributes
from handler.stores.contract import Store
from handler.stores.record_key import RecordKey
from handler.validation import integral
from handler.vector_stores.fusion import Ranked
from handler.vector_stores.schemas import SearchContent, SearchResult, SearchResults

T = TypeVar("T", str, int)


def attributes_of(
    store: Store, ranked: Sequence[Ranked], *, as_sent: bool, deadline: float | None
) -> list[dict[str, Attribute]]:
    """The attributes of each result.

    as_sent: those of the request that attached the file, and not ours beside them. Raises what the
    store's ledger raises, which has the whole of keys that are too long to be stored.
    """
    matches = [one.match for one in ranked]
    if not as_sent:
        return [shown_attributes(match.metadata) for match in matches]
    documents = [RecordKey.parse(match.key).document_id for match in matches]
    cut = {
        name: None
        for name, match in zip(documents, matches, strict=True)
        if has_cut_key(match.metadata)
    }
    rows = store.ledger.get_all(list(cut), deadline=deadline) if cut else {}
    return [
        dict(rows[name].requested or {}) if name in rows else users_attributes(match.metadata)
        for name, match in zip(documents, matches, strict=True)
    ]


def render(
    queries: Sequence[str],
    ranked: Sequence[Ranked],
    attributes: Sequence[dict[str, Attribute]],
    warnings: list[str],
) -> bytes:
    """The page of results. attributes: of each."""
    page = SearchResults(
        object="vector_store.search_results.page",
        # A query may hold half an emoji, which UTF-8 cannot encode.
        search_query=[query.encode(errors="replace").decode() for query in queries],
        data=[_result(one, shown) for one, shown in zip(ranked, attributes, strict=True)],
        has_more=False,
        next_page=None,
        warnings=warnings,
    )
    return orjson.dumps(page.model_dump(exclude=None if warnings else {"warnings"}))


def _result(ranked: Ranked, attributes: dict[str, Attribute]) -> SearchResult:
    key = RecordKey.parse(ranked.match.key)
    metadata = ranked.match.metadata
    text = SearchContent(type="text", text=_known(metadata, "text", str) or "")
    return SearchResult(
        file_id=key.document_id,
        filename=_known(metadata, "filename", str) or "",
        score=ranked.score,
        cosine=ranked.match.cosine,
        text_rank=ranked.text_rank,
        attributes=attributes,
        content=[text],
        source=_known(metadata, "source", str),
        chunk=key.chunk,
        start=_known(metadata, "start", int),
        end=_known(metadata, "end", int),
        page=_known(metadata, "page", int),
        heading=_known(metadata, "heading", str),
    )


def _known(metadata: Mapping[str, Attribute], key: str, kind: type[T]) -> T | None:
    """The value under `key`; None if it has another type, as a record that is not ours may have."""
    value = integral(metadata.get(key))
    return value if isinstance(value, kind) else None
