"""The image's content runs on Lambda's CPUs, and gives the same vectors there.

x86 Lambda has AVX2, but not always VNNI: there, products of int8 weights can saturate in 16 bits,
and vectors are wrong in silence. The CPUs are qemu's, exact and slow. The image itself is not run:
for arm64 that needs an arm64 machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from model_layer import Encoder, load_encoder
from model_layer.build.__main__ import PRECISIONS
from tests.conftest import ROOT, Golden, load_event
from tests.cpus.conftest import FULL_RANGE, GRAVITON2, HASWELL, MACHINES, Emulate
from tests.cpus.fidelity import TARGETS, Vectors, misses, sample

pytestmark = pytest.mark.cpus

# What Amazon Linux 2023 has: glibc 2.34, and GCC 11's libstdc++.
NEWEST_SYMBOLS = {rb"GLIBC_2\.(\d+)": 34, rb"GLIBCXX_3\.4\.(\d+)": 29}

TOKENIZE = """
import json, sys
from model_layer.artifacts import read_bundle
from model_layer.tokenizer import load_tokenizer
tokenizer = load_tokenizer(read_bundle())
texts = [pair["text"] for pair in json.load(open(sys.argv[1]))]
print(json.dumps([len(tokenizer.tokenize(text).ids) for text in texts]))
"""

ALONE = 20  # texts, the shortest of as many kinds

ENCODE = """
import json, sys
from pathlib import Path
import numpy as np
from model_layer import load_encoder
texts, bundle, encoded, alone = sys.argv[1:]
texts = json.load(open(texts))
encoder = load_encoder(Path(bundle), threads=2, verify=False)
together = encoder.encode(texts)
np.savez(
    encoded,
    vectors=together.vectors,
    token_counts=together.token_counts,
    alone=[encoder.encode([text]).vectors[0] for text in texts[: int(alone)]],
)
"""

HANDLE = """
import json, sys
from handler.api import lambda_handler
print(json.dumps(lambda_handler(json.load(open(sys.argv[1])), None)))
"""

IMPORT = """
import os
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime
"""


@dataclass(frozen=True)
class Run:
    """The reference's sample, and what an emulated CPU and this machine's give for it."""

    sample: Golden
    vectors: Vectors
    alone: Vectors  # of the first texts, each encoded alone
    token_counts: NDArray[np.int64]
    here: Vectors
    stderr: str


@pytest.fixture(scope="module")
def run(
    request: pytest.FixtureRequest,
    emulate: Emulate,
    bundle: Callable[[str], Path],
    golden: Golden,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """Of a CPU and a model: one emulated process that encodes all texts."""
    cpu, model = request.param
    folder = tmp_path_factory.mktemp("run")
    texts, encoded = folder / "texts.json", folder / "encoded.npz"
    read = sample(golden, TARGETS["int8" if model == FULL_RANGE else model].tokens)
    texts.write_text(json.dumps(read.texts))
    done = emulate(cpu, ENCODE, texts, bundle(model), encoded, str(ALONE))
    here = load_encoder(bundle(model), verify=False).encode(read.texts).vectors
    with np.load(encoded) as arrays:
        return Run(sample=read, here=here, stderr=done.stderr, **arrays)


def on(cpu: str, model: str) -> object:
    """A parameter for `run`. All its tests go to one worker of pytest-xdist."""
    name = f"{cpu}-{model}"
    return pytest.param((cpu, model), id=name, marks=pytest.mark.xdist_group(name))


on_every_cpu = pytest.mark.parametrize(
    "run", [on(cpu, model) for model in PRECISIONS for cpu in MACHINES], indirect=True
)


@on_every_cpu
def test_vectors_agree(run: Run, request: pytest.FixtureRequest) -> None:
    _, model = request.node.callspec.params["run"]
    assert misses(run.vectors, run.here, run.sample.vectors, TARGETS[model]) == []


@pytest.mark.skipif("int8" not in PRECISIONS, reason="no int8 model is built yet")
@pytest.mark.parametrize("run", [on(HASWELL, FULL_RANGE)], indirect=True)
def test_weights_that_saturate_would_be_seen(run: Run) -> None:
    """The criterion sees the fault: nothing but a vector's direction shows it."""
    assert misses(run.vectors, run.here, run.sample.vectors, TARGETS["int8"])
    assert (np.sum(run.vectors * run.sample.vectors, axis=1) > 0.9).all()


