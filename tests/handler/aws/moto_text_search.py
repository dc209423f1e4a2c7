"""Full-text search for moto's S3 Vectors: configurations of the index, BM25, and the refusals.

By the service model (botocore/data/s3vectors): every request to the operations here must be one
that the model allows. BM25 is Lucene's; it scores over all vectors of the index, whatever the
filter. The standard analyzer here makes lower-case runs of letters and digits; a language's also
stems them, where Snowball has a stemmer. The model says that a text search in the state BUILDING
does not serve queries yet; that it refuses them is this file's own.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from botocore.model import ListShape, Shape, StringShape, StructureShape
from botocore.session import get_session
from botocore.validate import ParamValidator
from moto.s3vectors.exceptions import ValidationError
from Stemmer import Stemmer

from handler.settings import TextLanguage
from handler.stores.words import ALGORITHMS

K1, B = 1.2, 0.75  # Lucene's
WORD = re.compile(r"[^\W_]+")


def require(condition: bool, message: str) -> None:
    if not condition:
        raise ValidationError(message)


def check_request(operation: str, body: bytes) -> None:
    """Raises ValidationError unless the service model allows this request."""
    shape = _service().operation_model(operation).input_shape
    assert shape is not None
    parameters = json.loads(body or b"{}")
    report = ParamValidator().validate(parameters, shape)
    require(not report.has_errors(), report.generate_report())
    for problem in _violations(shape, parameters, ""):
        raise ValidationError(problem)


@cache
def _service() -> Any:
    return get_session().get_service_model("s3vectors")


def _violations(shape: Shape, value: Any, path: str) -> Iterable[str]:
    """What botocore leaves to the service: upper bounds, values of enumerations, patterns."""
    if value is None:
        return
    bounds = shape.metadata
    if isinstance(shape, StringShape | ListShape) and len(value) > bounds.get("max", math.inf):
        yield f"Value at '{path}' must have length at most {bounds['max']}"
    if isinstance(shape, StringShape):
        if shape.enum and value not in shape.enum:
            yield f"Value at '{path}' must be one of {shape.enum}"
        if "pattern" in bounds and not re.fullmatch(bounds["pattern"], value):
            yield f"Value at '{path}' must match {bounds['pattern']}"
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value):
            yield from _violations(shape.member, item, f"{path}/{number}")
    elif isinstance(shape, StructureShape) and not shape.is_document_type:
        for name, member in shape.members.items():
            yield from _violations(member, value.get(name), f"{path}/{name}")


@dataclass
class TextSearch:
    """The text search of one metadata key."""

    language: str | None
    status: str = "ACTIVE"


def configure(index: Any, configurations: Iterable[Mapping[str, Any]], status: str) -> None:
    """Add text searches to the index."""
    for one in configurations:
        key = one["metadataKey"]
        require(key not in index.text_searches, f"{key} already has a text search configuration")
        index.text_searches[key] = TextSearch(one.get("language"), status)
    require(len(index.text_searches) <= 10, "At most 10 text search configurations")


def described(index: Any) -> dict[str, Any]:
    """The index's metadata configuration, as GetIndex returns it."""
    return {
        "nonFilterableMetadataKeys": sorted(index.not_filterable),
        "textSearchConfigurations": [
            {"metadataKey": key, "status": one.status}
            | ({"language": one.language} if one.language else {})
            for key, one in index.text_searches.items()
        ],
    }


def check_query(index: Any, texts: Sequence[Mapping[str, str]], mode: str) -> None:
    """Raises ValidationError if the index cannot answer a query for these texts."""
    require(mode == "ENHANCED", "Full-text search requires an index in ENHANCED mode")
    keys = [one["metadataKey"] for one in texts]
    require(len(set(keys)) == len(keys), "Each query text must have a metadata key of its own")
    for key in keys:
        search = index.text_searches.get(key)
        require(search is not None, f"Metadata key {key} is not searchable")
        require(search.status == "ACTIVE", f"The text search of {key} is still BUILDING")


def scores(
    index: Any, vectors: Sequence[Any], texts: Sequence[Mapping[str, str]]
) -> list[dict[str, float]]:
    """For each vector, the BM25 score of each key that it matches."""
    found: list[dict[str, float]] = [{} for _ in vectors]
    for one in texts:
        key = one["metadataKey"]
        language = index.text_searches[key].language
        values = [(vector.metadata or {}).get(key, "") for vector in vectors]
        counted = [Counter(_words(value, language)) for value in values]
        query = set(_words(one["text"], language))
        for score, keys in zip(_bm25(counted, query), found, strict=True):
            if score > 0:
                keys[key] = score
    return found


def _words(value: object, language: str | None) -> list[str]:
    words = WORD.findall(value.lower()) if isinstance(value, str) else []
    algorithm = ALGORITHMS.get(cast(TextLanguage, language))
    return Stemmer(algorithm).stemWords(words) if algorithm else words


def _bm25(texts: Sequence[Counter[str]], query: set[str]) -> list[float]:
    lengths = [text.total() for text in texts]
    filled = sum(length > 0 for length in lengths)
    average = sum(lengths) / max(1, filled)
    totals = [0.0] * len(texts)
    for word in query:
        having = sum(word in text for text in texts)
        rarity = math.log(1 + (filled - having + 0.5) / (having + 0.5))
        for number, text in enumerate(texts):
            if count := text[word]:
                norm = K1 * (1 - B + B * lengths[number] / average)
                totals[number] += rarity * count / (count + norm)
    return totals
