"""The ONNX graph, written from the weights: six identical layers, pooling and normalisation.

Not an export: the architecture (BERT, post-norm; Devlin et al. 2018, arXiv 1810.04805) is spelled
out with onnxruntime's fused operators, so no torch is needed and the bytes are always the same.
One text a run: no mask, no padding.

    input_ids int32 (1, tokens) → embedding float32 (1, 384), of unit length

Operators: onnx.ai/onnx/operators, and onnxruntime's docs/ContribOperators.md (com.microsoft).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper, save_model
from safetensors.numpy import load_file

from model_layer.artifacts import WEIGHTS

LAYERS = 6
HEADS = 12
DIMENSIONS = 384
MAX_TOKENS = 256  # sentence_bert_config.json; the position table has 512 rows
LARGE = 100_000  # bytes of a tensor
EPSILON = 1e-12  # config.json: layer_norm_eps

STANDARD = ""  # operator sets
FUSED = "com.microsoft"

Weights = Mapping[str, NDArray[np.float32]]


def build_graph(safetensors_file: Path, path: Path) -> None:
    """Write the fp32 graph of the weights in `safetensors_file` to `path`, and WEIGHTS beside it.

    The large tensors have a file of their own, which onnxruntime maps into memory where it would
    parse and copy the model's: three quarters of a session's time, and half of its memory.
    (onnx.ai/onnx/repo-docs/ExternalData)
    """
    model = Graph(load_file(safetensors_file)).model()
    save_model(model, path, save_as_external_data=True, location=WEIGHTS, size_threshold=LARGE)
    (path.parent / WEIGHTS).chmod(0o644)  # onnx keeps it to its owner; Lambda runs as another user


class Graph:
    """The nodes and constants, in the order they are added."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self) -> ModelProto:
        """The finished model."""
        hidden = self._embed("input_ids")
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        self._pool(hidden, "embedding")
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT32, [1, "tokens"])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, DIMENSIONS])],
            self._constants,
        )
        opsets = [helper.make_opsetid(STANDARD, 21), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(
            graph, producer_name="minilm-lambda", opset_imports=opsets, ir_version=10
        )
        checker.check_model(model)
        return model

    def _embed(self, ids: str) -> str:
        """Word + position + token type, normalised: (1, tokens) → (1, tokens, 384)."""
        # Every token is of type 0, so that type's vector is part of every position's.
        positions = (
            self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        inputs = [
            ids,
            "",  # no token types
            self._weight("embeddings.word_embeddings.weight"),
            self._constant("embeddings.positions", positions),
            "",
            self._weight("embeddings.LayerNorm.weight"),
            self._weight("embeddings.LayerNorm.bias"),
        ]
        # The second output, a mask index, must have a name though nothing reads it.
        outputs = ["embeddings", "embeddings.mask_index"]
        return self._node("EmbedLayerNormalization", inputs, *outputs, epsilon=EPSILON)

    def _layer(self, hidden: str, name: str) -> str:
        """Self-attention, then the feed-forward network; each added to its input, normalised."""
        attended = self._attention(hidden, f"{name}attention.")
        hidden = self._add_norm(attended, hidden, f"{name}attention.output.")
        widened = self._project(hidden, f"{name}intermediate.dense.")  # (1, tokens, 1536)
        bias = self._weight(f"{name}intermediate.dense.bias")
        # BiasGelu is the exact (erf) GELU that BERT uses, not the tanh one.
        activated = self._node("BiasGelu", [widened, bias], f"{name}activation")
        narrowed = self._project(activated, f"{name}output.dense.")
        return self._add_norm(narrowed, hidden, f"{name}output.")

    def _attention(self, hidden: str, name: str) -> str:
        """Multi-head attention, its output not yet projected; all 12 heads in one operator."""
        parts = [f"{name}self.{part}." for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}bias"] for part in parts])
        inputs = [
            hidden,
            self._constant(f"{name}qkv.weight", weight),  # (384, 3 * 384)
            self._constant(f"{name}qkv.bias", bias),
        ]
        heads = self._node("Attention", inputs, f"{name}heads", num_heads=HEADS)
        return self._project(heads, f"{name}output.dense.")

    def _project(self, hidden: str, name: str) -> str:
        """A dense layer without its bias, which the next fused operator adds."""
        weight = self._constant(f"{name}weight", self._weights[f"{name}weight"].T)
        return self._node("MatMul", [hidden, weight], f"{name}product", domain=STANDARD)

    def _add_norm(self, hidden: str, residual: str, name: str) -> str:
        """LayerNorm(hidden + bias of the dense layer before it + residual)."""
        inputs = [
            hidden,
            residual,
            self._weight(f"{name}LayerNorm.weight"),
            self._weight(f"{name}LayerNorm.bias"),
            self._weight(f"{name}dense.bias"),
        ]
        return self._node("SkipLayerNormalization", inputs, f"{name}norm", epsilon=EPSILON)

    def _pool(self, hidden: str, output: str) -> None:
        """The mean over all tokens ([CLS] and [SEP] count), scaled to unit length."""
        axes = self._constant("pooling.axes", np.array([1], np.int64))
        mean = self._node("ReduceMean", [hidden, axes], "mean", domain=STANDARD, keepdims=0)
        self._node("LpNormalization", [mean], output, domain=STANDARD, axis=-1, p=2)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(
        self,
        operator: str,
        inputs: list[str],
        *outputs: str,
        domain: str = FUSED,
        **attributes: Any,
    ) -> str:
        """Add a node named after its first output, and return that name."""
        node = helper.make_node(
            operator, inputs, list(outputs), name=outputs[0], domain=domain, **attributes
        )
        self._nodes.append(node)
        return outputs[0]
