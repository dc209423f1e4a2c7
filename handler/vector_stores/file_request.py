"""Requests to attach a file to a vector store, or to change its attributes there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from handler.limits import (
    MAX_ATTRIBUTE_NAME,
    MAX_ATTRIBUTE_VALUE,
    MAX_ATTRIBUTES,
    MAX_CHUNK_TOKENS,
    MAX_FILTER_NUMBER,
    MAX_ID,
    MIN_CHUNK_TOKENS,
)
from handler.objects.metadata import check_pairs, encodable, key_schema
from handler.objects.request import RequestModel, an_object_like
from handler.stores.attributes import Attribute
from handler.validation import integral, kind_of, must_be, refused

RULE = (
    f"an object of at most {MAX_ATTRIBUTES} attributes: keys of at most {MAX_ATTRIBUTE_NAME} "
    f"characters; strings of at most {MAX_ATTRIBUTE_VALUE}, numbers from -{MAX_FILTER_NUMBER} to "
    f"{MAX_FILTER_NUMBER}, and booleans"
)
STRATEGIES = 'an object like {"type": "auto"} or {"type": "static", "static": {…}}'


def _check_attributes(value: object) -> object:
    if value is None:
        return None
    check_pairs(value, rule=RULE, most=MAX_ATTRIBUTES, longest_key=MAX_ATTRIBUTE_NAME)
    assert isinstance(value, dict)
    for key, one in value.items():
        encodable(one)
        if isinstance(one, str) and len(one) > MAX_ATTRIBUTE_VALUE:
            raise refused(f"its '{key}' has {len(one)} characters; it must be {RULE}")
        is_number = isinstance(one, int | float) and abs(one) <= MAX_FILTER_NUMBER
        if not (is_number or isinstance(one, str | bool)):
            raise refused(f"its '{key}' is {kind_of(one)}; it must be {RULE}")
    return value


Attributes = Annotated[
    dict[str, Any] | None,
    BeforeValidator(_check_attributes),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "object",
                    "maxProperties": MAX_ATTRIBUTES,
                    "propertyNames": key_schema(MAX_ATTRIBUTE_NAME),
                    "additionalProperties": {
                        "anyOf": [
                            {"type": "string", "maxLength": MAX_ATTRIBUTE_VALUE},
                            {
                                "type": "number",
                                "minimum": -MAX_FILTER_NUMBER,
                                "maximum": MAX_FILTER_NUMBER,
                            },
                            {"type": "boolean"},
                        ]
                    },
                },
                {"type": "null"},
            ]
        }
    ),
    Field(description="What searches can filter by."),
]
FileId = Annotated[
    Annotated[str, Field(min_length=1, max_length=MAX_ID)],
    must_be(f"the id of a file, of at most {MAX_ID} characters"),
]


class ChunkSizesRequest(RequestModel):
    """The sizes of chunks, in tokens."""

    max_chunk_size_tokens: Annotated[
        Annotated[int, Field(ge=MIN_CHUNK_TOKENS, le=MAX_CHUNK_TOKENS)],
        BeforeValidator(integral),
        must_be(f"a whole number from {MIN_CHUNK_TOKENS} to {MAX_CHUNK_TOKENS}"),
    ]
    chunk_overlap_tokens: Annotated[
        Annotated[int, Field(ge=0, le=MAX_CHUNK_TOKENS // 2)],
        BeforeValidator(integral),
        must_be("a whole number from 0 to half of 'max_chunk_size_tokens'"),
    ]

    @model_validator(mode="after")
    def _check_overlap(self) -> ChunkSizesRequest:
        if 2 * self.chunk_overlap_tokens > self.max_chunk_size_tokens:
            raise refused(
                f"its 'chunk_overlap_tokens' is {self.chunk_overlap_tokens}, and must be at most "
                f"half of 'max_chunk_size_tokens', {self.max_chunk_size_tokens // 2}"
            )
        return self


class AutoChunking(RequestModel):
    """The server's own sizes."""

    type: Literal["auto"]


class StaticChunking(RequestModel):
    """Sizes of one's own; those over what the model reads are cut to it."""

    type: Literal["static"]
    static: Annotated[
        ChunkSizesRequest,
        an_object_like('{"max_chunk_size_tokens": 256, "chunk_overlap_tokens": 32}'),
    ]


STRATEGY_TYPES = ("auto", "static")
CHUNKING_TAGS = tuple(f"chunking {each}" for each in STRATEGY_TYPES)  # "static" is a field, too


def _check_strategy(value: object) -> object:
    if not isinstance(value, dict) or value.get("type") not in STRATEGY_TYPES:
        raise refused(f"it must be {STRATEGIES}")
    return value


Chunking = (
    Annotated[
        Annotated[AutoChunking, Tag(CHUNKING_TAGS[0])]
        | Annotated[StaticChunking, Tag(CHUNKING_TAGS[1])],
        Discriminator(lambda value: f"chunking {value['type']}"),
        BeforeValidator(_check_strategy),
    ]
    | None
)


class AttachRequest(RequestModel):
    """Attach a file to a vector store."""

    file_id: FileId
    attributes: Attributes = None
    chunking_strategy: Chunking = None


class AttributesRequest(RequestModel):
    """Change the attributes of a file in a vector store."""

    attributes: Attributes


@dataclass(frozen=True)
class Attachment:
    """What a request says of a file to be attached."""

    file_id: str
    place: str  # in the request
    attributes: Mapping[str, Attribute]
    chunk_tokens: int | None  # None: the server's
    chunk_overlap: int | None


def attachment(
    file_id: str,
    place: str,
    attributes: Mapping[str, Attribute] | None,
    chunking: AutoChunking | StaticChunking | None,
    *,
    max_tokens: int,
) -> Attachment:
    """The attachment, with sizes of chunks that are possible. max_tokens: that the model reads."""
    if not isinstance(chunking, StaticChunking):
        return Attachment(file_id, place, attributes or {}, None, None)
    tokens = min(chunking.static.max_chunk_size_tokens, max_tokens)
    overlap = min(chunking.static.chunk_overlap_tokens, tokens // 2)
    return Attachment(file_id, place, attributes or {}, tokens, overlap)


def same_attributes(some: Mapping[str, Attribute] | None, others: Mapping[str, Attribute]) -> bool:
    """Whether filters find by the same: for them, true is not 1."""

    def typed(attributes: Mapping[str, Attribute]) -> dict[str, tuple[bool, Attribute]]:
        return {key: (isinstance(value, bool), value) for key, value in attributes.items()}

    return some is not None and typed(some) == typed(others)
