"""Model token ids to one vector: an onnxruntime session with every setting made explicit.

A run sees one text, so a vector cannot depend on its neighbours; the graph does the pooling and
the normalisation. Does not tokenize, does not batch.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

# The wheels of onnxruntime report to Microsoft (its Privacy.md), through an uploader of their own
# with a thread, a database and an identifier in ~/.cache; it looks at this when it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from model_layer.artifacts import CURE, MODEL, Bundle
from model_layer.cpuinfo import quiet_cpuinfo
from model_layer.errors import BundleError
from model_layer.fair_semaphore import FairSemaphore

with quiet_cpuinfo():
    import onnxruntime


class Session:
    """Runs the model. Thread-safe; at most `threads` runs at a time, others wait their turn,
    in the order they came: a short request is not held up by a long one.

    The bound keeps memory flat however many callers there are: a run of 256 tokens holds some
    10 MB of activations.
    """

    def __init__(self, session: onnxruntime.InferenceSession, *, threads: int) -> None:
        self._session = session
        self._semaphore = FairSemaphore(threads)

    def run(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """The unit vector, (384,), of one text's ids, (tokens,)."""
        with self._semaphore:
            (vectors,) = self._session.run(None, {"input_ids": ids[np.newaxis]})
        vector: NDArray[np.float32] = vectors[0]
        return vector


def load_session(bundle: Bundle, *, threads: int) -> Session:
    """Load the bundle's model. Raises BundleError if the file is not one."""
    options = onnxruntime.SessionOptions()
    # Each run stays on its caller's thread: parallelism is across texts, so that results are the
    # same bytes whatever the number of threads.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # The arena gives freed buffers to the next run, where the system would clear new pages for it:
    # long texts are some 5 % quicker, and it holds 15 MB for two threads however many lengths there
    # are. Memory patterns would keep a buffer for every length ever seen.
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False
    # The build writes the fused graph; there is nothing left for the optimizer to find.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    path = bundle.path(MODEL)
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has a class of its own for each way to fail
        raise BundleError(f"{path} is not a model ({error}). {CURE}") from error
    return Session(session, threads=threads)
