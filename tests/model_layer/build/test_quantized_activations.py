"""The integers that the model file computes with are those that the recipe rounded weights for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from model_layer import Encoder
from model_layer.artifacts import MODEL, TOKENIZER
from model_layer.build.activations import activations, divisors, rounded
from model_layer.build.calibration import calibration_ids
from model_layer.build.forward import products
from model_layer.build.parameters import LAYERS, Activations, Dense, Divisor, Parameters
from model_layer.build.smooth import smooth
from model_layer.places import DEFAULT_BUNDLE

NAMES = ("qkv", "attention_output", "intermediate", "output")
KEYS = [f"layer.{number}.{name}" for number in range(LAYERS) for name in NAMES]
TEXT = "The quick brown fox said: 猫が好き; x = {'a': 1.5e-3}!"


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    return onnx.load(DEFAULT_BUNDLE / MODEL)


@pytest.fixture(scope="module")
def file_activations(model: onnx.ModelProto) -> dict[str, Activations]:
    """How the file quantizes the input of each dense layer."""
    constants = {
        one.name: onnx.numpy_helper.to_array(one).item()
        for one in model.graph.initializer
        if one.name.endswith((".step", ".zero"))
    }
    divisor = {name: activations(name, np.array([[-1.0, 1.0]])).divisor for name in NAMES}
    return {
        key: Activations(
            constants[f"{key}.step"], constants[f"{key}.zero"], divisor[key.rsplit(".", 1)[1]]
        )
        for key in KEYS
    }


@pytest.fixture(scope="module")
def observed(model: onnx.ModelProto, encoder: Encoder) -> dict[str, NDArray[Any]]:
    """All values of a run that quantizing reads or writes, by name."""
    makers = {node.output[0]: node for node in model.graph.node}
    names: dict[str, str] = {}
    for key in KEYS:
        (source, *_) = makers[f"{key}.integers"].input
        if source == f"{key}.divided":
            (source, *_) = makers[source].input
        names |= {f"{key}.integers": f"{key}.integers", key: source}
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    kinds = {f"{key}.integers": onnx.TensorProto.UINT8 for key in KEYS}
    for name in sorted({*names.values()}):
        kind = kinds.get(name, onnx.TensorProto.FLOAT)
        watched.graph.output.append(onnx.helper.make_tensor_value_info(name, kind, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options)
    ids = encoder.tokenizer.tokenize(TEXT).ids[np.newaxis]
    values = dict(zip(names, session.run([*names.values()], {"input_ids": ids}), strict=True))
    return {name: value[0] for name, value in values.items()}


def test_the_file_quantizes_as_the_recipe_does(
    file_activations: dict[str, Activations], observed: dict[str, NDArray[Any]]
) -> None:
    for key, inputs in file_activations.items():
        x = observed[key].astype(np.float64)
        divisor = divisors(inputs.divisor, x)
        expected = rounded(inputs, x, divisor) / inputs.step + inputs.zero
        off = np.abs(observed[f"{key}.integers"] - np.round(expected))
        assert off.max() <= 1, key  # where float32 meets the middle between two integers
        assert (off != 0).mean() < 1e-3, key


def test_a_text_that_the_build_did_not_see_uses_the_range_and_is_hardly_clipped(
    file_activations: dict[str, Activations], observed: dict[str, NDArray[Any]]
) -> None:
    for key, inputs in file_activations.items():
        assert np.ptp(observed[f"{key}.integers"].astype(int)) > 127, key
        steps = observed[key] / divisors(inputs.divisor, observed[key]) / inputs.step + inputs.zero
        clipped = (steps < -1) | (steps > 256)
        assert clipped.mean() < 1e-3, key


def test_rows_have_the_divisor_and_the_step_of_the_recipe(
    file_activations: dict[str, Activations],
) -> None:
    any_ = np.array([[-1.0, 1.0]])
    for key, found in file_activations.items():
        name = key.rsplit(".", 1)[1]
        if found.divisor is not Divisor.ONE:
            wanted = activations(name, any_)
            assert (found.zero, found.step) == (wanted.zero, float(np.float32(wanted.step))), key


def test_the_step_of_a_norms_output_covers_what_the_calibration_texts_gave(
    parameters: Parameters[Dense], file_activations: dict[str, Activations]
) -> None:
    """Of the first layer, because its input takes no product."""
    ids = calibration_ids(DEFAULT_BUNDLE / TOKENIZER)
    x = next(products(parameters, ids)).x
    channels = np.stack([x.min(axis=0), x.max(axis=0)])
    first = replace(parameters, layers=parameters.layers[:1])
    smoothed = smooth(first, {(0, "qkv"): channels, (0, "intermediate"): channels})
    words = parameters.words.astype(np.float16)
    wanted = activations("qkv", next(products(replace(smoothed, words=words), ids)).x)
    found = file_activations["layer.0.qkv"]
    assert (found.zero, found.step) == (wanted.zero, float(np.float32(wanted.step)))
