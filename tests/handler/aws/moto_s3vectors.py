"""Adds to moto's S3 Vectors what it lacks: QueryVectors, and the limits of the other calls.

The functions join moto's own classes. boto3's client makes a real HTTP call to moto's server, and
routing, parsing by botocore's model and errors stay moto's. Faked here:

- QueryVectors compares with every vector (S3 Vectors' search is approximate), or searches texts
  (moto_text_search.py); it does not do both in one request. It checks topK (1 to 100), the
  dimension and the documented grammar of filters; it returns metadata, distances and scores on
  request, in pages.
- PutVectors refuses more than 500 vectors, bodies over 20 MiB, zero vectors, duplicate keys, and
  metadata over 40 KB, 50 keys or 2 KB filterable. DeleteVectors refuses more than 500 keys.
- CreateIndex remembers the keys that are not filterable and the text searches; GetIndex,
  UpdateIndexMode and UpdateMetadataConfiguration show and change them. An index that has vectors
  builds a new text search until a test calls `finish_building`. A bucket is one of after September
  30, 2026: its indexes are ENHANCED and stay so (`make_classic` makes one of before).

Sources: docs.aws.amazon.com/AmazonS3/latest/userguide/ s3-vectors-limitations.html,
s3-vectors-metadata-filtering.html and s3-vectors-query.html. The refusal of duplicate keys and the
size of a page are this file's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from moto.core.responses import ActionResult
from moto.s3vectors import urls
from moto.s3vectors.models import s3vectors_backends
from moto.s3vectors.responses import S3VectorsResponse

from handler.settings import S3VectorsAddress
from tests.handler.aws.moto_text_search import (
    check_query,
    check_request,
    configure,
    described,
    require,
    scores,
)

PAGE = 40  # matches
ACCOUNT = "123456789012"  # moto's
NUMBER = (int, float)

# The documentation does not say whether $ne and $nin hold for a vector without the key.
ABSENT_IS_UNEQUAL = True


def install(patch: pytest.MonkeyPatch) -> None:
    """Add the functions to moto, until `patch` is undone."""
    for name in ("put_vectors", "delete_vectors", "create_index", "get_index"):
        patch.setattr(S3VectorsResponse, f"moto_{name}", getattr(S3VectorsResponse, name), False)
    for function in (put_vectors, delete_vectors, create_index, get_index, *ADDED.values()):
        patch.setattr(S3VectorsResponse, function.__name__, function, raising=False)
    for operation in ADDED:
        patch.setitem(urls.url_paths, f"{{0}}/{operation}$", S3VectorsResponse.dispatch)


def index_of(response: Any) -> Any:
    return response.s3vectors_backend.get_index(
        response._get_param("vectorBucketName"),
        response._get_param("indexName"),
        response._get_param("indexArn"),
    )


def create_index(response: Any) -> Any:
    check_request("CreateIndex", response.body)
    result = response.moto_create_index()
    configuration = response._get_param("metadataConfiguration") or {}
    index = index_of(response)
    index.not_filterable = frozenset(configuration.get("nonFilterableMetadataKeys") or ())
    index.index_mode, index.text_searches = "ENHANCED", {}
    configure(index, configuration.get("textSearchConfigurations") or (), "ACTIVE")
    return result


def get_index(response: Any) -> Any:
    check_request("GetIndex", response.body)
    index = index_of(response)
    index.metadata_configuration = described(index)
    return response.moto_get_index()


def update_index_mode(response: Any) -> ActionResult:
    check_request("UpdateIndexMode", response.body)
    mode = response._get_param("indexMode")
    require(mode == "ENHANCED", "The vector bucket is too new for the mode CLASSIC")
    index_of(response).index_mode = mode
    return ActionResult({})


def update_metadata_configuration(response: Any) -> ActionResult:
    check_request("UpdateMetadataConfiguration", response.body)
    index = index_of(response)
    require(index.index_mode == "ENHANCED", "The vector index must be in ENHANCED mode")
    add, delete = response._get_param("add"), response._get_param("delete")
    require((add is None) != (delete is None), "Specify either add or delete, but not both")
    for one in (delete or {}).get("textSearchConfigurations", ()):
        key = one["metadataKey"]
        require(index.text_searches.pop(key, None) is not None, f"{key} is not searchable")
    status = "BUILDING" if index.vectors else "ACTIVE"
    configure(index, (add or {}).get("textSearchConfigurations", ()), status)
    return ActionResult({"indexArn": index.index_arn})


def make_classic(address: S3VectorsAddress) -> None:
    """Make the index one of a bucket from before September 30, 2026."""
    index_at(address).index_mode = "CLASSIC"


def finish_building(address: S3VectorsAddress) -> None:
    for search in index_at(address).text_searches.values():
        search.status = "ACTIVE"


def index_at(address: S3VectorsAddress) -> Any:
    backend: Any = s3vectors_backends[ACCOUNT]["aws"]
    return backend.get_index(address.bucket, address.index, None)


def put_vectors(response: Any) -> Any:
    vectors = response._get_param("vectors")
    require(1 <= len(vectors) <= 500, "Member must have length between 1 and 500, inclusive")
    require(len(response.body) <= 20 << 20, "Request payload size exceeds 20 MiB")
    require(len({vector["key"] for vector in vectors}) == len(vectors), "Duplicate keys")
    not_filterable = index_of(response).not_filterable
    for vector in vectors:
        check_metadata(vector.get("metadata") or {}, not_filterable)
        data = np.array(vector["data"]["float32"], dtype=np.float32)
        require(bool(np.isfinite(data).all() and data.any()), "Invalid vector")
    return response.moto_put_vectors()


def check_metadata(metadata: Mapping[str, Any], not_filterable: frozenset[str]) -> None:
    filterable = {key: value for key, value in metadata.items() if key not in not_filterable}
    require(len(metadata) <= 50, "Metadata object must have at most 50 keys")
    require(size(metadata) <= 40_960, "Metadata must have at most 40960 bytes")
    require(size(filterable) <= 2_048, "Filterable metadata must have at most 2048 bytes")
    for value in metadata.values():
        require(isinstance(value, str | int | float | bool | list), "Invalid metadata value")


def size(metadata: Mapping[str, Any]) -> int:
    return len(json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode())


def delete_vectors(response: Any) -> Any:
    count = len(response._get_param("keys"))
    require(1 <= count <= 500, "Member must have length between 1 and 500, inclusive")
    return response.moto_delete_vectors()


def query_vectors(response: Any) -> ActionResult:
    check_request("QueryVectors", response.body)
    index = index_of(response)
    limit = response._get_param("topK")
    require(1 <= limit <= 100, "topK must be between 1 and 100")
    mode = response._get_param("queryMode") or index.index_mode
    require((mode, index.index_mode) != ("CLASSIC", "ENHANCED"), "The index is in ENHANCED mode")
    vector, texts = response._get_param("queryVector"), response._get_param("queryTexts")
    require((vector is None) != (texts is None), "Specify a query vector or query texts")
    where = response._get_param("filter")
    if where is not None:
        check_filter(where, index.not_filterable)
    vectors = list(index.vectors.values())
    if texts:
        check_query(index, texts, mode)
        with_scores = bool(response._get_param("returnScores"))
        found = best(index, vectors, texts, with_scores=with_scores)
    else:
        with_distance = bool(response._get_param("returnDistance"))
        found = nearest(vectors, vector, index.dimension, with_distance=with_distance)
    found = [
        (one, match) for one, match in found if where is None or holds(where, one.metadata or {})
    ]
    start = int(response._get_param("nextToken") or 0)
    end = min(start + PAGE, limit)
    result: dict[str, Any] = {"distanceMetric": index.distance_metric}
    with_metadata = response._get_param("returnMetadata")
    result["vectors"] = [
        {**match, "key": one.key, "metadata": one.metadata if with_metadata else None}
        for one, match in found[start:end]
    ]
    if end < min(limit, len(found)):
        result["nextToken"] = str(end)
    return ActionResult(result)


def nearest(
    vectors: list[Any], vector: Any, dimension: int, *, with_distance: bool
) -> list[tuple[Any, dict[str, Any]]]:
    query = np.array(vector["float32"], dtype=np.float32)
    require(query.shape == (dimension,), "Query vector must have the index's dimension")
    require(bool(np.isfinite(query).all() and query.any()), "Invalid query vector")
    found = [(distance(query, one.data["float32"]), one) for one in vectors]
    found.sort(key=lambda pair: pair[0])
    return [(one, {"distance": away} if with_distance else {}) for away, one in found]


def best(
    index: Any, vectors: list[Any], texts: list[Any], *, with_scores: bool
) -> list[tuple[Any, dict[str, Any]]]:
    found = [
        (sum(by_key.values()), one, by_key)
        for one, by_key in zip(vectors, scores(index, vectors, texts), strict=True)
        if by_key
    ]
    found.sort(key=lambda match: (-match[0], match[1].key))
    return [
        (one, {"scores": {"bm25Scores": listed(by_key)}} if with_scores else {})
        for _, one, by_key in found
    ]


def listed(by_key: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"metadataKey": key, "score": score} for key, score in by_key.items()]


ADDED = {
    "QueryVectors": query_vectors,
    "UpdateIndexMode": update_index_mode,
    "UpdateMetadataConfiguration": update_metadata_configuration,
}


def distance(query: Any, data: list[float]) -> float:
    vector = np.array(data, dtype=np.float32)
    return 1 - float(query @ vector / np.linalg.norm(query) / np.linalg.norm(vector))


def check_filter(where: Any, not_filterable: frozenset[str]) -> None:
    """Raises ValidationError unless `where` is a filter by the documented grammar."""
    require(isinstance(where, dict) and len(where) > 0, "Invalid filter")
    for key, condition in where.items():
        if key in ("$and", "$or"):
            require(isinstance(condition, list) and len(condition) > 0, f"Invalid {key}")
            for part in condition:
                check_filter(part, not_filterable)
            continue
        require(not key.startswith("$"), f"Invalid operator {key}")
        require(key not in not_filterable, f"Metadata key {key} is not filterable")
        operators = condition if isinstance(condition, dict) else {"$eq": condition}
        require(len(operators) > 0, "Invalid filter")
        for operator, value in operators.items():
            require(valid(operator, value), f"Invalid {operator}")


def valid(operator: str, value: Any) -> bool:
    match operator:
        case "$eq" | "$ne":
            return isinstance(value, str | int | float | bool)
        case "$gt" | "$gte" | "$lt" | "$lte":
            return isinstance(value, NUMBER) and not isinstance(value, bool)
        case "$in" | "$nin":
            primitives = isinstance(value, list) and all(valid("$eq", item) for item in value)
            return primitives and len(value) > 0
        case "$exists":
            return isinstance(value, bool)
    return False


def holds(where: dict[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Whether all keys and operators of a checked filter hold."""
    for key, condition in where.items():
        if key == "$and":
            true = all(holds(part, metadata) for part in condition)
        elif key == "$or":
            true = any(holds(part, metadata) for part in condition)
        else:
            operators = condition if isinstance(condition, dict) else {"$eq": condition}
            true = all(compares(name, value, key, metadata) for name, value in operators.items())
        if not true:
            return False
    return True


def compares(operator: str, value: Any, key: str, metadata: Mapping[str, Any]) -> bool:
    if operator == "$exists":
        return (key in metadata) is value
    if key not in metadata:
        return operator in ("$ne", "$nin") and ABSENT_IS_UNEQUAL
    actual = metadata[key]
    match operator:
        case "$eq" | "$ne":
            return same(actual, value) is (operator == "$eq")
        case "$in" | "$nin":
            return any(same(actual, item) for item in value) is (operator == "$in")
    if isinstance(actual, bool) or not isinstance(actual, NUMBER):
        return False
    orders = {
        "$gt": actual > value,
        "$gte": actual >= value,
        "$lt": actual < value,
        "$lte": actual <= value,
    }
    return bool(orders[operator])


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: a list, if one of its items is; true is not a number."""
    if isinstance(one, list):
        return any(same(item, other) for item in one)
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)
