"""The image's content runs on Lambda's CPUs, and its vectors are the same there.

Lambda's x86 CPUs have AVX2, but not always VNNI. Without VNNI, products of int8 weights can
saturate in 16 bits, and vectors are silently wrong. qemu emulates the CPUs, exactly and slowly.
The image itself does not run here: for arm64, that needs an arm64 machine.
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
from model_layer.build.verify import WORST
from model_layer.places import PRECISIONS
from tests.cpus.fidelity import MOST_TOKENS, Cosines, Vectors, differences, misses, sample
from tests.cpus.machines import FULL_RANGE, GRAVITON2, HASWELL, MACHINES, Emulate
from tests.events import load_event
from tests.golden.reference import Golden
from tests.paths import ROOT

pytestmark = pytest.mark.cpus

# Amazon Linux 2023 has glibc 2.34, and GCC 11's libstdc++.
NEWEST_SYMBOLS = {rb"GLIBC_2\.(\d+)": 34, rb"GLIBCXX_3\.4\.(\d+)": 29}

TOKENIZE = """
import json, sys
from model_layer.artifacts import read_bundle
from model_layer.tokenizer import load_tokenizer
tokenizer = load_tokenizer(read_bundle())
texts = [pair["text"] for pair in json.load(open(sys.argv[1]))]
print(json.dumps([len(tokenizer.tokenize(text).ids) for text in texts]))
"""

ALONE = 6  # every sixth text is also encoded alone

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
    alone=[encoder.encode([text]).vectors[0] for text in texts[:: int(alone)]],
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
    """The results of an emulated CPU for the sample."""

    sample: Golden
    vectors: Vectors
    alone: Vectors  # of every ALONE-th text, each encoded alone
    token_counts: NDArray[np.int64]
    stderr: str

    @property
    def cosines(self) -> Cosines:
        return Cosines.of(self.vectors, self.sample.vectors)


Encode = Callable[[str, str], Run]  # with a CPU, and a precision or FULL_RANGE


@pytest.fixture(scope="module")
def encode(
    emulate: Emulate,
    bundle: Callable[[str], Path],
    golden: Golden,
    tmp_path_factory: pytest.TempPathFactory,
) -> Encode:
    """Encodes the sample in one emulated process."""

    def encode(cpu: str, model: str) -> Run:
        folder = tmp_path_factory.mktemp(f"{cpu}-{model}".replace(" ", "-"))
        texts, encoded = folder / "texts.json", folder / "encoded.npz"
        read = sample(golden, *MOST_TOKENS[cpu, model])
        texts.write_text(json.dumps(read.texts))
        done = emulate(cpu, ENCODE, texts, bundle(model), encoded, str(ALONE))
        with np.load(encoded) as arrays:
            return Run(sample=read, stderr=done.stderr, **arrays)

    return encode


def test_saturating_weights_fail_the_criterion(encode: Encode) -> None:
    """Without its bound, the recipe is right on one CPU and wrong on the other.

    Both CPUs are emulated, because this machine's own may or may not saturate. Each part of the
    criterion notices the difference.
    """
    graviton, haswell = encode(GRAVITON2, FULL_RANGE).cosines, encode(HASWELL, FULL_RANGE).cosines
    assert misses(graviton, "int8") == []
    assert len(misses(haswell, "int8")) == 2
    assert len(differences(haswell, graviton)) == 2
    assert haswell.worst > 0.9


@pytest.mark.parametrize("cpu", MACHINES)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_vectors_and_token_counts_agree(
    encode: Encode, bundle: Callable[[str], Path], cpu: str, precision: str
) -> None:
    """One test, because emulating takes a minute, and each worker would repeat it."""
    run = encode(cpu, precision)
    assert run.stderr == ""
    np.testing.assert_array_equal(run.token_counts, run.sample.tokens_read)
    assert len(run.alone) >= 5
    assert run.alone.tobytes() == run.vectors[::ALONE].tobytes()
    encoder = load_encoder(bundle(precision), verify=False)
    here = Cosines.of(encoder.encode(run.sample.texts).vectors, run.sample.vectors)
    assert misses(run.cosines, precision) + differences(run.cosines, here) == []


def test_the_int8_sample_is_large_and_varied(golden: Golden) -> None:
    read = sample(golden, *MOST_TOKENS[HASWELL, "int8"])
    assert len(read.texts) >= 100
    assert len(set(read.kinds)) >= 25
    assert read.tokens_read.max() == 256


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_amazon_linux_2023_can_load_every_locked_wheel(
    packages: Callable[[str], Path], machine: str
) -> None:
    wheels = list(packages(machine).glob("*.dist-info/WHEEL"))
    assert len(wheels) >= 15
    for wheel in wheels:
        tags = re.findall(r"^Tag: \S+-(\S+)$", wheel.read_text(), re.MULTILINE)
        # Some wheels name several platforms in one tag, divided by dots.
        platforms = [platform for tag in tags for platform in tag.split(".")]
        assert any(fits(platform, machine) for platform in platforms), f"{wheel}: {tags}"


def fits(tag: str, machine: str) -> bool:
    """Whether Amazon Linux 2023 can load a wheel for this platform."""
    if tag in ("any", f"manylinux2014_{machine}"):
        return True
    glibc = re.fullmatch(rf"manylinux_2_(\d+)_{machine}", tag)
    return glibc is not None and int(glibc[1]) <= 34


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_amazon_linux_2023_has_every_symbol_that_a_library_needs(
    packages: Callable[[str], Path], machine: str
) -> None:
    libraries = [path for path in packages(machine).rglob("*.so*") if path.is_file()]
    assert len(libraries) >= 15
    for library in libraries:
        binary = library.read_bytes()
        for symbol, newest in NEWEST_SYMBOLS.items():
            assert max(map(int, re.findall(symbol, binary)), default=0) <= newest, library


def test_the_token_counts_of_all_texts_agree(emulate: Emulate, golden: Golden) -> None:
    done = emulate(GRAVITON2, TOKENIZE, ROOT / "tests/golden/texts.json")
    assert json.loads(done.stdout) == golden.tokens_read.tolist()


@pytest.mark.parametrize("cpu", [HASWELL, GRAVITON2])
def test_the_handler_answers_and_prints_only_its_log_line(
    emulate: Emulate, encoder: Encoder, cpu: str
) -> None:
    done = emulate(cpu, HANDLE, ROOT / "events/http-api-v2.json")
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["status"] == 200  # the log line's
    answer = json.loads(done.stdout)
    assert answer["statusCode"] == 200
    rows = [item["embedding"] for item in json.loads(answer["body"])["data"]]
    here = encoder.encode(json.loads(load_event("http-api-v2")["body"])["input"]).vectors
    cosines = np.sum(np.array(rows, np.float32) * here, axis=1)
    assert (cosines >= WORST[encoder.bundle.precision]).all()


def test_onnxruntime_alone_still_complains_about_hidden_cpus(emulate: Emulate) -> None:
    """Once it no longer does, model_layer/cpuinfo.py can go."""
    done = emulate(GRAVITON2, IMPORT)
    assert done.stderr.startswith("Error in cpuinfo: failed to parse ")
