"""Answer OpenAI vector store search requests. Knows no status codes."""

from __future__ import annotations

import orjson

from handler.embeddings.answer_size import ENVELOPE
from handler.embeddings.encoding import encode, stop_if_late
from handler.embeddings.response import Answer, embedding_headers
from handler.errors import RequestTooLarge
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.readability import describe_unknown, is_unreadable
from handler.request_context import RequestContext
from handler.settings import SearchMode
from handler.stores.attributes import normalize_key
from handler.stores.contract import Store
from handler.stores.filters import with_keys
from handler.validation import parse_json
from handler.vector_stores.fusion import Weights, merge
from handler.vector_stores.hybrid import HybridSearcher, Query
from handler.vector_stores.made_stores import MadeStores, expect_unexpired
from handler.vector_stores.search_request import BY_MODE, Search, parse_search
from handler.vector_stores.search_results import attributes_of, render
from handler.vector_stores.unknown_keys import UnknownKeys
from model_layer import Encoder, Truncate


class VectorSearch:
    """Answers searches, with one encoder. Thread-safe."""

    def __init__(
        self,
        encoder: Encoder,
        storage: ConfiguredStorage,
        *,
        truncate: Truncate = "END",
        mode: SearchMode = "hybrid",
    ) -> None:
        """truncate, mode: for requests that do not say."""
        self._encoder = encoder
        self._storage = storage
        self._made = MadeStores(storage)
        self._truncate = truncate
        self._weights = BY_MODE[mode]
        self._hybrid = HybridSearcher()
        self._unknown_keys = UnknownKeys()

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
        """Search. `store_id` None stands for the store of the bucket or folder.

        Raises NotFound if there is no such store, WrongStore if it holds another model's vectors,
        NotReady if it does not answer, InvalidRequest if it is expired, or if a query is too long
        and must not be cut,
        and RequestTooLarge if the answer is over the size limit or takes too long.
        """
        with context.timed("open"):
            store, is_made = self._open(store_id)
        where = search.where
        if where and not is_made:
            where = with_keys(where, normalize_key)  # S3 has put the keys into lower case
        context.inputs = len(search.queries)
        weights = search.weights or self._weights
        unreadable, warnings = self._unknown_words(search, weights, context)
        encoded = encode(
            self._encoder,
            search.queries,
            context,
            truncate=search.truncate or self._truncate,
            field="query",
            is_list=search.is_list,
        )
        with context.timed("search"), reached():
            queries = [
                Query(text, vector, is_readable=index not in unreadable)
                for index, (text, vector) in enumerate(
                    zip(search.queries, encoded.vectors, strict=True)
                )
            ]
            found, told = self._hybrid.search(store.index, queries, weights, where, context)
            unknown = self._unknown_keys.warnings(store, where, deadline=context.deadline)
            best = merge(found, limit=search.limit, threshold=search.threshold)
            attributes = attributes_of(store, best, as_sent=is_made, deadline=context.deadline)
        with context.timed("respond"):
            warnings = [*search.warnings, *warnings, *unknown, *told]
            body = render(search.queries, best, attributes, warnings)
            _check_size(body, search, context)
            return Answer(body, embedding_headers(encoded, self._encoder.bundle.fingerprint))

    def _open(self, store_id: str | None) -> tuple[Store, bool]:
        """The store, and whether the API made it: its use is noted then.

        Raises InvalidRequest if it is expired.
        """
        storage = self._storage.open()
        if store_id in (None, storage.source_store_id):
            return self._storage.source_store(storage), False
        item = self._storage.item(storage, str(store_id))
        expect_unexpired(item)
        store = self._storage.made_store(storage, item)
        self._made.touch(storage, item)
        return store, True

    def _unknown_words(
        self, search: Search, weights: Weights, context: RequestContext
    ) -> tuple[set[int], list[str]]:
        """The indexes of queries that the model cannot read, and warnings about these and others.

        The vector of such a query says nothing: it is that of any other text that cannot be read.
        """
        outcome = "the query finds nothing; translate it first"
        if weights.text:
            outcome = "only the words of the query are looked for"
        unreadable, warnings = set(), []
        for index, query in enumerate(search.queries):
            stop_if_late(context, index, len(search.queries), "queries", field="query")
            unknown = self._encoder.tokenizer.unknown_share(query)
            place = f"query[{index}]" if search.is_list else "query"
            sentence = describe_unknown(unknown, f"'{place}'", if_unreadable=outcome)
            if is_unreadable(unknown):
                unreadable.add(index)
            if sentence:
                warnings.append(sentence)
        return unreadable, warnings


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
