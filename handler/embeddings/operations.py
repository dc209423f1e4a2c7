"""Answer OpenAI embeddings requests, for every transport.

Routes pass a request's bytes, direct invocations their payload. Knows no status codes.
"""

from __future__ import annotations

import time
from typing import Any

import orjson

from handler.embeddings.answer_size import answer_bytes
from handler.embeddings.encoding import encode
from handler.embeddings.request import EmbeddingRequest, parse_request, read_texts
from handler.embeddings.response import Answer, render
from handler.errors import NotFound, RequestTooLarge
from handler.limits import DIMENSIONS
from handler.request_context import RequestContext
from handler.validation import parse_json
from model_layer import Cl100k, Encoder, Truncate

SERVED_MODEL = "all-MiniLM-L6-v2"
MODEL_NAMES = (SERVED_MODEL, f"sentence-transformers/{SERVED_MODEL}")


class EmbeddingOperations:
    """Answers embeddings requests with one encoder. Thread-safe."""

    def __init__(
        self,
        encoder: Encoder,
        cl100k: Cl100k,
        *,
        accept_any_model: bool = True,
        truncate: Truncate = "END",
    ) -> None:
        self.encoder = encoder
        self._cl100k = cl100k
        self._accept_any_model = accept_any_model
        self._truncate = truncate

    def create_from_body(
        self, body: bytes, context: RequestContext, *, model: str | None = None
    ) -> Answer:
        """Answer a request given as JSON. `model` is the name in the path, if there is one."""
        with context.timed("parse"):
            payload = parse_json(body)
        return self.create(payload, context, model=model)

    def create(
        self, payload: object, context: RequestContext, *, model: str | None = None
    ) -> Answer:
        """Answer a request given as a decoded JSON value.

        Raises InvalidRequest if it is wrong, NotFound if it names a model that is not served, and
        RequestTooLarge if its answer would be over the size limit or take too long.
        """
        with context.timed("decode"):
            request = parse_request(payload)
            self._check_model(model or request.model)
            texts = read_texts(request.input, self._cl100k)
        context.inputs = len(texts)
        gzipped = _must_be_gzipped(request, len(texts), context)
        encoded = encode(
            self.encoder,
            texts,
            context,
            truncate=request.truncate or self._truncate,
            field="input",
            # A string is one input, and so is a list of ids. Other lists are lists of inputs.
            is_list=isinstance(request.input, list) and isinstance(request.input[0], str | list),
        )
        with context.timed("respond"):
            return render(
                encoded,
                model=SERVED_MODEL,
                fingerprint=self.encoder.bundle.fingerprint,
                encoding_format=request.encoding_format,
                dimensions=request.dimensions,
                gzipped=gzipped,
            )

    def tokenize(self, body: bytes, context: RequestContext) -> bytes:
        """Answer with the tokens of each input of a request.

        Raises InvalidRequest if the request is wrong, RequestTooLarge if it takes too long.
        """
        request = parse_request(parse_json(body))
        texts = read_texts(request.input, self._cl100k)
        data = []
        for index, text in enumerate(texts):
            if context.deadline is not None and time.monotonic() > context.deadline:
                raise RequestTooLarge(
                    f"The time this function has for a request was up after {index} of "
                    f"{len(texts)} inputs. Send at most {max(1, index * 3 // 4)} such inputs.",
                    param="input",
                    code="deadline_exceeded",
                )
            tokens = self._tokens(text, request.truncate or self._truncate)
            data.append({"object": "tokens", "index": index, **tokens})
        answer = {"object": "list", "data": data, "model": SERVED_MODEL}
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)

    def _tokens(self, text: str, truncate: Truncate) -> dict[str, Any]:
        """How many tokens a text has, and the ids of those that the model reads."""
        tokenizer, limit = self.encoder.tokenizer, self.encoder.bundle.max_tokens
        read = tokenizer.tokenize(text, truncate)
        whole = tokenizer.tokenize(text, "NONE") if read.truncated else read
        count = len(whole.ids)
        return {"count": count, "ids": read.ids[:limit], "truncated": count > limit}

    def _check_model(self, name: str | None) -> None:
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
