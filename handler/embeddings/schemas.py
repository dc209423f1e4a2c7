"""The answers of the embeddings and tokenize routes. `request` has what they accept.

These models document answers and do not make them, since an answer may hold 786,432 numbers:
`response` and `operations` write bytes. Tests validate real answers against the models.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

# Routes refer to these by name.
__all__ = ["EmbeddingList", "TokensList"]


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


class Tokens(BaseModel):
    """The tokens of one input, by the model's tokenizer."""

    object: Literal["tokens"]
    index: int
    count: int  # specials included
    ids: list[int]  # of the tokens that the model reads
    truncated: bool


class TokensList(BaseModel):
    """The tokens, in the order of the inputs."""

    object: Literal["list"]
    data: list[Tokens]
    model: str
