"""The graph has the fused operators, takes texts of one length, and is the same every time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest

from model_layer.artifacts import MODEL
from model_layer.build.graph import Graph
from model_layer.build.parameters import Dense, Parameters
from model_layer.places import DEFAULT_BUNDLE

# How many nodes of each kind a model of six layers has. A product of fp32 is also the pooling.
OPERATORS = {
    "int8": {"Attention": 6, "MatMulIntegerToFloat": 36, "QuantizeLinear": 24, "FastGelu": 6},
    "fp32": {"Attention": 6, "MatMul": 36 + 1, "Gelu": 6},
}
MOST_NODES = {"int8": 195, "fp32": 150}
# Others do the same in fewer nodes, or without a copy, or without a look at the run's other texts.
UNWANTED = {"Split", "MultiHeadAttention", "DynamicQuantizeLinear", "DynamicQuantizeMatMul"}


def model_of(precision: str, parameters: Parameters[Dense]) -> onnx.ModelProto:
    """The model of the bundle, or of the parameters as they were published."""
    if precision == "int8":
        return onnx.load(DEFAULT_BUNDLE / MODEL)
    return Graph(parameters).model()


@pytest.mark.parametrize("precision", OPERATORS)
def test_the_graph_is_fused_and_takes_texts_of_one_length(
    precision: str, parameters: Parameters[Dense]
) -> None:
    graph = model_of(precision, parameters).graph
    operators = Counter(node.op_type for node in graph.node)
    assert {name: operators[name] for name in OPERATORS[precision]} == OPERATORS[precision]
    assert not UNWANTED & {*operators}
    assert ("Gelu" in operators) != ("FastGelu" in operators)
    assert operators.total() < MOST_NODES[precision]
    (ids,), (vectors,) = graph.input, graph.output
    assert dimensions(ids) == ["texts", "tokens"]
    assert dimensions(vectors) == ["texts", 384]


def dimensions(value: onnx.ValueInfoProto) -> list[str | int]:
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize("precision", OPERATORS)
def test_a_run_of_several_texts_gives_each_its_own_vector(
    precision: str, parameters: Parameters[Dense]
) -> None:
    shallow = replace(parameters, layers=parameters.layers[:1])  # fp32's: all have the same nodes
    model = model_of(precision, shallow).SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options)
    ids = np.random.default_rng(1).integers(1_000, 30_000, (5, 7), np.int32)
    (together,) = session.run(None, {"input_ids": ids})
    assert together.shape == (5, 384)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    for text, vector in zip(ids, together, strict=True):
        (alone,) = session.run(None, {"input_ids": text[np.newaxis]})
        assert alone.tobytes() == vector.tobytes()


def test_equal_parameters_give_identical_graphs(parameters: Parameters[Dense]) -> None:
    shallow = replace(parameters, layers=parameters.layers[:1])
    first, second = (Graph(shallow).model().SerializeToString() for _ in range(2))
    assert first == second
