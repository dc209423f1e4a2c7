"""The model folders that the peers load, made once from the official weights.

Each peer gets the files that its documentation tells users to make or download; none needs the hub.
All lie in `.venv-bench`, which git ignores. `python -m benchmarks.peers.models NAME` makes one.
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

from benchmarks.measuring.bundles import bundle
from benchmarks.measuring.machine import architecture
from benchmarks.measuring.processes import ROOT, python
from benchmarks.measuring.reference import LIMIT, official
from benchmarks.measuring.texts import mixed

FOLDER = ROOT / ".venv-bench" / "models"
QUANTIZED = {  # optimum-onnx has a configuration for each instruction set, and names the file by it
    "avx512_vnni": "model_qint8_avx512_vnni.onnx",
    "avx2": "model_quint8_avx2.onnx",
    "arm64": "model_qint8_arm64.onnx",
}
FILES = {  # the model itself, in its folder
    "fastembed": "model.onnx",
    "onnx": "model.onnx",
    **{f"onnx-int8-{name}": file for name, file in QUANTIZED.items()},
    "openvino": "openvino/openvino_model.xml",
    "openvino-int8": "openvino/openvino_model_qint8_quantized.xml",
}


def prepare(environments: set[str]) -> None:
    """Make the missing models of these environments for this machine, each with its own Python.

    Never in the measured process: an export takes more memory than all that follows.
    """
    from model_layer.places import PRECISIONS

    for precision in PRECISIONS:
        bundle(precision)
    x86 = architecture() == "x86"
    unused = {f"onnx-int8-{name}" for name in QUANTIZED if (name == "arm64") == x86}
    for name, (environment, _) in MADE.items():
        if environment in environments and name not in unused and not (FOLDER / name).exists():
            print(f"making the model of {name} (once)", flush=True)
            command = [python(environment), "-m", "benchmarks.peers.models", name]
            subprocess.run(command, cwd=ROOT, check=True)


def make(name: str) -> None:
    """The folder of one model. It appears whole or not at all."""
    part = FOLDER / f"{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    MADE[name][1](part)
    part.rename(FOLDER / name)


def export_for_fastembed(folder: Path) -> None:
    """An ONNX export of the weights, and its configuration.

    fastembed would download such an export from the hub. onnxruntime fuses the operators of either
    when it loads the file (ORT_ENABLE_ALL).
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


def export(backend: str) -> Callable[[Path], None]:
    """sentence-transformers' own export for a backend."""

    def exporting(folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(official()), backend=backend, device="cpu")
        model.save_pretrained(str(folder))
        if backend == "onnx":  # infinity finds it at the top only, and reads the weights too
            (folder / "onnx" / "model.onnx").rename(folder / FILES["onnx"])
            (folder / "onnx").rmdir()
            shutil.copyfile(official() / "model.safetensors", folder / "model.safetensors")

    return exporting


def quantize_onnx(instruction_set: str) -> Callable[[Path], None]:
    """The export with quantized weights; activations are quantized at run time."""

    def quantizing(folder: Path) -> None:
        from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

        shutil.copytree(FOLDER / "onnx", folder, dirs_exist_ok=True)
        model = SentenceTransformer(str(folder), backend="onnx", device="cpu")
        export_dynamic_quantized_onnx_model(model, instruction_set, str(folder))

    return quantizing


def quantize_openvino(folder: Path) -> None:
    """The export with quantized weights and activations (static quantization).

    Its calibration texts are of the same kind as the measured ones; none could suit it better.
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


# name → the environment that makes it, and how; later ones build on earlier ones
MADE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "fastembed": (".venv-bench", export_for_fastembed),
    "onnx": (".venv-infinity", export("onnx")),
    **{f"onnx-int8-{name}": (".venv-infinity", quantize_onnx(name)) for name in QUANTIZED},
    "openvino": (".venv-openvino", export("openvino")),
    "openvino-int8": (".venv-openvino", quantize_openvino),
}

if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    make(sys.argv[1])
