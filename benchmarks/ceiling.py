"""`make bench-ceiling`: how fast can fp32 be on this CPU, and how near to that is the encoder?

One thread multiplies matrices of the model's shapes, as onnxruntime, numpy (OpenBLAS) and torch do
it; then the encoder's own matrix products, from its operations and its time.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import time
from collections.abc import Callable

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from benchmarks.report import RESULTS, machine
from model_layer import load_encoder

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


def onnxruntime_product(a: np.ndarray, b: np.ndarray) -> Callable[[], object]:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["a", "b"], ["c"])],
        "product",
        [helper.make_tensor_value_info("a", TensorProto.FLOAT, a.shape)],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, [a.shape[0], b.shape[1]])],
        [numpy_helper.from_array(b, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
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
    encoder = load_encoder(threads=1)
    text = "word " * TOKENS
    rows = {
        "one product, onnxruntime": product / seconds(onnxruntime_product(a, b)),
        "one product, numpy": product / seconds(lambda: a @ b),
        "one product, torch": product / seconds(lambda: at @ bt),
        "the encoder, all it does": OPERATIONS * TOKENS / seconds(lambda: encoder.encode([text])),
    }
    lines = ["| one thread | GFLOPS |", "|---|---|"]
    lines += [f"| {name} | {rate / 1e9:.0f} |" for name, rate in rows.items()]
    report = f"{machine()}\n\n" + "\n".join(lines) + "\n"
    print(report)
    (RESULTS / "ceiling.md").write_text(report)


if __name__ == "__main__":
    main()