@on_every_cpu
def test_a_text_alone_has_the_same_bytes_as_among_others(run: Run) -> None:
    assert run.alone.shape == (ALONE, 384)
    assert run.alone.tobytes() == run.vectors[:ALONE].tobytes()


@on_every_cpu
def test_token_counts_agree_and_nothing_is_printed(run: Run) -> None:
    np.testing.assert_array_equal(run.token_counts, run.sample.tokens_read)
    assert run.stderr == ""


def test_the_samples_have_every_kind_but_the_longest(golden: Golden) -> None:
    for target in TARGETS.values():
        read = sample(golden, target.tokens)
        assert 0.9 * target.tokens <= read.tokens_read.sum() <= target.tokens
        lengths = dict(zip(golden.kinds, golden.tokens_read.tolist(), strict=True))
        for kind in lengths.keys() - set(read.kinds):
            assert lengths[kind] >= 190, kind


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_every_locked_wheel_is_for_any_machine_or_for_glibc_2_34(
    packages: Callable[[str], Path], machine: str
) -> None:
    wheels = list(packages(machine).glob("*.dist-info/WHEEL"))
    assert len(wheels) >= 15
    for wheel in wheels:
        tags = re.findall(r"^Tag: \S+-(\S+)$", wheel.read_text(), re.MULTILINE)
        assert any(fits(tag, machine) for tag in tags), f"{wheel}: {tags}"


def fits(tag: str, machine: str) -> bool:
    """Whether a wheel for this platform can be loaded on Amazon Linux 2023."""
    if tag in ("any", f"manylinux2014_{machine}"):
        return True
    glibc = re.fullmatch(rf"manylinux_2_(\d+)_{machine}", tag)
    return glibc is not None and int(glibc[1]) <= 34


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_no_library_needs_symbols_that_amazon_linux_2023_lacks(
    packages: Callable[[str], Path], machine: str
) -> None:
    libraries = [path for path in packages(machine).rglob("*.so*") if path.is_file()]
    assert len(libraries) >= 15
    for library in libraries:
        binary = library.read_bytes()
        for symbol, newest in NEWEST_SYMBOLS.items():
            assert max(map(int, re.findall(symbol, binary)), default=0) <= newest, library


def test_all_token_counts_agree(emulate: Emulate, golden: Golden) -> None:
    done = emulate(GRAVITON2, TOKENIZE, ROOT / "tests/golden/texts.json")
    assert json.loads(done.stdout) == golden.tokens_read.tolist()


@pytest.mark.parametrize("cpu", [HASWELL, GRAVITON2])
def test_the_handler_answers_and_says_nothing_else(
    emulate: Emulate, encoder: Encoder, cpu: str
) -> None:
    done = emulate(cpu, HANDLE, ROOT / "events/http-api-v2.json")
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["status"] == 200  # the log's
    answer = json.loads(done.stdout)
    assert answer["statusCode"] == 200
    rows = [item["embedding"] for item in json.loads(answer["body"])["data"]]
    here = encoder.encode(json.loads(load_event("http-api-v2")["body"])["input"]).vectors
    cosines = np.sum(np.array(rows, np.float32) * here, axis=1)
    assert (cosines >= TARGETS[encoder.bundle.precision].worst).all()


def test_onnxruntime_alone_would_complain_of_hidden_cpus(emulate: Emulate) -> None:
    """If it no longer does, model_layer/cpuinfo.py has had its time."""
    done = emulate(GRAVITON2, IMPORT)
    assert done.stderr.startswith("Error in cpuinfo: failed to parse ")
