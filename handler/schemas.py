"""What the routes answer, for /docs and /openapi.json. (What they accept: `inputs`.)"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

# What routes refer to, by name.
__all__ = ["EmbeddingList", "Errors", "Model", "ModelList", "Ready", "Status", "TokensList"]


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


class Limits(BaseModel):
    """What a request may hold, and what the model reads of it."""

    dimensions: int
    tokens_read_per_input: int
    inputs_per_request: int
    token_ids_per_input: int
    token_ids_per_request: int
    request_bytes: int
    answer_bytes: int | None  # null: no limit


class Model(BaseModel):
    """OpenAI's model object, with the limits and the fingerprint of the vector space."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    precision: str
    fingerprint: str
    limits: Limits


class ModelList(BaseModel):
    """The models there are."""

    object: Literal["list"]
    data: list[Model]


class Status(BaseModel):
    """Alive."""

    status: bool


class Ready(Status):
    """The model gives the vectors it should."""

    cosine: float  # of the canary's vector with its reference
    fingerprint: str


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


class Error(BaseModel):
    """What is wrong, where, and what to do about it."""

    message: str
    type: str
    param: str | None
    code: str | None


class Errors(BaseModel):
    """The body of every error."""

    error: Error
