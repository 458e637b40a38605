"""Data that does not allow every analysis: the report says why, and holds all the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.episode import Episode
from lapa.data.ingest import ingest_inputs
from lapa.evaluation.finding import find, read_findings
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.records import EvaluationReport, ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set
from toys.world import World

MeasureLaq = Callable[..., EvaluationReport]
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


def _shards(folder: Path, episodes: Sequence[Episode], val: float = 0.5) -> ShardSet:
    return tiny_shard_set(
        folder, episodes=list(episodes), size=16, split=SplitParams(val_fraction=val)
    )


def _metrics(report: EvaluationReport) -> dict[str, float]:
    return {metric.name: metric.value for metric in report.metrics["laq"]}


def _probed(report: EvaluationReport, kept: str) -> Any:
    """What the probes keep besides their metrics."""
    finding = find(read_findings(report), "probes from codes to actions")
    assert finding is not None
    return finding.data[kept]


def _changed(episodes: Sequence[Episode], **fields: object) -> list[Episode]:
    return [dataclasses.replace(episode, **fields) for episode in episodes]


def test_one_held_out_episode_leaves_out_the_probes_alone(
    tmp_path: Path, measure_laq: MeasureLaq
) -> None:
    report = measure_laq(
        _shards(tmp_path, moving_square_episodes(4, size=16), val=0.25), plots=True
    )
    assert all(metric.n == 1 for metric in report.metrics["laq"] if metric.name.startswith("psnr"))
    assert "there is 1 held-out episode" in report.not_measured["linear probe of codes"]
    assert {"psnr_gain_over_copy", "code_dependence", "codebook_utilization"} <= set(
        _metrics(report)
    )
    assert not any(name.startswith("probe/") for name in _metrics(report))
    assert {"reconstructions.png", "code_usage.png", "codes_sequence.png"} <= set(report.plots)


def test_too_few_pairs_for_early_stopping_leave_out_the_mlp_alone(
    tmp_path: Path, measure_laq: MeasureLaq
) -> None:
    report = measure_laq(_shards(tmp_path, moving_square_episodes(4, size=16)))
    assert "held-out pairs to fit the mlp probe" in report.not_measured["mlp probe of codes"]
    assert "probe/linear/codes/dx" in _metrics(report)


def test_video_without_actions_is_measured_up_to_its_actions(
    tmp_path: Path, measure_laq: MeasureLaq
) -> None:
    episodes = moving_square_episodes(8, size=16, with_actions=False)
    report = measure_laq(_shards(tmp_path, episodes))
    reason = report.not_measured["probes from codes to actions"]
    assert reason == "the held-out episodes have no actions"
    assert {"psnr_gain_over_copy", "codebook_utilization"} <= set(_metrics(report))


def test_actions_that_never_change_are_not_probed(tmp_path: Path, measure_laq: MeasureLaq) -> None:
    episodes = [
        dataclasses.replace(e, actions=np.ones((e.num_frames, 2), np.float32))
        for e in moving_square_episodes(8, size=16)
    ]
    report = measure_laq(_shards(tmp_path, episodes))
    reason = "these action dimensions stand still in the held-out pairs"
    assert report.not_measured["probes of dx, dy"] == reason
    assert "psnr_gain_over_copy" in _metrics(report)


def test_actions_without_units_or_known_meaning_are_measured_all_the_same(
    tmp_path: Path, measure_laq: MeasureLaq
) -> None:
    episodes = _changed(moving_square_episodes(8, size=16), action_units=())
    report = measure_laq(_shards(tmp_path, episodes), plots=True)
    assert "probe/linear/codes/dx" in _metrics(report)
    assert {"code_actions.png", "compass.png"} <= set(report.plots)
    assert {dimension["unit"] for dimension in _probed(report, "dimensions")} == {""}


def _two_robots(folder: Path, *, video: bool = False) -> ShardSet:
    """Eight episodes of a robot with two dimensions, four of one with three (or without any)."""
    small = moving_square_episodes(8, size=16, source="two")
    other = moving_square_episodes(4, size=16, seed=1, source="three", with_actions=not video)
    if not video:
        other = [
            dataclasses.replace(
                e,
                actions=np.pad(e.actions, ((0, 0), (0, 1))),
                action_names=("dx", "dy", "grip"),
                action_units=("px", "px", ""),
            )
            for e in other
        ]
    settings = IngestionParams(
        image_size=16,
        max_horizon_s=0.3,
        clip_frames=8,
        max_samples_per_shard=6,
        split=SplitParams(val_fraction=0.5),
    )
    return ingest_inputs([as_input(small), as_input(other)], params=settings, out=folder / "shards")


def test_of_datasets_with_other_actions_the_largest_is_probed_and_the_others_named(
    tmp_path: Path, measure_laq: MeasureLaq
) -> None:
    report = measure_laq(_two_robots(tmp_path))
    assert _probed(report, "datasets") == ["two"]
    assert "probe/linear/codes/dx" in _metrics(report)
    finding = find(read_findings(report), "probes from codes to actions")
    assert finding is not None
    assert any("three: other actions" in getattr(block, "text", "") for block in finding.blocks)
    other = {metric.name: metric.n for metric in report.metrics["laq/three"]}
    assert {"probe/linear/codes/dx", "psnr_gain_over_copy", "perplexity"} <= set(other)
    assert other["probe/linear/codes/dx"] == 2, "its held-out episodes"


def test_a_robot_among_plain_videos_is_probed(tmp_path: Path, measure_laq: MeasureLaq) -> None:
    report = measure_laq(_two_robots(tmp_path, video=True))
    assert report.not_measured["probes of dataset three"] == "it has no actions"
    assert "probe/linear/codes/dx" in _metrics(report)
    assert _probed(report, "datasets") == ["two"]


def test_without_a_held_out_split_everything_is_listed(
    tmp_path: Path, measure_laq: MeasureLaq
) -> None:
    shards = _shards(tmp_path, moving_square_episodes(6, size=16))
    alone = shards.model_copy(update={"splits": {"train": shards.splits["train"]}})
    report = measure_laq(alone)
    assert report.metrics == {"laq": (), "random_laq": ()}
    assert "there are no held-out episodes" in report.not_measured["latent actions"]


def test_an_analysis_that_breaks_does_not_take_the_others_with_it(
    tmp_path: Path, measure_laq: MeasureLaq, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ValueError("The validation set is too small.")

    monkeypatch.setattr("lapa.evaluation.codes.probes.RidgeCV", broken)
    lenient = world.params.model_copy(update={"on_error": "report"})
    report = measure_laq(_shards(tmp_path, moving_square_episodes(14, size=16)), params=lenient)
    reason = report.not_measured["linear probe of codes"]
    assert reason == "ValueError: The validation set is too small."
    assert "probe/mlp/codes/dx" in _metrics(report)
