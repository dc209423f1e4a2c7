"""What the embeddings and tokenize routes answer. (What they accept: `request`.)"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

# What routes refer to, by name.
__all__ = ["EmbeddingList", "TokensList"]


class Embedding(BaseModel):
    """One vector, as a list of numbers or as base64 of little-endian float32."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """Tokens that the model read, specials included."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors, in the order of the inputs."""

    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: Usage


class Tokens(BaseModel):
    """The tokens of one input, as the model's tokenizer sees them."""

    object: Literal["tokens"]
    index: int
    count: int  # specials included
    ids: list[int]  # those that the model reads
    truncated: bool


class TokensList(BaseModel):
    """The tokens, in the order of the inputs."""

    object: Literal["list"]
    data: list[Tokens]
    model: str
