"""Token ids to vectors: an onnxruntime session with explicit settings.

A run sees texts of one length, without padding, and computes each as if it were alone; the graph
does the pooling and the normalisation. Does not tokenize; `runs` says which texts go together.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

# onnxruntime's wheels report to Microsoft (see its Privacy.md): they start an uploader thread with
# a database and an identifier in ~/.cache. This variable, read at import, turns it
# off, whatever the environment has.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from model_layer.artifacts import MODEL, Bundle
from model_layer.cpuinfo import quiet_cpuinfo
from model_layer.errors import BundleError
from model_layer.fair_semaphore import FairSemaphore
from model_layer.places import REBUILD

with quiet_cpuinfo():
    import onnxruntime

OUTPUTS = ["embedding"]


class Session:
    """Runs the model. Thread-safe.

    At most `threads` runs happen at a time, in order of arrival, so that a long request does not
    hold up a short one. The limit also keeps memory flat however many callers there are: a run of
    256 tokens needs some 10 MB of activations. Other long work, such as tokenizing, takes a turn of
    `turns` as well: there are no more busy threads than CPUs.
    """

    def __init__(self, session: onnxruntime.InferenceSession, *, threads: int) -> None:
        self._session = session
        self.turns = FairSemaphore(threads)

    def run(self, ids: NDArray[np.int32], *, first: bool = False) -> NDArray[np.float32]:
        """Unit vectors of texts of one length: ids, (texts, tokens) → (texts, 384).

        first: before those that wait.
        """
        with self.turns.first() if first else self.turns:
            vectors: NDArray[np.float32]
            (vectors,) = self._session.run(OUTPUTS, {"input_ids": ids})
        return vectors


def load_session(bundle: Bundle, *, threads: int) -> Session:
    """Load the bundle's model. Raises BundleError if the file is not one."""
    options = onnxruntime.SessionOptions()
    # A run stays on its caller's thread, and texts run in parallel. So the number of threads cannot
    # change a vector.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # The arena reuses the buffers of earlier runs, while the system would have to clear new pages:
    # long texts are some 5 % faster, and it holds 15 MB for two threads, whatever the lengths.
    # Memory patterns would keep a buffer for every length ever seen.
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False
    # The build writes a fused graph, which leaves the optimizer nothing to do.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    path = bundle.path(MODEL)
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises many unrelated classes
        raise BundleError(f"{path} is not a model ({error}). {REBUILD}") from error
    return Session(session, threads=threads)
