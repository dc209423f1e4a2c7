"""`python -m benchmarks.peers.serve_bundle FOLDER`: the local server with another bundle."""

from __future__ import annotations

import sys
from pathlib import Path

from handler.commands.serve import main
from model_layer import places

if __name__ == "__main__":
    # The server loads the default bundle and has no setting for another.
    places.DEFAULT_BUNDLE = Path(sys.argv[1])
    sys.exit(main([]))
