"""Answer OpenAI embeddings requests, for every transport.

Routes pass a request's bytes, direct invocations their payload. Knows no status codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from handler.embeddings.answer_size import answer_bytes
from handler.embeddings.encoding import encode
from handler.embeddings.request import (
    EmbeddingRequest,
    TokenizeRequest,
    dimensions_over_limit,
    parse_request,
    read_texts,
)
from handler.embeddings.response import Answer, render
from handler.embeddings.tokenization import tokenize
from handler.errors import NotFound, RequestTooLarge
from handler.limits import DIMENSIONS
from handler.request_context import RequestContext
from handler.validation import parse_json
from model_layer import Cl100k, Encoder, Truncate

SERVED_MODEL = "all-MiniLM-L6-v2"
DIMENSIONS_HEADER = "x-embedding-dimensions"
MODEL_NAMES = (SERVED_MODEL, f"sentence-transformers/{SERVED_MODEL}")


@dataclass(frozen=True)
class CheckedRequest:
    """A request that can be answered."""

    request: EmbeddingRequest
    texts: list[str]  # in the order of the inputs
    asked_dimensions: int | None = None  # if more than the model has, and they were capped

    @property
    def is_list(self) -> bool:
        """Whether the inputs are a list. A string is one input, and so is a list of ids."""
        value = self.request.input
        return isinstance(value, list) and isinstance(value[0], str | list)

    @property
    def has_texts(self) -> bool:
        """Whether the inputs came as texts. Ids are of another vocabulary than the model's."""
        value = self.request.input
        return isinstance(value, str) or isinstance(value[0], str)


class EmbeddingOperations:
    """Answers embeddings requests with one encoder. Thread-safe.

    A request is checked, which takes little, and then answered, which takes long.
    """

    def __init__(
        self,
        encoder: Encoder,
        cl100k: Cl100k,
        *,
        accept_any_model: bool = True,
        cap_dimensions: bool = False,
        truncate: Truncate = "END",
    ) -> None:
        self.encoder = encoder
        self._cl100k = cl100k
        self._accept_any_model = accept_any_model
        self._cap_dimensions = cap_dimensions
        self._truncate = truncate

    def create(self, payload: object, context: RequestContext) -> Answer:
        """Answer a request given as a decoded JSON value. Raises what its two steps raise."""
        return self.answer(self.check(payload, context), context)

    def check_body(
        self,
        body: bytes,
        context: RequestContext,
        *,
        model: str | None = None,
        schema: type[EmbeddingRequest] = EmbeddingRequest,
    ) -> CheckedRequest:
        """Check a request given as JSON. `model` is the name in the path, if there is one."""
        with context.timed("parse"):
            payload = parse_json(body)
        return self.check(payload, context, model=model, schema=schema)

    def check(
        self,
        payload: object,
        context: RequestContext,
        *,
        model: str | None = None,
        schema: type[EmbeddingRequest] = EmbeddingRequest,
    ) -> CheckedRequest:
        """Check a request given as a decoded JSON value.

        Raises InvalidRequest if it is wrong, NotFound if it names a model that is not served.
        """
        with context.timed("decode"):
            asked = dimensions_over_limit(payload) if self._cap_dimensions else None
            request = parse_request(
                payload, dimensions=DIMENSIONS if asked else None, schema=schema
            )
            self.check_model(model or request.model)
            checked = CheckedRequest(request, read_texts(request.input, self._cl100k), asked)
        context.inputs = len(checked.texts)
        return checked

    def answer(self, checked: CheckedRequest, context: RequestContext) -> Answer:
        """Embed the texts of a request.

        Raises RequestTooLarge if the answer would be over the size limit or take too long, and
        InvalidRequest if a text is too long and must not be cut.
        """
        request, texts = checked.request, checked.texts
        gzipped = _must_be_gzipped(request, len(texts), context)
        encoded = encode(
            self.encoder,
            texts,
            context,
            truncate=request.truncate or self._truncate,
            field="input",
            is_list=checked.is_list,
        )
        with context.timed("respond"):
            answer = render(
                encoded,
                model=SERVED_MODEL,
                fingerprint=self.encoder.bundle.fingerprint,
                encoding_format=request.encoding_format,
                dimensions=request.dimensions,
                gzipped=gzipped,
            )
        if checked.asked_dimensions:
            answer.headers[DIMENSIONS_HEADER] = f"{DIMENSIONS}/{checked.asked_dimensions}"
        return answer

    def tokenize(self, checked: CheckedRequest, context: RequestContext) -> bytes:
        """Answer with the tokens of each input of a request.

        Raises RequestTooLarge if it takes too long, or if the answer would be too large.
        """
        request = checked.request
        with_pieces = isinstance(request, TokenizeRequest) and request.pieces is True
        data = tokenize(
            self.encoder,
            checked.texts,
            context,
            truncate=request.truncate or self._truncate,
            with_pieces=with_pieces,
            with_texts=with_pieces and not checked.has_texts,
        )
        answer = {"object": "list", "data": data, "model": SERVED_MODEL}
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)

    def check_model(self, name: str | None) -> None:
        """Raises NotFound for the name of a model that is not served."""
        if name is not None and name not in MODEL_NAMES and not self._accept_any_model:
            raise unknown_model(name)


def unknown_model(name: str) -> NotFound:
    """The error for a model that is not served."""
    return NotFound(
        f"The model '{name[:100]}' does not exist here; this server has '{SERVED_MODEL}'.",
        param="model",
        code="model_not_found",
    )


def _must_be_gzipped(request: EmbeddingRequest, inputs: int, context: RequestContext) -> bool:
    """Whether the answer fits only if compressed. Raises RequestTooLarge if it does not fit at all.

    Answers that fit as they are stay uncompressed: base64 hardly shrinks, and the time is worth
    more than the bytes.
    """
    dimensions = request.dimensions or DIMENSIONS
    base64 = request.encoding_format == "base64"

    def size(count: int, *, gzipped: bool = False) -> int:
        return answer_bytes(
            count, dimensions, base64=base64, gzipped=gzipped, spaced=context.is_direct
        )

    limit = context.answer_limit
    if limit is None or size(inputs) <= limit:
        return False
    if context.takes_gzip and not base64 and size(inputs, gzipped=True) <= limit:
        return True
    most = (limit - size(0)) // (size(1) - size(0))
    cure = "Send" if base64 else 'Ask for "encoding_format": "base64", or send'
    raise RequestTooLarge(
        f"The answer would be about {size(inputs)} bytes; the limit is {limit}. "
        f"{cure} at most {most} inputs in a request.",
        param="input",
        code="answer_too_large",
    )
