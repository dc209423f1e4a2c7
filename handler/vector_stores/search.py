"""Answer OpenAI vector store search requests. Knows no status codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import orjson

from handler.embeddings.answer_size import ENVELOPE
from handler.embeddings.encoding import encode, stop_if_late
from handler.embeddings.response import Answer, embedding_headers
from handler.errors import RequestTooLarge
from handler.readability import describe_unknown, is_unreadable
from handler.request_context import RequestContext
from handler.stores.attributes import NOT_FILTERABLE, Attribute
from handler.stores.contract import Match
from handler.stores.record_key import RecordKey
from handler.validation import integral, parse_json
from handler.vector_stores.configured_store import ConfiguredStore, reached
from handler.vector_stores.schemas import SearchContent, SearchResult, SearchResults
from handler.vector_stores.search_request import Search, parse_search
from model_layer import Encoder, Truncate

T = TypeVar("T", str, int)


class VectorSearch:
    """Answers searches in one store, with one encoder. Thread-safe."""

    def __init__(
        self, encoder: Encoder, store: ConfiguredStore, *, truncate: Truncate = "END"
    ) -> None:
        self._encoder = encoder
        self._store = store
        self._truncate = truncate

    def search(self, store_id: str | None, payload: object, context: RequestContext) -> Answer:
        """Answer a request given as a decoded JSON value. Raises what its two steps raise."""
        return self.answer(store_id, self.check(payload, context), context)

    def check_body(self, body: bytes, context: RequestContext) -> Search:
        """Check a request given as JSON."""
        with context.timed("parse"):
            payload = parse_json(body)
        return self.check(payload, context)

    def check(self, payload: object, context: RequestContext) -> Search:
        """Check a request given as a decoded JSON value. Raises InvalidRequest."""
        with context.timed("decode"):
            return parse_search(payload)

    def answer(self, store_id: str | None, search: Search, context: RequestContext) -> Answer:
        """Search. `store_id` None stands for any id.

        Raises NotFound if there is no such store, WrongStore if it holds another model's vectors,
        NotReady if it does not answer, InvalidRequest if a query is too long and must not be cut,
        and RequestTooLarge if the answer is over the size limit or takes too long.
        """
        with context.timed("open"):
            store = self._store.open(store_id)
        context.inputs = len(search.queries)
        unreadable, warnings = self._unknown_words(search, context)
        encoded = encode(
            self._encoder,
            search.queries,
            context,
            truncate=search.truncate or self._truncate,
            field="query",
            is_list=search.is_list,
        )
        with context.timed("search"), reached():
            found: list[Match] = []
            for index, vector in enumerate(encoded.vectors):
                stop_if_late(context, index, len(search.queries), "queries", field="query")
                if index not in unreadable:
                    found += store.index.query(
                        vector, limit=search.limit, where=search.where, deadline=context.deadline
                    )
        with context.timed("respond"):
            body = _render(search, _best(found, search), warnings)
            _check_size(body, search, context)
            return Answer(body, embedding_headers(encoded, self._encoder.bundle.fingerprint))

    def _unknown_words(self, search: Search, context: RequestContext) -> tuple[set[int], list[str]]:
        """The indexes of queries that the model cannot read, and warnings about these and others.

        Such a query finds nothing: its vector is that of any other text that cannot be read.
        """
        unreadable, warnings = set(), []
        for index, query in enumerate(search.queries):
            stop_if_late(context, index, len(search.queries), "queries", field="query")
            unknown = self._encoder.tokenizer.unknown_share(query)
            place = f"query[{index}]" if search.is_list else "query"
            sentence = describe_unknown(unknown, f"'{place}'")
            if is_unreadable(unknown):
                unreadable.add(index)
            if sentence:
                warnings.append(sentence)
        return unreadable, warnings


def _best(matches: Iterable[Match], search: Search) -> list[Match]:
    """The best matches, best first. A record that matches several queries counts once."""
    by_key: dict[str, Match] = {}
    for match in matches:
        if match.key not in by_key or match.score > by_key[match.key].score:
            by_key[match.key] = match
    ranked = sorted(by_key.values(), key=lambda match: (-match.score, match.key))
    return [match for match in ranked if _score(match) >= search.threshold][: search.limit]


def _score(match: Match) -> float:
    """OpenAI's score, from 0 to 1. A negative cosine scores 0."""
    return min(1.0, max(0.0, match.score))


def _render(search: Search, matches: list[Match], warnings: list[str]) -> bytes:
    page = SearchResults(
        object="vector_store.search_results.page",
        # A query may hold half an emoji, which UTF-8 cannot encode.
        search_query=[query.encode(errors="replace").decode() for query in search.queries],
        data=[_result(match) for match in matches],
        has_more=False,
        next_page=None,
        warnings=warnings,
    )
    return orjson.dumps(page.model_dump(exclude=None if warnings else {"warnings"}))


def _result(match: Match) -> SearchResult:
    key = RecordKey.parse(match.key)
    metadata = match.metadata
    text = SearchContent(type="text", text=_known(metadata, "text", str) or "")
    return SearchResult(
        file_id=key.document_id,
        filename=_known(metadata, "filename", str) or "",
        score=_score(match),
        attributes={
            key: value
            for key, value in metadata.items()
            if key not in NOT_FILTERABLE and isinstance(value, Attribute)
        },
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


def _check_size(body: bytes, search: Search, context: RequestContext) -> None:
    """Raises RequestTooLarge if the answer is over the size limit."""
    if context.answer_limit is None:
        return
    size = ENVELOPE + len(orjson.dumps(body.decode()))  # a JSON string inside Lambda's JSON
    if size > context.answer_limit:
        raise RequestTooLarge(
            f"The answer would be {size} bytes; the limit is {context.answer_limit}. Ask for at "
            f'most {max(1, search.limit * context.answer_limit // size)} with "max_num_results".',
            param="max_num_results",
            code="answer_too_large",
        )
