"""The graph has the fused operators, takes one text, and is the same every time."""

from __future__ import annotations

from dataclasses import replace

import onnx
import pytest

from model_layer.artifacts import DEFAULT_BUNDLE, MODEL
from model_layer.build.graph import Graph
from model_layer.build.parameters import Dense, Parameters

PRODUCTS = {"int8": "DynamicQuantizeMatMul", "fp32": "MatMul"}


def model_of(precision: str, parameters: Parameters[Dense]) -> onnx.ModelProto:
    """The model of the bundle, or of the parameters as they were published."""
    if precision == "int8":
        return onnx.load(DEFAULT_BUNDLE / MODEL, load_external_data=False)
    return Graph(parameters).model()


@pytest.mark.parametrize("precision", PRODUCTS)
def test_the_graph_is_fused_and_takes_one_text(
    precision: str, parameters: Parameters[Dense]
) -> None:
    graph = model_of(precision, parameters).graph
    operators = [node.op_type for node in graph.node]
    assert operators.count("MultiHeadAttention") == operators.count("Gelu") == 6
    assert operators.count(PRODUCTS[precision]) == 6 * 4
    assert len(operators) < 160
    (ids,) = graph.input
    assert [d.dim_param or d.dim_value for d in ids.type.tensor_type.shape.dim] == [1, "tokens"]


def test_equal_parameters_give_identical_graphs(parameters: Parameters[Dense]) -> None:
    shallow = replace(parameters, layers=parameters.layers[:1])
    first, second = (Graph(shallow).model().SerializeToString() for _ in range(2))
    assert first == second
