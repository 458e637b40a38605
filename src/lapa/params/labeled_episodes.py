"""Which episodes show their actions: what finetuning and an inverse dynamics model must agree about."""

from __future__ import annotations

from lapa.params.base import Params


class LabeledEpisodes(Params):
    """As in `lapa.params.finetune.FinetuneParams`, without anything else of it."""

    dataset: str | None = None
    """NAME, or NAME/INNER of a set that holds several."""
    labeled_episodes: int | None = None
    labeled_fraction: float | None = None
    seed: int = 0
    """Of the order whose first episodes are the labelled ones."""
