"""`make bench-variants`: what other graphs and other settings of the session would give.

One thread runs the int8 graph and its variants on ids of several lengths, in turn, round by round.
Speed does not depend on what the weights are, so they are random.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine
from model_layer.artifacts import MODEL
from model_layer.build.graph import FUSED, Graph, build_graph
from model_layer.build.parameters import (
    DIMENSIONS,
    LAYERS,
    MAX_TOKENS,
    Dense,
    Layer,
    Norm,
    Parameters,
    QuantizedDense,
)

WORDS = 30_522
LENGTHS = (8, 32, 128, 256)
Options = onnxruntime.SessionOptions
rng = np.random.default_rng(20261124)


def int8(inputs: int, outputs: int) -> QuantizedDense:
    weight = rng.integers(-63, 64, (inputs, outputs), dtype=np.int8)
    return QuantizedDense(
        weight, np.full(outputs, 1e-3, np.float32), np.zeros(outputs), per_row=inputs > DIMENSIONS
    )


def fp32(inputs: int, outputs: int) -> Dense:
    return Dense(rng.standard_normal((inputs, outputs)) * 0.05, np.zeros(outputs))


def random(dense: Callable[[int, int], Any], words: Any) -> Parameters[Any]:
    """Parameters of the model's shapes."""
    factor = np.ones(DIMENSIONS) if dense is int8 else None
    norm = Norm(np.ones(DIMENSIONS), np.zeros(DIMENSIONS), factor)
    layer = Layer(
        qkv=dense(DIMENSIONS, 3 * DIMENSIONS),
        attention_output=dense(DIMENSIONS, DIMENSIONS),
        attention_norm=norm,
        intermediate=dense(DIMENSIONS, 4 * DIMENSIONS),
        output=dense(4 * DIMENSIONS, DIMENSIONS),
        output_norm=norm,
    )
    table = rng.standard_normal((WORDS, DIMENSIONS)).astype(words)
    return Parameters(table, np.zeros((MAX_TOKENS, DIMENSIONS)), norm, (layer,) * LAYERS)


def one_scale(parameters: Parameters[QuantizedDense]) -> Parameters[QuantizedDense]:
    """Without the scale for each token."""
    layers = (
        replace(layer, output=replace(layer.output, per_row=False)) for layer in parameters.layers
    )
    return replace(parameters, layers=tuple(layers))


@contextmanager
def other_nodes(change: Callable[..., None] | None) -> Iterator[None]:
    """Within, graphs are made with every node's arguments changed by `change`."""
    node = Graph._node

    def changed(self: Any, operator: str, inputs: list[str], *outputs: str, **rest: Any) -> str:
        arguments = {"operator": operator, "inputs": inputs, **rest}
        if change:
            change(arguments, self, outputs)
        return node(self, arguments.pop("operator"), arguments.pop("inputs"), *outputs, **arguments)

    Graph._node = changed  # type: ignore[method-assign]
    try:
        yield
    finally:
        Graph._node = node  # type: ignore[method-assign]


def skip_norm(node: dict[str, Any], graph: Any, _: object) -> None:
    """The fused operator of an Add and a LayerNormalization (here with an input of zeros)."""
    if node["operator"] == "LayerNormalization":
        x, scale, shift = node["inputs"]
        node |= {"operator": "SkipLayerNormalization", "inputs": [x, x, scale, shift]}
        node["domain"] = FUSED
        node.pop("axis")


def fast_gelu(node: dict[str, Any], *_: object) -> None:
    if node["operator"] == "Gelu":
        node["operator"] = "FastGelu"


def bias_gelu(node: dict[str, Any], graph: Any, outputs: tuple[str, ...]) -> None:
    if node["operator"] == "Gelu":
        zeros = graph._floats("zeros", np.zeros(4 * DIMENSIONS))
        node |= {"operator": "BiasGelu", "inputs": [*node["inputs"], zeros]}


