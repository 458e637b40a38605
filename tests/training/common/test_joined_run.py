"""Beginning a run of Kedro waits for no trainer."""

from __future__ import annotations

import subprocess
import sys

from toys.paths import child_environment

FIND = """
import sys
import lapa.hooks
import lapa.pipelines.laq, lapa.pipelines.foundation, lapa.pipelines.finetune, lapa.pipelines.labeling
print([name for name in ("pytorch_lightning", "lightning_fabric", "transformers") if name in sys.modules])
"""


def test_hooks_and_pipelines_of_training_import_no_trainer() -> None:
    run = [sys.executable, "-c", FIND]
    done = subprocess.run(
        run, env=child_environment(), capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
