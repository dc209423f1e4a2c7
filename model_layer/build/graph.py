"""Writes the ONNX graph from the parameters: six identical layers, pooling and normalisation.

This is not an export. The architecture (BERT, post-norm; Devlin et al. 2018, arXiv 1810.04805) is
written in the operators that measured fastest in onnxruntime. It needs no torch, and the bytes
are always the same. The texts of a run have one length: no mask, no padding.

    input_ids int32 (texts, tokens) → embedding float32 (texts, 384), of unit length

Operators: onnx.ai/onnx/operators, and onnxruntime's docs/ContribOperators.md (com.microsoft).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper, save_model

from model_layer.artifacts import WEIGHTS
from model_layer.build.activations import SMALLEST_MAXIMUM
from model_layer.build.parameters import (
    DIMENSIONS,
    EPSILON,
    HEADS,
    Dense,
    DenseT,
    Divisor,
    Layer,
    Norm,
    Parameters,
    QuantizedDense,
)

EXTERNAL_BYTES = 100_000  # tensors of this size and above go into WEIGHTS

# Operator sets.
STANDARD = ""
FUSED = "com.microsoft"


def build_graph(parameters: Parameters[DenseT], path: Path) -> None:
    """Write the graph of `parameters` to `path`, and WEIGHTS beside it.

    onnxruntime maps a file of large tensors into memory, but parses and copies the tensors in the
    model file. A separate file saves three quarters of a session's start and half of its memory.
    (onnx.ai/onnx/repo-docs/ExternalData)
    """
    model = Graph(parameters).model()
    save_model(
        model, path, save_as_external_data=True, location=WEIGHTS, size_threshold=EXTERNAL_BYTES
    )
    (path.parent / WEIGHTS).chmod(0o644)  # onnx lets only the owner read it; Lambda runs as another


@dataclass(frozen=True)
class _Input:
    """The names of a product's input, and of how it was quantized, if it was."""

    values: str
    step: str = ""
    zero: str = ""
    divisor: str = ""


