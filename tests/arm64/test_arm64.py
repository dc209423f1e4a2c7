"""The image's content for arm64 runs on Graviton2 and Graviton3, and gives the same vectors.

The CPUs are qemu's, exact and slow. The image itself is not run: that needs an arm64 machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model_layer import Encoder
from tests.arm64.conftest import Emulate
from tests.conftest import ROOT, Golden, load_event

pytestmark = pytest.mark.arm64

GRAVITON2 = "neoverse-n1"
GRAVITON3 = "neoverse-v1"

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

ENCODE = """
import json, sys
import numpy as np
from model_layer import load_encoder
encoded = load_encoder(threads=2).encode(json.load(open(sys.argv[1])))
np.savez(sys.argv[2], vectors=encoded.vectors, token_counts=encoded.token_counts)
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


@pytest.fixture(scope="module")
def sample(golden: Golden) -> Golden:
    """The shortest text of every kind, long foreign ones excepted.

    An emulated CPU takes some 60 ms a token, a quarter of an hour for all of the reference.
    """
    from_long_to_short = np.argsort(-golden.tokens_read, kind="stable")
    shortest = {golden.kinds[place]: int(place) for place in from_long_to_short}
    places = [place for kind, place in shortest.items() if not kind.endswith(", long")]
    return Golden(
        texts=[golden.texts[place] for place in places],
        kinds=[golden.kinds[place] for place in places],
        vectors=golden.vectors[places],
        tokens_read=golden.tokens_read[places],
        tokens=golden.tokens[places],
    )


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


@pytest.mark.parametrize("cpu", [GRAVITON2, GRAVITON3])
def test_vectors_agree(emulate: Emulate, sample: Golden, tmp_path: Path, cpu: str) -> None:
    texts, encoded = tmp_path / "texts.json", tmp_path / "encoded.npz"
    texts.write_text(json.dumps(sample.texts))
    done = emulate(cpu, ENCODE, texts, encoded)
    assert done.stderr == ""
    with np.load(encoded) as arrays:
        cosines = np.sum(arrays["vectors"] * sample.vectors, axis=1)
        np.testing.assert_array_equal(arrays["token_counts"], sample.tokens_read)
    worst = int(cosines.argmin())
    assert cosines[worst] >= 0.99999, f"{sample.kinds[worst]}: {cosines[worst]}"


def test_the_handler_answers_and_says_nothing_else(emulate: Emulate, encoder: Encoder) -> None:
    done = emulate(GRAVITON2, HANDLE, ROOT / "events/http-api-v2.json")
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["status"] == 200  # the log's
    answer = json.loads(done.stdout)
    assert answer["statusCode"] == 200
    rows = [item["embedding"] for item in json.loads(answer["body"])["data"]]
    here = encoder.encode(json.loads(load_event("http-api-v2")["body"])["input"]).vectors
    assert (np.sum(np.array(rows, np.float32) * here, axis=1) >= 0.99999).all()


def test_onnxruntime_alone_would_complain_of_hidden_cpus(emulate: Emulate) -> None:
    """If it no longer does, model_layer/cpuinfo.py has had its time."""
    done = emulate(GRAVITON2, IMPORT)
    assert done.stderr.startswith("Error in cpuinfo: failed to parse ")
