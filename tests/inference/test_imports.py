"""Whoever only uses a model needs neither the orchestration nor the tracking."""

from __future__ import annotations

import subprocess
import sys

from toys.paths import child_environment

PROGRAM = """
import sys
import lapa.inference.inputs.open_input, lapa.inference.predict, lapa.inference.predictors.load
import lapa.inference.writers.outputs
print(sorted({name.partition(".")[0] for name in sys.modules} & {"kedro", "mlflow", "pytorch_lightning"}))
"""


def test_no_kedro_no_mlflow_no_lightning() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=child_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