class Graph(Generic[DenseT]):
    """Collects nodes and constants, in the order they are added."""

    def __init__(self, parameters: Parameters[DenseT]) -> None:
        self._parameters: Parameters[DenseT] = parameters
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, TensorProto] = {}

    def model(self) -> ModelProto:
        """The finished model."""
        hidden, residual = self._embed("input_ids")
        for number, layer in enumerate(self._parameters.layers):
            hidden, residual = self._layer(layer, hidden, residual, f"layer.{number}")
        self._pool(hidden, "embedding")
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["texts", "tokens"])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", DIMENSIONS])],
            [*self._constants.values()],
        )
        opsets = [helper.make_opsetid(STANDARD, 23), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(
            graph, producer_name="minilm-lambda", opset_imports=opsets, ir_version=10
        )
        checker.check_model(model)
        return model

    def _embed(self, ids: str) -> tuple[str, str]:
        """Word + position, normalised: (texts, tokens) → (texts, tokens, 384), and the residual."""
        count = self._node("Shape", [ids], "tokens", start=1)
        table = self._floats("positions", self._parameters.positions)
        first, axis = self._integers("first", [0]), self._integers("rows", [0])
        positions = self._node("Slice", [table, first, count, axis], "text.positions")
        embedded = self._node("Add", [self._words(ids), positions], "embedded")
        return self._norm(self._parameters.embeddings_norm, embedded, "embeddings.norm")

    def _words(self, ids: str) -> str:
        table = self._constant("words", self._parameters.words)
        words = self._node("Gather", [table, ids], "text.words")
        if self._parameters.words.dtype == np.float32:
            return words
        return self._node("Cast", [words], "text.floats", to=TensorProto.FLOAT)

    def _layer(
        self, layer: Layer[DenseT], hidden: str, residual: str, name: str
    ) -> tuple[str, str]:
        """Self-attention, then feed-forward; each is added to its input and normalised."""
        # Three products, because the parts of one would have to be copied out of it.
        read = self._input(layer.qkv, hidden, f"{name}.qkv")
        query, key, value = layer.qkv.parts(3)
        parts = [
            self._product(query, read, f"{name}.query"),
            self._product(key, read, f"{name}.key"),
            self._product(value, read, f"{name}.value"),
        ]
        heads = f"{name}.heads"
        self._node("Attention", parts, heads, q_num_heads=HEADS, kv_num_heads=HEADS)
        attended = self._dense(layer.attention_output, heads, f"{name}.attention_output")
        total = self._node("Add", [attended, residual], f"{name}.attention_sum")
        hidden, residual = self._norm(layer.attention_norm, total, f"{name}.attention_norm")
        widened = self._dense(layer.intermediate, hidden, f"{name}.intermediate")  # (…, 1536)
        activated = self._gelu(layer.output, widened, f"{name}.activated")
        narrowed = self._dense(layer.output, activated, f"{name}.output")
        total = self._node("Add", [narrowed, residual], f"{name}.sum")
        return self._norm(layer.output_norm, total, f"{name}.norm")

    def _dense(self, dense: Dense | QuantizedDense, x: str, name: str) -> str:
        """x · weight + bias."""
        return self._product(dense, self._input(dense, x, name), name)

    def _input(self, dense: Dense | QuantizedDense, x: str, name: str) -> _Input:
        """x, quantized as the dense layer wants it."""
        if isinstance(dense, Dense):
            return _Input(x)
        divisor = ""
        if dense.activations.divisor is not Divisor.ONE:
            divisor = self._divisor(dense.activations.divisor, x, name)
            inverse = self._node("Reciprocal", [divisor], f"{name}.inverse")
            x = self._node("Mul", [x, inverse], f"{name}.divided")
        step = self._constant(f"{name}.step", np.array(dense.activations.step, np.float32))
        zero = self._constant(f"{name}.zero", np.array(dense.activations.zero, np.uint8))
        return _Input(
            self._node("QuantizeLinear", [x, step, zero], f"{name}.integers"), step, zero, divisor
        )

    def _divisor(self, divisor: Divisor, x: str, name: str) -> str:
        """What each row of x is divided by, (texts, tokens, 1): see `activations`."""
        if divisor is Divisor.MAGNITUDE:
            x = self._node("Abs", [x], f"{name}.magnitudes")
        last = self._integers("last", [-1])
        largest = self._node("ReduceMax", [x, last], f"{name}.largest", keepdims=1)
        if divisor is Divisor.MAGNITUDE:
            return largest
        least = self._floats("smallest.maximum", np.array(SMALLEST_MAXIMUM))
        return self._node("Max", [largest, least], f"{name}.divisor")

    def _product(self, dense: Dense | QuantizedDense, x: _Input, name: str) -> str:
        """The input, quantized or not, · weight + bias."""
        bias = self._floats(f"{name}.bias", dense.bias)
        if isinstance(dense, Dense):
            weight = self._floats(f"{name}.weight", dense.weight)
            product = self._node("MatMul", [x.values, weight], f"{name}.product")
            return self._node("Add", [product, bias], name)
        weight = self._constant(f"{name}.weight", dense.weight)
        scale = self._constant(f"{name}.scale", dense.scale)
        product = name if not x.divisor else f"{name}.product"
        added = "" if x.divisor else bias
        inputs = [x.values, weight, x.step, scale, x.zero, "", added]
        self._node("MatMulIntegerToFloat", inputs, product, domain=FUSED)
        if not x.divisor:
            return product
        multiplied = self._node("Mul", [product, x.divisor], f"{name}.multiplied")
        return self._node("Add", [multiplied, bias], name)

    def _gelu(self, following: Dense | QuantizedDense, x: str, name: str) -> str:
        """In fp32, the exact GELU (erf), which BERT uses; the approximation (tanh) where the values
        are rounded to 8 bits next, which moves them by far more.
        """
        operator = "Gelu" if isinstance(following, Dense) else "FastGelu"
        return self._node(operator, [x], name, domain=FUSED)

    def _norm(self, norm: Norm, x: str, name: str) -> tuple[str, str]:
        """The output of LayerNorm: for the next product, and for the next addition."""
        # SkipLayerNormalization would include the addition, but takes eight times as long.
        inputs = [x, self._floats(f"{name}.scale", norm.scale)]
        inputs.append(self._floats(f"{name}.shift", norm.shift))
        normed = self._node("LayerNormalization", inputs, name, epsilon=EPSILON, axis=-1)
        if norm.residual is None:
            return normed, normed
        factor = self._floats(f"{name}.factor", norm.residual)
        return normed, self._node("Mul", [normed, factor], f"{name}.residual")

    def _pool(self, hidden: str, output: str) -> None:
        """The mean over all tokens ([CLS] and [SEP] count), scaled to unit length."""
        # A product with ones: ReduceMean adds in another order if there is one text in the run.
        ones = self._floats("ones", np.ones((1, len(self._parameters.positions))))
        zero, count, axis = (
            self._integers("first", [0]),
            "tokens",
            self._integers("tokens.axis", [1]),
        )
        row = self._node("Slice", [ones, zero, count, axis], "text.ones")
        total = self._node("MatMul", [row, hidden], "total")  # (texts, 1, 384)
        mean = self._node("Squeeze", [total, axis], "mean")
        self._node("LpNormalization", [mean], output, axis=-1, p=2)

    def _floats(self, name: str, value: NDArray[np.float64]) -> str:
        return self._constant(name, value.astype(np.float32))

    def _integers(self, name: str, value: list[int]) -> str:
        return self._constant(name, np.array(value, np.int64))

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def _node(
        self,
        operator: str,
        inputs: list[str],
        *outputs: str,
        domain: str = STANDARD,
        **attributes: Any,
    ) -> str:
        """Add a node named after its first output, and return that name."""
        node = helper.make_node(
            operator, inputs, list(outputs), name=outputs[0], domain=domain, **attributes
        )
        self._nodes.append(node)
        return outputs[0]
