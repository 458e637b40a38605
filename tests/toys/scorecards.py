"""Scorecards of made-up checkpoints, as reports keep them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lapa.evaluation.finding import Finding
from lapa.evaluation.score import Score, scored
from lapa.evaluation.scorecard.card import Scorecard, scorecard_of
from lapa.evaluation.scorecard.storage import write_scorecard
from lapa.evaluation.statistics.any_statistic import rows_interval
from lapa.records import Checkpoint, FrameCodec, Metric, PairSpec, ShardSet

EPISODES = np.repeat(np.arange(12), 5)


def noisy(mean: float, seed: int = 0) -> np.ndarray:
    """A value a pair; what noise there is belongs to the episode, the same for every checkpoint."""
    scene = np.repeat(np.random.default_rng(0).normal(0, 2, 12), 5)
    return scene + mean + np.random.default_rng(seed).normal(0, 0.05, 60)


def scores(values: np.ndarray) -> tuple[Score, ...]:
    interval = rows_interval(
        lambda rows: float(values[rows].mean()), EPISODES, resamples=80, seed=0
    )
    return (
        scored("means", interval.metric("mean", n=12), 0.0, "nothing"),
        scored("bounds", Metric(name="bare", value=0.3), None, "chance", better="lower"),
    )


def card(values: np.ndarray, *, data: str = "shards") -> Scorecard:
    laq = Checkpoint(
        path="laq",
        kind="laq",
        step=7,
        digest="w" * 64,
        inputs={},
        pair_spec=PairSpec(horizon_s=0.1),
        code_version="test",
    )
    shards = ShardSet(
        path="shards",
        codec=FrameCodec(image_size=16),
        max_horizon_s=0.1,
        datasets={},
        splits={},
        digest=data,
    )
    finding = Finding(scores=scores(values))
    return scorecard_of([finding], laq=laq, shards=shards, split="val")


def written(folder: Path, values: np.ndarray, *, data: str = "shards") -> Path:
    """The folder of a report that holds nothing but a card."""
    folder.mkdir(parents=True)
    write_scorecard(card(values, data=data), folder)
    return folder
