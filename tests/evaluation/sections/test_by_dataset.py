"""Every dataset by itself: other rates, other actions, none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lapa.data.ingest import ingest_inputs
from lapa.evaluation.blocks import Rows, opened
from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.evaluate import evaluate_laq
from lapa.evaluation.finding import Finding, find, read_findings
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.records import EvaluationReport, Metric, ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set
from toys.world import EVALUATION, untrained_laq

MeasureLaq = Callable[..., EvaluationReport]
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    """A robot, a faster one with one more dimension and no states, and video without actions."""
    robot = moving_square_episodes(16, 10, size=16, source="robot")
    fast = [
        dataclasses.replace(
            e,
            fps=2 * e.fps,
            states=None,
            actions=np.pad(e.actions, ((0, 0), (0, 1))),
            action_names=("dx", "dy", "grip"),
            action_units=("px", "px", ""),
        )
        for e in moving_square_episodes(14, 10, size=16, seed=1, source="fast")
    ]
    video = moving_square_episodes(4, 10, size=16, seed=2, source="video", with_actions=False)
    params = IngestionParams(
        image_size=16,
        max_horizon_s=0.3,
        clip_frames=8,
        max_samples_per_shard=6,
        split=SplitParams(val_fraction=0.5),
    )
    inputs = [as_input(episodes) for episodes in (robot, fast, video)]
    return ingest_inputs(inputs, params=params, out=tmp_path_factory.mktemp("three") / "shards")


@pytest.fixture
def report(three: ShardSet, measure_laq: MeasureLaq) -> EvaluationReport:
    return measure_laq(three)


def _finding(report: EvaluationReport) -> Finding:
    finding = find(read_findings(report), "every dataset by itself")
    assert finding is not None
    return finding


def _named(report: EvaluationReport, subject: str) -> dict[str, Metric]:
    return {metric.name: metric for metric in report.metrics[subject]}


def test_every_dataset_has_its_row_and_its_metrics(report: EvaluationReport) -> None:
    tables = [b.table for b in opened(_finding(report).blocks) if isinstance(b, Rows)]
    rows = {row[0]: row for row in tables[0].rows}
    assert set(rows) == {"robot", "fast", "video", "all together"}
    pairs = {name: int(row[1]) for name, row in rows.items()}
    assert pairs["all together"] == sum(n for name, n in pairs.items() if name != "all together")
    for dataset in ("robot", "fast", "video"):
        metrics = _named(report, f"laq/{dataset}")
        assert {
            "psnr_gain_over_copy",
            "code_dependence",
            "perplexity",
            "codebook_utilization",
        } <= set(metrics)
        assert metrics["perplexity"].n == pairs[dataset]
    assert rows["video"][-1] == "–"


def test_each_robot_is_probed_in_its_own_dimensions(report: EvaluationReport) -> None:
    robot, fast = (_named(report, f"laq/{name}") for name in ("robot", "fast"))
    assert {"probe/linear/codes/dx", "probe/linear/state/dx"} <= set(robot)
    assert {"probe/linear/codes/dx", "probe/linear/codes/dy"} <= set(fast)
    assert "probe/linear/codes/grip" not in fast, "it stands still"
    assert "probe/linear/codes/dx" in _named(report, "random_laq/fast")


def test_what_a_dataset_lacks_is_said_under_its_name(report: EvaluationReport) -> None:
    assert report.not_measured["probes of dataset video"] == "it has no actions"
    missing = report.not_measured["probe of the state alone of dataset fast"]
    assert missing == "it has no states"


def test_pooled_metrics_of_datasets_agree_with_those_of_the_whole(report: EvaluationReport) -> None:
    counts = {
        name: _named(report, f"laq/{name}")["perplexity"].n for name in ("robot", "fast", "video")
    }
    error = {
        name: 10 ** (-_named(report, f"laq/{name}")["psnr"].value / 10) * (n or 0)
        for name, n in counts.items()
    }
    total = sum(n or 0 for n in counts.values())
    whole = _named(report, "laq")["psnr"].value
    assert whole == pytest.approx(-10 * np.log10(sum(error.values()) / total), rel=1e-6)


def test_every_dataset_gets_pairs_whatever_the_limit(
    three: ShardSet, measure_laq: MeasureLaq
) -> None:
    probe = EVALUATION.probe.model_copy(update={"max_samples": 6, "min_per_dataset": 5})
    report = measure_laq(three, params=EVALUATION.model_copy(update={"probe": probe}))
    counts = [_named(report, f"laq/{d}")["perplexity"].n for d in ("robot", "fast", "video")]
    assert counts == [5, 5, 5]


def test_one_dataset_has_no_section_of_its_own(tmp_path: Path, measure_laq: MeasureLaq) -> None:
    shards = tiny_shard_set(
        tmp_path,
        episodes=moving_square_episodes(8, size=16),
        size=16,
        split=SplitParams(val_fraction=0.5),
    )
    report = measure_laq(shards)
    assert not _finding(report).blocks
    assert set(report.metrics) == {"laq", "random_laq"}
    assert "every dataset by itself" not in report.not_measured


def test_a_quantizer_is_measured_alone(three: ShardSet, tmp_path: Path) -> None:
    report = evaluate_laq(
        shards=three,
        laq=untrained_laq(tmp_path / "laq", three, 10),
        params=EVALUATION,
        out=tmp_path / "out",
    )
    assert set(report.metrics) == {"laq", "laq/robot", "laq/fast", "laq/video"}
    names = set(_named(report, "laq"))
    assert {"psnr_gain_over_copy", "perplexity", "probe/linear/frame_difference/dx"} <= names
    assert {"reconstructions.png", "datasets.png", "probes.png"} <= set(report.plots)


def test_shuffled_codes_stay_within_their_dataset() -> None:
    group = np.array([0, 1] * 20)
    values = np.arange(40)[:, None]
    shuffled = another_pairs(values, seed=0, group=group)
    assert (shuffled != values).all()
    assert (shuffled[:, 0] % 2 == group).all()
    alone = another_pairs(values, seed=0)
    np.testing.assert_array_equal(alone, another_pairs(values, seed=0, group=np.zeros(40, int)))
