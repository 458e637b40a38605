"""`python -m benchmarks`: the suite, see `benchmarks/suite/command.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parent)
)  # benchmarks import each other by the names of their files

from suite.command import main

sys.exit(main(sys.argv[1:]))
