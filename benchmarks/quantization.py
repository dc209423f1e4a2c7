"""`make bench-quantization`: what each step of the quantization gives, and what each layer costs.

Each variant of the recipe is built, and its vectors are compared with those of fp32 on texts that
nothing is calibrated on: a slice of those of `make fidelity`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.evaluation_sources import sources
from benchmarks.evaluation_texts import evaluation_texts, load_tokenizer
from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine
from model_layer import tokenizer
from model_layer.artifacts import MODEL, TOKENIZER, read_bundle
from model_layer.build.calibration import calibration_ids, grams, ranges
from model_layer.build.fetch import fetch, source_files
from model_layer.build.graph import build_graph
from model_layer.build.parameters import Dense, Parameters, QuantizedDense, read_parameters
from model_layer.build.quantize import PER_ROW
from model_layer.build.rounding import round_weights
from model_layer.build.smooth import smooth

DENSE = ("qkv", "attention_output", "intermediate", "output")


class Recipe:
    """The steps of `model_layer.build.quantize`, to be left out or done in part."""

    def __init__(self) -> None:
        bundle = read_bundle()
        weights = next(file for file in source_files() if file.name == "model.safetensors")
        self.plain = read_parameters(fetch(weights))
        self.ids = calibration_ids(bundle.path(TOKENIZER))
        self.ranges = ranges(self.plain, self.ids)
        self.smoothed = smooth(self.plain, self.ranges)
        # A range that lies about 0 has its centre there.
        about_zero = {
            key: np.abs(channels).max(axis=0) * np.array([[-1.0], [1.0]])
            for key, channels in self.ranges.items()
        }
        self.not_centred = smooth(self.plain, about_zero)
        texts = evaluation_texts(sources(), load_tokenizer(bundle.path(TOKENIZER)), each=2)
        wordpiece = tokenizer.load_tokenizer(bundle)
        self.texts = [wordpiece.tokenize(text.text).ids for text in texts]
        self.reference = self.vectors(self.plain)
        self._grams: dict[tuple[int, frozenset[str]], Any] = {}

    def grams(self, parameters: Parameters[Dense], per_row: frozenset[str]) -> Mapping[Any, Any]:
        key = id(parameters), per_row
        if key not in self._grams:
            self._grams[key] = grams(parameters, self.ids, per_row)
        return self._grams[key]

    def quantize(
        self,
        parameters: Parameters[Dense],
        *,
        per_row: frozenset[str] = PER_ROW,
        nearest: bool = False,
        pairs_bounded: bool = True,
        only: tuple[int | None, str | None] = (None, None),
    ) -> Parameters[Any]:
        """`only` a layer, or dense layers of one name; nearest: without GPTQ's corrections."""
        gram = self.grams(parameters, per_row)

        def quantized(number: int, name: str, dense: Dense) -> Any:
            if only[0] not in (None, number) or only[1] not in (None, name):
                return dense
            inputs = np.eye(len(dense.weight)) if nearest else gram[number, name]
            weight, scale = round_weights(dense.weight, inputs, pairs_bounded=pairs_bounded)
            return QuantizedDense(weight, scale, dense.bias, per_row=name in per_row)

        layers = (
            replace(
                layer, **{name: quantized(number, name, getattr(layer, name)) for name in DENSE}
            )
            for number, layer in enumerate(parameters.layers)
        )
        words = parameters.words.astype(np.float16)
        return replace(parameters, words=words, layers=tuple(layers))

    def vectors(self, parameters: Parameters[Any]) -> NDArray[np.float32]:
        """(texts, 384)"""
        with tempfile.TemporaryDirectory() as folder:
            build_graph(parameters, Path(folder) / MODEL)
            session = onnxruntime.InferenceSession(str(Path(folder) / MODEL))
            runs = (session.run(None, {"input_ids": ids[np.newaxis]}) for ids in self.texts)
            return np.concatenate([run[0] for run in runs])

    def row(self, name: str, parameters: Parameters[Any]) -> str:
        cosines = np.sum(self.vectors(parameters) * self.reference, axis=1)
        percentile = np.percentile(cosines, 1)
        row = f"| {name} | {cosines.mean():.5f} | {percentile:.5f} | {cosines.min():.5f} |"
        print(row, flush=True)
        return row


def main() -> None:
    recipe = Recipe()
    none: frozenset[str] = frozenset()
    quantize, smoothed = recipe.quantize, recipe.smoothed
    steps = {
        "plain: nearest, one scale for all tokens": quantize(
            recipe.plain, per_row=none, nearest=True
        ),
        "+ a scale for each token behind the GELU": quantize(recipe.plain, nearest=True),
        "+ outliers moved into the weights": quantize(recipe.not_centred, nearest=True),
        "+ channels centred": quantize(smoothed, nearest=True),
        "+ rounded as GPTQ does: the model": quantize(smoothed),
        "the model, without the bound on pairs": quantize(smoothed, pairs_bounded=False),
    }
    parts = {f"only {name}": quantize(smoothed, only=(None, name)) for name in DENSE}
    parts |= {f"only layer {n}": quantize(smoothed, only=(n, None)) for n in range(6)}
    head = "| mean cosine with fp32 | 1st percentile | worst |\n|---|---|---|---|"
    tables = [
        "\n".join([f"| {title} {head}", *(recipe.row(*pair) for pair in rows.items())])
        for title, rows in (("the steps", steps), ("what is quantized", parts))
    ]
    text = f"{len(recipe.texts)} texts; {machine()}\n\n" + "\n\n".join(tables) + "\n"
    (RESULTS / "quantization.md").write_text(text)
    refresh()


if __name__ == "__main__":
    main()
