"""A vector store in an index of S3 Vectors, with its ledger in DynamoDB.

Limits: docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html. The index must
have 384 dimensions, the cosine metric, and attributes.NOT_FILTERABLE as its non-filterable keys. To
be searched by words, it must be in ENHANCED mode, with a text search of text.SEARCHABLE.
Queries see earlier writes; those by vector are approximate.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from botocore.exceptions import ClientError
from numpy.typing import NDArray

from handler.aws.client import AwsClient, error_code
from handler.errors import DocumentRejected, InvalidRequest, ServiceUnavailable
from handler.settings import TextLanguage
from handler.stores.aws.check import checked
from handler.stores.aws.filters import Expression, exists
from handler.stores.aws.records import (
    FEWER_ATTRIBUTES,
    MAX_VECTORS_PER_REQUEST,
    batches,
    to_entry,
    to_match,
    without_terms,
)
from handler.stores.aws.text import query_texts, why_no_text_index
from handler.stores.contract import Match, NoTextIndex, Record
from handler.stores.filters import Filter
from handler.stores.record_key import RecordKey
from handler.stores.word_scores import with_word_scores

if TYPE_CHECKING:
    from types_boto3_s3vectors.type_defs import (
        GetVectorsOutputTypeDef,
        PutInputVectorTypeDef,
        QueryVectorsOutputTypeDef,
    )

MAX_VECTORS_READ = 100  # that a request reads
MAX_NEAREST = 100  # records that a query returns
# The service's message for metadata over a limit.
# (github.com/langchain-ai/langchain-aws/issues/693, github.com/run-llama/llama_index/issues/19522)
REFUSAL = re.compile(r"metadata .*must have at most", re.IGNORECASE)
TOO_LARGE = "The document's attributes are larger than S3 Vectors allows."
ANY_VECTOR = [1.0] + [0.0] * 383
REFUSED_FILTER = "S3 Vectors refuses these filters. Compare with fewer values, in fewer filters."
ASK_AGAIN = 60.0  # seconds for which an index that cannot be searched by words is not asked again
ACCESS_DENIED = ("AccessDenied", "AccessDeniedException")
NOT_ALLOWED = (
    "the function's role may not search by words. Allow it s3vectors:QueryVectors and"
    " s3vectors:GetVectors on the index."
)
NOT_SEEN = (
    "S3 Vectors refuses the query, perhaps because the index has no text search. Allow the"
    " function's role s3vectors:GetIndex to learn why."
)


class Generations(Protocol):
    """What the index asks its ledger."""

    def current_generations(
        self, document_ids: Iterable[str], *, deadline: float | None = None
    ) -> Mapping[str, str]:
        """The current generations of those documents (at most 100) that have one."""


class S3VectorsIndex:
    """See `contract.VectorIndex`."""

    def __init__(
        self,
        client: AwsClient,
        *,
        bucket: str,
        index: str,
        ledger: Generations,
        language: TextLanguage = "en",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """language: that of the index's text search."""
        self._client, self._ledger, self._clock = client, ledger, clock
        self._language = language
        self._index = {"vectorBucketName": bucket, "indexName": index}
        self._no_text_index: str | None = None  # why not, if it is known
        self._is_known_until = -math.inf

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        """Also raises DocumentRejected if the metadata are larger than S3 Vectors allows."""
        # A request must not have a key twice: the last record wins.
        distinct = {record.key: record for record in records}
        for batch in batches([to_entry(record) for record in distinct.values()]):
            if self._put(batch, deadline):
                continue
            # An index from before the terms has them filterable, so they may be what is too much.
            plain = without_terms(batch)
            if plain == batch or not self._put(plain, deadline):
                raise DocumentRejected("invalid_file", f"{TOO_LARGE} {FEWER_ATTRIBUTES}")

    def _put(self, batch: list[PutInputVectorTypeDef], deadline: float | None) -> bool:
        """Write the vectors. False if the service finds their metadata too large."""
        try:
            self._client.call("put_vectors", **self._index, vectors=batch, deadline=deadline)
        except ClientError as error:
            if REFUSAL.search(error.response["Error"].get("Message", "")):
                return False
            raise
        return True

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        distinct = list(dict.fromkeys(keys))
        for start in range(0, len(distinct), MAX_VECTORS_PER_REQUEST):
            batch = distinct[start : start + MAX_VECTORS_PER_REQUEST]
            self._client.call("delete_vectors", **self._index, keys=batch, deadline=deadline)

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        found: dict[str, Record] = {}
        for start in range(0, len(keys), MAX_VECTORS_READ):
            answer: GetVectorsOutputTypeDef = self._client.call(
                "get_vectors",
                **self._index,
                keys=list(keys[start : start + MAX_VECTORS_READ]),
                returnData=True,
                returnMetadata=True,
                deadline=deadline,
            )
            for vector in answer["vectors"]:
                values = np.array(vector["data"]["float32"], dtype=np.float32)
                found[vector["key"]] = Record(vector["key"], values, vector.get("metadata") or {})
        return [found[key] for key in keys if key in found]

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        answer: QueryVectorsOutputTypeDef = self._client.call(
            "query_vectors",
            **self._index,
            topK=1,
            queryVector={"float32": ANY_VECTOR},
            filter=exists(key),
            deadline=deadline,
        )
        return bool(answer["vectors"])

    def search_vectors(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        query = {"queryVector": {"float32": vector.tolist()}, "returnDistance": True}
        return self._search(query, limit, where, deadline)

    def search_text(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        """`cosine` is None: a full-text query knows no vectors."""
        texts = query_texts(query)
        if not texts:
            return []
        self._require_text_index(deadline)
        try:
            found = self._search(
                {"queryTexts": texts, "returnScores": True}, limit, where, deadline
            )
            # A function has no stemmer.
            return type(found)(with_word_scores(found, query, self._language, stems=False))
        except ClientError as error:
            if error_code(error, "QueryVectors") == "ValidationException":
                self._is_known_until = -math.inf  # the index may have changed
                if not self._require_text_index(deadline):
                    self._remember(NOT_SEEN)
                    raise NoTextIndex(NOT_SEEN) from error
                if where is not None:
                    raise InvalidRequest(REFUSED_FILTER, param="filters") from error
            raise
        except ServiceUnavailable as error:
            if error_code(error, "QueryVectors") in ACCESS_DENIED:
                self._remember(NOT_ALLOWED)
                raise NoTextIndex(NOT_ALLOWED) from error
            raise

    def _require_text_index(self, deadline: float | None) -> bool:
        """Raises NoTextIndex if the index cannot be searched by words. False if we may not ask.

        Asks at the first search, and after that only what was refused, once a minute.
        """
        is_seen = True
        if self._clock() >= self._is_known_until:
            try:
                answer = self._client.call("get_index", **self._index, deadline=deadline)
                self._remember(why_no_text_index(answer["index"]))
            except ServiceUnavailable as error:
                if error_code(error, "GetIndex") not in ACCESS_DENIED:
                    raise
                self._remember(None)  # the query itself will tell
                is_seen = False
        if self._no_text_index:
            raise NoTextIndex(self._no_text_index)
        return is_seen

    def _remember(self, no_text_index: str | None) -> None:
        self._no_text_index = no_text_index
        self._is_known_until = self._clock() + ASK_AGAIN if no_text_index else math.inf

    def _search(
        self,
        query: Mapping[str, Any],
        limit: int,
        where: Filter | None,
        deadline: float | None,
    ) -> list[Match]:
        """The best current records, in the service's order."""
        found = self._query(query, limit, where, deadline)
        matches = self._only_current(found, deadline)
        if len(matches) < limit <= len(found) and limit < MAX_NEAREST:
            # Records that are not current have taken others' places. It is so while documents are
            # being written again, and seldom otherwise.
            found = self._query(query, MAX_NEAREST, where, deadline)
            matches = self._only_current(found, deadline)
        return type(found)(matches[:limit])

    def _only_current(self, found: Sequence[Match], deadline: float | None) -> list[Match]:
        keyed = [(key, match) for match in found if (key := _key(match))]
        documents = dict.fromkeys(key.document_id for key, _ in keyed)
        current = self._ledger.current_generations(documents, deadline=deadline)
        return [match for key, match in keyed if current.get(key.document_id) == key.generation]

    def _query(
        self,
        query: Mapping[str, Any],
        limit: int,
        where: Filter | None,
        deadline: float | None,
    ) -> list[Match]:
        """The best records, whatever their generation."""

        def ask(expression: Expression | None, limit: int) -> list[Match]:
            filtered = {} if expression is None else {"filter": expression}
            return self._all_pages({**query, **filtered, "topK": limit}, deadline)

        try:
            return checked(ask, where, limit=limit, most=MAX_NEAREST)
        except ClientError as error:
            is_text = "queryTexts" in query
            if (
                where is None
                or is_text
                or error_code(error, "QueryVectors") != "ValidationException"
            ):
                raise
            raise InvalidRequest(REFUSED_FILTER, param="filters") from error

    def _all_pages(self, query: Mapping[str, Any], deadline: float | None) -> list[Match]:
        parameters: dict[str, Any] = {**self._index, **query, "returnMetadata": True}
        matches: list[Match] = []
        while True:
            page = self._client.call("query_vectors", **parameters, deadline=deadline)
            matches += [to_match(found) for found in page["vectors"]]
            if not page.get("nextToken"):
                return matches
            parameters["nextToken"] = page["nextToken"]


def _key(match: Match) -> RecordKey | None:
    """The parts of the record's key; None if it was not written by us."""
    try:
        return RecordKey.parse(match.key)
    except ValueError:
        return None
