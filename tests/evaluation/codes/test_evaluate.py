"""The quantiser's evaluation on a run in miniature."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.evaluation.codes.bottleneck import another_pairs, constant_codes, reconstruction_errors
from lapa.evaluation.codes.evaluate import evaluate_laq
from lapa.evaluation.codes.latent_samples import encode_pairs, open_held_out
from lapa.evaluation.finding import read_findings
from lapa.evaluation.measured_model import read_measured_model
from lapa.models.laq.storage import load_laq
from lapa.records import EvaluationReport, PairSpec
from toys.world import World

pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
"""Probes in miniature are cut short on purpose."""


@pytest.fixture(scope="module")
def report(world: World, tmp_path_factory: pytest.TempPathFactory) -> EvaluationReport:
    trained, random = world.laqs
    return evaluate_laq(
        shards=world.shards,
        laq=trained,
        random_laq=random,
        params=world.params,
        out=tmp_path_factory.mktemp("laq"),
    )


def test_metrics_with_intervals_of_both_quantizers(report: EvaluationReport) -> None:
    assert set(report.metrics) == {"laq", "random_laq"}
    for metrics in report.metrics.values():
        named = {metric.name: metric for metric in metrics}
        gain = named["psnr_gain_over_copy"]
        assert gain.low <= gain.value <= gain.high
        assert gain.value == pytest.approx(named["psnr"].value - named["psnr_copy"].value)
        assert 0 < named["codebook_utilization"].value <= 1
        assert "probe/linear/codes/dx" in named
    names = [metric.name for metric in report.metrics["laq"]]
    controls = {name.split("/")[2] for name in names if name.startswith("probe/")}
    assert {"state", "shuffled_labels", "frame_difference", "pre_quantized"} <= controls


def test_plots_and_findings_are_there(report: EvaluationReport) -> None:
    folder = Path(report.path)
    drawn = {"reconstructions.png", "state_space.png", "sequence_ranks.png"}
    assert drawn | {"embedding.png", "distractors.png"} <= set(report.plots)
    for name in report.plots:
        assert (folder / name).read_bytes()[:4] == b"\x89PNG"
    findings = {finding.analysis: finding for finding in read_findings(report)}
    assert findings["mutual information of codes and actions"].data["associations"]
    for drawn in ("latent transfer", "motion of reconstructions", "algebra of codes"):
        assert findings[drawn].scores
        assert findings[drawn].plots
    usage = findings["use of codes"]
    counts = np.array(usage.data["histogram"])
    assert (counts.sum(axis=1) == usage.metrics["laq"][0].n).all()
    kept = read_measured_model(report)
    assert kept is not None
    assert kept.kind == "laq"


def test_codes_do_not_depend_on_the_batch(world: World) -> None:
    model = load_laq(Path(world.laqs[0].path))
    pairs = open_held_out(
        world.shards, "val", world.laqs[0].pair_spec, max_samples=30, batch_size=8
    )
    first, second = (encode_pairs(model, pairs, batch_size=size) for size in (5, 30))
    assert np.array_equal(first.codes, second.codes)
    assert first.one_hot.sum() == first.codes.size


def test_copy_is_the_error_of_doing_nothing(world: World) -> None:
    model = load_laq(Path(world.laqs[0].path))
    pairs = open_held_out(
        world.shards, "val", world.laqs[0].pair_spec, max_samples=20, batch_size=8
    )
    samples = encode_pairs(model, pairs, batch_size=8)
    errors = reconstruction_errors(model, pairs, samples, batch_size=8, seed=0)
    frames = pairs.dataset[3]["frames"].astype(float) / 255
    assert errors["copy"][3] == pytest.approx(((frames[0] - frames[1]) ** 2).mean(), rel=1e-4)
    assert all(len(values) == len(pairs) for values in errors.values())


def test_shuffled_codes_are_always_anothers() -> None:
    codes = np.arange(50)[:, None]
    shuffled = another_pairs(codes, seed=0)
    assert (shuffled != codes).all()
    assert sorted(shuffled[:, 0]) == list(range(50))


def test_constant_codes_are_the_commonest_of_each_position() -> None:
    codes = np.array([[0, 2], [1, 2], [1, 3]])
    assert constant_codes(codes).tolist() == [[1, 2]] * 3


def test_a_control_of_other_pairs_is_refused(world: World, tmp_path: Path) -> None:
    trained, random = world.laqs
    other = random.model_copy(update={"pair_spec": PairSpec(horizon_s=0.2)})
    with pytest.raises(ValueError, match="pair spec"):
        evaluate_laq(
            shards=world.shards,
            laq=trained,
            random_laq=other,
            params=world.params,
            out=tmp_path,
        )
