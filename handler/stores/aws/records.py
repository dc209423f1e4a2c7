"""Records in the shapes of S3 Vectors' PutVectors and QueryVectors, within its limits.

(docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from handler.errors import DocumentRejected
from handler.stores.attributes import NOT_FILTERABLE, Attribute
from handler.stores.aws.text import TERMS, record_terms
from handler.stores.contract import Match, Record

if TYPE_CHECKING:
    from types_boto3_s3vectors.type_defs import PutInputVectorTypeDef

MAX_VECTORS_PER_REQUEST = 500  # that a request writes or deletes
MAX_REQUEST_BYTES = 8 << 20  # 20 MiB are allowed, but take long to send
MAX_KEYS = 50  # in a vector's metadata
MAX_METADATA = 40 << 10  # bytes
MAX_FILTERABLE = 2 << 10  # bytes
# How the service counts bytes is not documented; we count those of JSON.
FEWER_ATTRIBUTES = "Give the object fewer or shorter attributes (x-amz-meta-…)."


def to_entry(record: Record) -> PutInputVectorTypeDef:
    """The record in the shape of PutVectors."""
    _check(record.metadata)
    metadata = dict(record.metadata)
    room = MAX_METADATA - len(orjson.dumps(metadata)) - len(f',"{TERMS}":""')
    if len(metadata) < MAX_KEYS and (terms := record_terms(metadata, room)):
        metadata[TERMS] = terms
    return {"key": record.key, "data": {"float32": record.vector.tolist()}, "metadata": metadata}


def without_terms(batch: list[PutInputVectorTypeDef]) -> list[PutInputVectorTypeDef]:
    return [
        {
            **entry,
            "metadata": {key: one for key, one in entry["metadata"].items() if key != TERMS},
        }
        for entry in batch
    ]


def to_match(found: Mapping[str, Any]) -> Match:
    metadata = {key: one for key, one in (found.get("metadata") or {}).items() if key != TERMS}
    distance, scores = found.get("distance"), found.get("scores") or {}
    return Match(
        found["key"],
        metadata,
        cosine=None if distance is None else min(1.0, max(-1.0, 1 - distance)),
        bm25=sum(one["score"] for one in scores["bm25Scores"]) if "bm25Scores" in scores else None,
    )


def batches(
    entries: Sequence[PutInputVectorTypeDef],
) -> Iterator[list[PutInputVectorTypeDef]]:
    """The entries, in as few requests as the limits of number and bytes allow."""
    batch: list[PutInputVectorTypeDef] = []
    size = 0  # bytes of the batch
    for entry in entries:
        length = len(json.dumps(entry))  # as botocore writes it: ASCII
        if batch and (len(batch) == MAX_VECTORS_PER_REQUEST or size + length > MAX_REQUEST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch


def _check(metadata: Mapping[str, Attribute]) -> None:
    """Raises DocumentRejected if S3 Vectors does not allow these metadata."""
    filterable = {key: value for key, value in metadata.items() if key not in NOT_FILTERABLE}
    counts = (
        (len(metadata), MAX_KEYS, "metadata keys per chunk"),
        (len(orjson.dumps(metadata)), MAX_METADATA, "bytes of metadata per chunk, with its text"),
        (len(orjson.dumps(filterable)), MAX_FILTERABLE, "bytes of attributes, with its source"),
    )
    for count, limit, what in counts:
        if count > limit:
            problem = f"The document has {count:,} {what}; S3 Vectors allows at most {limit:,}."
            raise DocumentRejected("invalid_file", f"{problem} {FEWER_ATTRIBUTES}")
