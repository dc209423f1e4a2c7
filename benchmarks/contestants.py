"""Who is measured as a library: ours, and what a user would pick instead.

Each is set up as its documentation advises for a CPU (README.md says where), with the same weights,
the same limit of 256 tokens and the same number of threads. A contestant is loaded in a process of
its own (worker.py), by the Python of its own environment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import bundles, models

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Encode = Callable[[Sequence[str]], NDArray[np.float32]]  # n texts → (n, 384)

REFERENCE = "sentence-transformers"


@dataclass(frozen=True)
class Contestant:
    """A library, as it is set up."""

    name: str
    environment: str  # a folder of the project
    load: str  # the function below
    variant: str = ""  # its argument


def contestants() -> list[Contestant]:
    """Ours in every precision there is, and the peers."""
    from model_layer.build.__main__ import PRECISIONS

    bench, infinity, openvino = ".venv-bench", ".venv-infinity", ".venv-openvino"
    return [
        *(Contestant(f"minilm-lambda {one}", bench, "ours", one) for one in PRECISIONS),
        Contestant(REFERENCE, bench, "sentence_transformers"),
        Contestant("sentence-transformers onnx", infinity, "on_onnx", "onnx"),
        Contestant("sentence-transformers onnx int8", infinity, "on_onnx", "onnx-int8"),
        Contestant("sentence-transformers openvino", openvino, "on_openvino", "openvino"),
        Contestant("sentence-transformers openvino int8", openvino, "on_openvino", "openvino-int8"),
        Contestant("fastembed", bench, "fastembed"),
    ]


def load(function: str, variant: str, threads: int) -> Encode:
    """The contestant's encode."""
    return LOADERS[function](variant, threads)


def ours(precision: str, threads: int) -> Encode:
    from model_layer import load_encoder

    encoder = load_encoder(bundles.FOLDER / precision, threads=threads)  # `prepare` built it
    return lambda texts: encoder.encode(texts).vectors


def sentence_transformers(_: str, threads: int) -> Encode:
    """Its defaults: batches of 32, sorted by length, fp32 on torch."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(models.official()), device="cpu")
    assert model.max_seq_length == models.LIMIT
    return lambda texts: model.encode(list(texts), normalize_embeddings=True)


def on_onnx(folder: str, threads: int) -> Encode:
    """sentence-transformers on onnxruntime: `backend="onnx"`."""
    import onnxruntime
    from sentence_transformers import SentenceTransformer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = SentenceTransformer(
        str(models.FOLDER / folder),
        backend="onnx",
        device="cpu",
        model_kwargs={"file_name": models.FILES[folder], "session_options": options},
    )
    assert model.max_seq_length == models.LIMIT
    return lambda texts: model.encode(list(texts), normalize_embeddings=True)


def on_openvino(folder: str, threads: int) -> Encode:
    """sentence-transformers on OpenVINO: `backend="openvino"`."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(models.FOLDER / folder),
        backend="openvino",
        device="cpu",
        model_kwargs={
            "file_name": models.FILES[folder],
            "ov_config": {"INFERENCE_NUM_THREADS": str(threads)},
        },
    )
    assert model.max_seq_length == models.LIMIT
    return lambda texts: model.encode(list(texts), normalize_embeddings=True)


def fastembed(_: str, threads: int) -> Encode:
    """Batches of 32: on a CPU its default of 256 measures slower."""
    import numpy as np
    from fastembed import TextEmbedding

    model = TextEmbedding(
        "sentence-transformers/all-MiniLM-L6-v2",
        threads=threads,
        specific_model_path=str(models.FOLDER / "fastembed"),
    )
    return lambda texts: np.array(list(model.embed(list(texts), batch_size=32)))


LOADERS: dict[str, Callable[[str, int], Encode]] = {
    function.__name__: function
    for function in (ours, sentence_transformers, on_onnx, on_openvino, fastembed)
}
