"""What the routes for models and health answer, and the body of every error."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

# What routes refer to, by name.
__all__ = ["Errors", "Model", "ModelList", "Ready", "Status"]


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


class Error(BaseModel):
    """What is wrong, where, and what to do about it."""

    message: str
    type: str
    param: str | None
    code: str | None


class Errors(BaseModel):
    """The body of every error."""

    error: Error
