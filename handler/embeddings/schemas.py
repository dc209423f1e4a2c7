"""The answers of the embeddings and tokenize routes. `request` has what they accept.

These models document answers and do not make them, since an answer may hold 786,432 numbers:
`response` and `operations` write bytes. Tests validate real answers against the models.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

# Routes refer to these by name.
__all__ = ["EmbeddingList", "TokensList"]

ONLY_IF_ASKED = Field(exclude_if=lambda value: value is None)


class Embedding(BaseModel):
    """One vector, as a list of numbers or as little-endian float32 in base64."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """The number of tokens that the model read, specials included."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors, in the order of the inputs."""

    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: Usage


class Piece(BaseModel):
    """A token of an input, and its place in the input's text: a half-open range of code points."""

    id: int
    text: str  # as in the model's vocabulary: ##ing continues a word, [UNK] is an unknown word
    start: int | None  # null for [CLS] and [SEP], which are not from the text
    end: int | None
    read: bool  # whether the model reads it


class Tokens(BaseModel):
    """The tokens of one input, by the model's tokenizer."""

    object: Literal["tokens"]
    index: int
    count: int  # specials included
    ids: list[int]  # of the tokens that the model reads
    truncated: bool
    # With `"pieces": true`: all tokens, and the text that the ids of an input stand for.
    pieces: Annotated[list[Piece] | SkipJsonSchema[None], ONLY_IF_ASKED] = None
    text: Annotated[str | SkipJsonSchema[None], ONLY_IF_ASKED] = None


class TokensList(BaseModel):
    """The tokens, in the order of the inputs."""

    object: Literal["list"]
    data: list[Tokens]
    model: str
