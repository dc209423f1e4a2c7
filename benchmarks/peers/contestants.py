"""The libraries under measurement, ours among them.

Each is set up as its documentation advises for a CPU (README.md says where), with the
same weights, the same limit of 256 tokens and the same number of threads. worker.py loads one in a
process of its own, with the Python of its own environment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measuring import bundles
from benchmarks.measuring.reference import REFERENCE, official, sentence_transformers
from benchmarks.peers import models

if TYPE_CHECKING:
    from benchmarks.measuring.reference import Encode

OURS = "minilm-lambda"


@dataclass(frozen=True)
class Contestant:
    """A library and its set-up."""

    name: str
    environment: str  # a folder of the project
    load: str  # one of LOADERS
    variant: str = ""  # its argument
    large: bool = True  # whether the large call tells something new, and not the mixed texts again


def contestants(instruction_set: str) -> list[Contestant]:
    """Ours in every precision, and the peers, set up for the instruction set ("avx2", …)."""
    from model_layer.places import PRECISIONS

    bench, infinity, openvino = ".venv-bench", ".venv-infinity", ".venv-openvino"
    return [
        *(Contestant(f"{OURS} {one}", bench, "ours", one) for one in PRECISIONS),
        Contestant(REFERENCE, bench, "on_torch"),
        Contestant(f"{REFERENCE} onnx", infinity, "on_onnx", "onnx"),
        Contestant(f"{REFERENCE} onnx int8", infinity, "on_onnx", f"onnx-int8-{instruction_set}"),
        Contestant(f"{REFERENCE} openvino", openvino, "on_openvino", "openvino"),
        Contestant(f"{REFERENCE} openvino int8", openvino, "on_openvino", "openvino-int8"),
        # It takes a call's texts as they come, 32 at a time, however many they are.
        Contestant("fastembed", bench, "fastembed", large=False),
    ]


def load(function: str, variant: str, threads: int) -> Encode:
    """The contestant's function from texts to vectors."""
    return LOADERS[function](variant, threads)


def ours(precision: str, threads: int) -> Encode:
    from model_layer import load_encoder

    encoder = load_encoder(bundles.FOLDER / precision, threads=threads)  # built by `prepare`
    return lambda texts: encoder.encode(texts).vectors


def on_torch(_: str, threads: int) -> Encode:
    """sentence-transformers with its defaults."""
    import torch

    torch.set_num_threads(threads)
    return sentence_transformers(official())


def on_onnx(folder: str, threads: int) -> Encode:
    """sentence-transformers on onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    settings = {"file_name": models.FILES[folder], "session_options": options}
    return sentence_transformers(models.FOLDER / folder, backend="onnx", model_kwargs=settings)


def on_openvino(folder: str, threads: int) -> Encode:
    """sentence-transformers on OpenVINO."""
    settings = {
        "file_name": models.FILES[folder],
        "ov_config": {"INFERENCE_NUM_THREADS": str(threads)},
    }
    return sentence_transformers(models.FOLDER / folder, backend="openvino", model_kwargs=settings)


def fastembed(_: str, threads: int) -> Encode:
    """Batches of 32: its default of 256 measures slower on a CPU."""
    import numpy as np
    from fastembed import TextEmbedding

    model = TextEmbedding(
        "sentence-transformers/all-MiniLM-L6-v2",
        threads=threads,
        specific_model_path=str(models.FOLDER / "fastembed"),
    )
    return lambda texts: np.array(list(model.embed(list(texts), batch_size=32)))


LOADERS: dict[str, Callable[[str, int], Encode]] = {
    function.__name__: function for function in (ours, on_torch, on_onnx, on_openvino, fastembed)
}
