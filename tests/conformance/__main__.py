"""`make conformance` (`python -m tests.conformance`): the share of OpenAI's API that is served.

A server is started with a new store, every route is called with OpenAI's client, and every answer
is validated against the published specification (see `specification`).
"""

from __future__ import annotations

import sys
import tempfile

from tests.conformance import specification
from tests.conformance.report import report
from tests.conformance.run import run
from tests.conformance.specification import DEFAULT, Specification


def main() -> int:
    file = specification.path()
    if file is None:
        sys.stdout.write(
            f"Skipped: OpenAI's specification is not at {DEFAULT.name} beside the checkout. "
            "OPENAI_SPEC=… names it.\n"
        )
        return 0
    with tempfile.TemporaryDirectory() as folder:
        record = run(Specification.read(file), f"{folder}/documents.sqlite")
    sys.stdout.write(report(record) + "\n")
    return 1 if record.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
