"""Parts of an experiment that a run can take from another run: `--params=reuse.labels=main`.

`--params=reuse=main` takes all parts: what was pretrained there, for another robot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

REUSE = "reuse"
"""Name of the parameter; the catalog reads it from the command line alone."""
PARTS = {
    "data": r"mixture|.+\.(raw_episodes|clip_shards)",
    "laq": r"(.+_)?laq_checkpoint",
    "labels": r".+\.(latent_labels|inverse_dynamics_checkpoint)",
    "foundation": r".+\.foundation_checkpoint",
}
"""Part -> the datasets of the catalog that belong to it."""


def parts_of(reuse: Any) -> Any:
    """The runs by part, where one run is named for all of them; anything else as it is."""
    run = run_as_text(reuse)
    return dict.fromkeys(PARTS, run) if isinstance(run, str) else reuse


def run_as_text(run: Any) -> Any:
    """The name of a run; YAML and the command line read 2026 as a number. Anything else as it is."""
    return str(run) if isinstance(run, int) and not isinstance(run, bool) else run


def reused_among(datasets: Iterable[str], parts: Iterable[str]) -> list[str]:
    """Those of ``datasets`` that belong to one of ``parts``, sorted."""
    patterns = [PARTS[part] for part in parts]
    return sorted(
        name for name in datasets if any(re.fullmatch(pattern, name) for pattern in patterns)
    )