def blocks(node: dict[str, Any], graph: Any, outputs: tuple[str, ...]) -> None:
    """A scale for every 128 inputs of a row and of a column: closer, and half as fast."""
    if node["operator"] != "DynamicQuantizeMatMul":
        return
    x, weight = node["inputs"][:2]
    inputs, columns = graph._constants[weight].dims
    packed = np.full((columns, inputs // 128, 128), 128, np.uint8)
    scales = np.full(columns * inputs // 128, 1e-3, np.float32)
    constants = [
        graph._constant(f"{weight}.blocks", packed),
        graph._constant(f"{weight}.scales", scales),
    ]
    node |= {"operator": "MatMulNBits", "inputs": [x, *constants], "K": inputs, "N": columns}
    node |= {"bits": 8, "block_size": 128, "accuracy_level": 4}


def entry(key: str, value: str) -> Callable[[Options], None]:
    return lambda options: options.add_session_config_entry(key, value)


def setting(name: str, value: object) -> Callable[[Options], None]:
    return lambda options: setattr(options, name, value)


ALL = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL

# name → (dense layers, word table, change of the parameters, of the nodes, of the session)
VARIANTS: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "int8, as built": (int8, np.float16, None, None, None),
    "one activation scale for all tokens": (int8, np.float16, one_scale, None, None),
    "SkipLayerNormalization": (int8, np.float16, None, skip_norm, None),
    "BiasGelu": (int8, np.float16, None, bias_gelu, None),
    "FastGelu (tanh)": (int8, np.float16, None, fast_gelu, None),
    "MatMulNBits, 8 bits, blocks of 128": (int8, np.float16, None, blocks, None),
    "no arena": (int8, np.float16, None, None, setting("enable_cpu_mem_arena", False)),
    "memory patterns": (int8, np.float16, None, None, setting("enable_mem_pattern", True)),
    "ORT_ENABLE_ALL": (int8, np.float16, None, None, setting("graph_optimization_level", ALL)),
    "no prepacking": (int8, np.float16, None, None, entry("session.disable_prepacking", "1")),
    "two threads for a run": (int8, np.float16, None, None, setting("intra_op_num_threads", 2)),
    "fp32": (fp32, np.float32, None, None, None),
}


def session(name: str, folder: Path) -> onnxruntime.InferenceSession:
    dense, words, change, nodes, adjust = VARIANTS[name]
    parameters = random(dense, words)
    with other_nodes(nodes):
        build_graph(change(parameters) if change else parameters, folder / MODEL)
    options = Options()
    options.log_severity_level = 3  # it warns of the constants that a variant leaves unused
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    if adjust:
        adjust(options)
    return onnxruntime.InferenceSession(str(folder / MODEL), options)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-variants", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as scratch:
        sessions = {}
        for number, name in enumerate(VARIANTS):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            sessions[name] = session(name, folder)
        times: dict[tuple[str, int], list[float]] = {}
        for length in LENGTHS:
            ids = rng.integers(1_000, WORDS, (1, length), dtype=np.int32)
            runs = max(2, 256 // length)
            for _ in range(rounds):
                for name, model in sessions.items():
                    started = time.perf_counter()
                    for _ in range(runs):
                        model.run(None, {"input_ids": ids})
                    took = (time.perf_counter() - started) / runs
                    times.setdefault((name, length), []).append(took * 1e6 / length)
    head = [f"{length} tokens" for length in LENGTHS]
    lines = ["| µs a token, one thread | " + " | ".join(head) + " |", "|---" * 5 + "|"]
    for name in VARIANTS:
        cells = [f"{statistics.median(times[name, length]):.0f}" for length in LENGTHS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    report = f"{machine()}; medians of {rounds} rounds\n\n" + "\n".join(lines) + "\n"
    print(report)
    (RESULTS / "variants.md").write_text(report)
    refresh()


if __name__ == "__main__":
    main()
