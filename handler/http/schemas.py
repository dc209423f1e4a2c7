"""The answers of the routes for models and health, and the body of every error."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

# Routes refer to these by name.
__all__ = ["About", "Errors", "Model", "ModelList", "Ready", "Status"]


class Limits(BaseModel):
    """The limits of a request, and of what the model reads."""

    dimensions: int
    tokens_read_per_input: int
    inputs_per_request: int
    token_ids_per_input: int
    token_ids_per_request: int
    request_bytes: int
    answer_bytes: int | None  # null: no limit


class Language(BaseModel):
    """How well texts in a language are understood, as it was measured in int8: docs/model.md."""

    right_passage_first: float  # of questions about 240 passages, the share, by meaning
    right_passage_first_by_words: float  # of the same, searched by words alone
    unknown_tokens: float  # the share of tokens that are [UNK]
    advice: Literal["good", "search_by_words", "other_model"]


class Model(BaseModel):
    """OpenAI's model object, with what the model is, its limits and its vector space."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    description: str
    license: str
    language: str  # that it was trained on, as all codes of languages in ISO 639-1
    languages: dict[str, Language]  # those that were measured, by code
    precision: str
    fingerprint: str
    limits: Limits


class ModelList(BaseModel):
    """The list of models."""

    object: Literal["list"]
    data: list[Model]


class Status(BaseModel):
    """The server answers."""

    status: bool


class About(Status):
    """What this server is, and where to begin."""

    name: str
    version: str
    description: str
    model: str
    embeddings: str  # paths
    docs: str
    key_required: bool  # whether requests need an API key


class Ready(Status):
    """The model embeds a reference text correctly."""

    cosine: float  # of the reference text's vector and the expected one
    fingerprint: str


class Error(BaseModel):
    """What is wrong, where it is, and how to correct it."""

    message: str
    type: str
    param: str | None
    code: str | None


class Errors(BaseModel):
    """The body of every error."""

    error: Error
