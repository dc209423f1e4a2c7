"""A search request: check its fields, and read its queries and filters. Does not search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from handler.errors import InvalidRequest
from handler.limits import MAX_FILTER_DEPTH, MAX_FILTER_VALUES, MAX_QUERIES, MAX_RESULTS, MAX_WEIGHT
from handler.settings import SearchMode
from handler.stores.filters import Filter
from handler.validation import TRUNCATION, integral, invalid, kind_of
from handler.vector_stores.filter_request import TYPES, Filters
from handler.vector_stores.fusion import Weights
from model_layer import Truncate

BY_MODE: dict[SearchMode, Weights] = {
    "hybrid": Weights(2, 1),  # see docs/decisions/028-words-and-meaning.md
    "vector": Weights(1, 0),
    "text": Weights(0, 1),
}
HYBRID_RANKERS = ("default-2024-11-15", "default-2024-08-21")
TEXT = {"type": "string", "minLength": 1}
QUERY_SCHEMA = {
    "description": "What to look for. The results of several queries are merged.",
    "anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MAX_QUERIES}],
}
Weight = Annotated[float, Field(ge=0, le=MAX_WEIGHT)]


class HybridSearch(BaseModel):
    """How much meaning and words count. One of them must be above 0.

    They are also read as `rrf_embedding_weight` and `rrf_text_weight`.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        json_schema_extra={
            "anyOf": [
                {"properties": {weight: {"exclusiveMinimum": 0}}}
                for weight in ("embedding_weight", "text_weight")
            ]
        },
    )

    embedding_weight: Annotated[
        Weight, Field(validation_alias=AliasChoices("embedding_weight", "rrf_embedding_weight"))
    ]
    text_weight: Annotated[
        Weight, Field(validation_alias=AliasChoices("text_weight", "rrf_text_weight"))
    ]


class RankingOptions(BaseModel):
    """How results are ranked."""

    model_config = ConfigDict(strict=True, frozen=True)

    ranker: Annotated[
        str | None,
        Field(
            description="default-2024-11-15 or default-2024-08-21: by meaning and by words. none: "
            "by meaning alone. auto, or any other: as hybrid_search says, or else the server."
        ),
    ] = None
    hybrid_search: HybridSearch | None = None
    score_threshold: Annotated[
        Annotated[float, Field(ge=0, le=1)] | None,
        Field(description="Leave out results with a lower score."),
    ] = None


class SearchRequest(BaseModel):
    """The body of a search request. Other fields are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    query: Annotated[Any, WithJsonSchema(QUERY_SCHEMA)]  # see `_read_queries`
    max_num_results: Annotated[
        Annotated[int, Field(ge=1, le=MAX_RESULTS), BeforeValidator(integral)] | None,
        Field(description="By default, 10."),
    ] = None
    ranking_options: RankingOptions | None = None
    rewrite_query: Annotated[bool | None, Field(description="Accepted, not used.")] = None
    truncate: Annotated[
        Truncate | None,
        Field(
            description="Which part of a too long query to cut: its END or its START. NONE refuses "
            "the query. true is END, and false is NONE. Ours, not OpenAI's."
        ),
        *TRUNCATION,
    ] = None
    filters: Annotated[
        Filters,
        Field(
            description=f"Which attributes the results must have. At most {MAX_FILTER_VALUES} "
            f"values to compare with, at most {MAX_FILTER_DEPTH} deep in `and` and `or`."
        ),
    ] = None


@dataclass(frozen=True)
class Search:
    """A checked search request."""

    queries: list[str]  # at least one
    is_list: bool  # whether the request has a list of queries, or one string
    where: Filter | None
    limit: int
    threshold: float
    truncate: Truncate | None
    weights: Weights | None  # None: the server's default
    warnings: tuple[str, ...]  # about the request


def parse_search(payload: object) -> Search:
    """Check a decoded body. Raises InvalidRequest that names the first wrong field."""
    if not isinstance(payload, dict):
        raise InvalidRequest(f"The request is {kind_of(payload)}; it must be a JSON object.")
    queries = _read_queries(payload.get("query"))
    try:
        request = SearchRequest.model_validate(payload)
    except ValidationError as error:
        raise invalid(error, tags=TYPES) from error
    ranking = request.ranking_options or RankingOptions()
    weights, warnings = _read_ranker(ranking)
    return Search(
        queries=queries,
        is_list=isinstance(request.query, list),
        where=request.filters,
        limit=10 if request.max_num_results is None else request.max_num_results,
        threshold=ranking.score_threshold or 0.0,
        truncate=request.truncate,
        weights=weights,
        warnings=warnings,
    )


def _read_ranker(ranking: RankingOptions) -> tuple[Weights | None, tuple[str, ...]]:
    """The weights that the request asks for, if it does; and warnings."""
    ranker, hybrid = ranking.ranker, ranking.hybrid_search
    weights = None
    if hybrid:
        weights = Weights(hybrid.embedding_weight, hybrid.text_weight)
        if not (weights.embedding or weights.text):
            raise InvalidRequest(
                "'ranking_options.hybrid_search' has two weights of 0; one must be above 0.",
                param="ranking_options.hybrid_search",
            )
    if ranker == "none":
        ignored = ("'ranking_options.hybrid_search' is not used with the ranker 'none'.",)
        return BY_MODE["vector"], ignored if weights else ()
    if ranker in HYBRID_RANKERS:
        return weights or BY_MODE["hybrid"], ()
    if ranker in (None, "auto"):
        return weights, ()
    known = ", ".join(("auto", "none", *HYBRID_RANKERS))
    return weights, (f"The ranker {ranker[:100]!r} is not known; 'auto' is used. Known: {known}.",)


def _read_queries(value: object) -> list[str]:
    queries: list[Any] = value if isinstance(value, list) else [value]
    if not 1 <= len(queries) <= MAX_QUERIES:
        raise InvalidRequest(
            f"'query' has {len(queries)} items; it must have 1 to {MAX_QUERIES}.", param="query"
        )
    for index, query in enumerate(queries):
        if not isinstance(query, str) or not query:
            place = f"query[{index}]" if queries is value else "query"
            raise InvalidRequest(
                f"'{place}' is {kind_of(query)}; 'query' must be a string that is not empty, or "
                "a list of such strings.",
                param=place,
            )
    return queries
