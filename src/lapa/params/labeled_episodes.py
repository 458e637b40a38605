"""Which episodes show their actions: what finetuning and an inverse dynamics model must agree about."""

from __future__ import annotations

from typing import Literal

from lapa.params.base import Params

LabeledBalance = Literal["none", "instruction"]
"""Whether episodes are drawn from all alike, or from the instructions in turn."""


class LabeledEpisodes(Params):
    """As in `lapa.params.finetune.FinetuneParams`, without anything else of it."""

    dataset: str | None = None
    """NAME, or NAME/INNER of a set that holds several."""
    labeled_episodes: int | None = None
    labeled_fraction: float | None = None
    labeled_balance: LabeledBalance = "none"
    seed: int = 0
    """Of the order whose first episodes are the labelled ones."""
