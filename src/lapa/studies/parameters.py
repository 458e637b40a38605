"""What a cell gives its runs, as `--params` would: the study's, the setting's, the variant's, then its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from omegaconf import OmegaConf

from lapa.params.study import StudyParams
from lapa.records import CellKey

THREADED = (
    "laq.trainer",
    "labeling",
    "inverse_dynamics.trainer",
    "foundation.trainer",
    "finetune.trainer",
)
"""Where a stage says how many threads it computes with."""
FAILING = {"evaluation.on_error": "raise"}
"""A cell whose measuring fails has no result, in place of one with a hole."""
OF_CELL = {
    "laq.trainer.seed": "seed",
    "inverse_dynamics.trainer.seed": "seed",
    "foundation.trainer.seed": "seed",
    "finetune.trainer.seed": "subset",
    "finetune.labeled_episodes": "budget",
}
"""Parameter -> the field of the cell's key that it takes."""


def laid_over(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Nested parameters of ``layers``, each over those before it; a list replaces a list.

    Args:
        layers: nested mappings; the names of their top level may be dotted (``laq.trainer.seed``).
    """
    merged = OmegaConf.create({})
    for layer in layers:
        for name, value in layer.items():
            OmegaConf.update(merged, name, value, merge=True, force_add=True)
    return cast(dict[str, Any], OmegaConf.to_container(merged, resolve=False))


def common(params: StudyParams, setting: str, variant: str) -> dict[str, Any]:
    """What all cells of a setting and a variant give."""
    threads = {f"{section}.num_threads": params.threads for section in THREADED}
    given = params.params, params.settings[setting].params, params.variants[variant].params
    return laid_over(FAILING, *given, threads)


def of_cell(key: CellKey) -> dict[str, Any]:
    """What a cell alone gives, dotted: its place in the grid."""
    return {name: getattr(key, field) for name, field in OF_CELL.items()}
