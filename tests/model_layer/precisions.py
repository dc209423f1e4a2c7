"""The precisions that a test runs with: the default one always, the others in `make test-slow`."""

from __future__ import annotations

import pytest

from model_layer.places import PRECISIONS

DEFAULT, *OTHERS = PRECISIONS
EACH_PRECISION = [DEFAULT, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
