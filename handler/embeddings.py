"""The operation behind every road: an OpenAI embeddings request, answered.

Routes hand it a request's bytes, a direct invocation hands it the payload. Knows no status codes.
"""

from __future__ import annotations

from handler.errors import NotFound
from handler.inputs import parse_json, parse_request, read_texts
from handler.responses import Answer, render
from model_layer import Cl100k, Encoder

SERVED_MODEL = "all-MiniLM-L6-v2"
MODEL_NAMES = (SERVED_MODEL, f"sentence-transformers/{SERVED_MODEL}")


class Embeddings:
    """Answers embeddings requests with one encoder. Thread-safe."""

    def __init__(self, encoder: Encoder, cl100k: Cl100k, *, accept_any_model: bool = True) -> None:
        self.encoder = encoder
        self._cl100k = cl100k
        self._accept_any_model = accept_any_model

    def create_from_body(self, body: bytes, *, model: str | None = None) -> Answer:
        """Answer a request given as JSON; `model` is the name in the path, if it has one."""
        return self.create(parse_json(body), model=model)

    def create(self, payload: object, *, model: str | None = None) -> Answer:
        """Answer a request given as a decoded JSON value.

        Raises InvalidRequest if it is not one, NotFound if it names a model that is not served.
        """
        request = parse_request(payload)
        self._check_model(model or request.model)
        encoded = self.encoder.encode(read_texts(request.input, self._cl100k))
        return render(
            encoded,
            model=SERVED_MODEL,
            fingerprint=self.encoder.bundle.fingerprint,
            encoding_format=request.encoding_format,
            dimensions=request.dimensions,
        )

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
