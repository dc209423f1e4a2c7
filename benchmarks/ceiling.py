"""`make bench-ceiling`: how fast can the model be on this CPU, and how near to that is the encoder?

One thread multiplies matrices of the model's shapes, as onnxruntime, numpy (OpenBLAS) and torch do
it in fp32, and onnxruntime in int8; then the encoder, from its operations and its time. What the
products alone would take bounds the tokens per second, whatever else is made quicker.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from benchmarks.bundles import bundle
from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine
from model_layer import load_encoder
from model_layer.build.__main__ import PRECISIONS

TOKENS, WIDE, NARROW = 256, 1_536, 384
# Of the six layers' dense projections and attention, for each token of a text of 256.
OPERATIONS = 6 * 2 * (4 * NARROW * NARROW + 2 * NARROW * WIDE + 2 * TOKENS * NARROW)


def seconds(call: Callable[[], object]) -> float:
    """The median time of a call."""
    times = []
    for _ in range(60):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def onnxruntime_product(a: np.ndarray, node: str, *b: np.ndarray) -> Callable[[], object]:
    """`a` times the constants `b`, by the operator `node`."""
    names = [f"b{number}" for number in range(len(b))]
    domain = "com.microsoft" if node.startswith("Dynamic") else ""
    graph = helper.make_graph(
        [helper.make_node(node, ["a", *names], ["c"], domain=domain)],
        "product",
        [helper.make_tensor_value_info("a", TensorProto.FLOAT, a.shape)],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, [a.shape[0], b[0].shape[1]])],
        [numpy_helper.from_array(array, name) for array, name in zip(b, names, strict=True)],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return lambda: session.run(None, {"a": a})


def main() -> None:
    rng = np.random.default_rng(20261124)
    a = rng.random((TOKENS, NARROW), dtype=np.float32)
    b = rng.random((NARROW, WIDE), dtype=np.float32)
    torch.set_num_threads(1)
    at, bt = torch.from_numpy(a), torch.from_numpy(b)
    product = 2 * TOKENS * NARROW * WIDE
    scale = np.full(WIDE, 1e-2, np.float32)
    eight = rng.integers(-63, 64, b.shape, dtype=np.int8)
    text = "word " * TOKENS
    rows = {
        "one fp32 product, onnxruntime": product / seconds(onnxruntime_product(a, "MatMul", b)),
        "one fp32 product, numpy": product / seconds(lambda: a @ b),
        "one fp32 product, torch": product / seconds(lambda: at @ bt),
        "one int8 product, onnxruntime": product
        / seconds(onnxruntime_product(a, "DynamicQuantizeMatMul", eight, scale)),
    }
    for precision in PRECISIONS:
        encoder = load_encoder(bundle(precision), threads=1)
        took = seconds(partial(encoder.encode, [text]))
        rows[f"the {precision} encoder, all it does"] = OPERATIONS * TOKENS / took
    lines = ["| one thread | GOPS | tokens/s, if nothing else took time |", "|---|---|---|"]
    for name, rate in rows.items():
        lines.append(f"| {name} | {rate / 1e9:.0f} | {rate / OPERATIONS:,.0f} |")
    report = f"{machine()}\n\n" + "\n".join(lines) + "\n"
    print(report)
    (RESULTS / "ceiling.md").write_text(report)
    refresh()


if __name__ == "__main__":
    main()
