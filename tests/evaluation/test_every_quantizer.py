"""Every quantiser goes through the whole evaluation, the continuous one included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.evaluation.codes.bottleneck import given_vectors
from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.finding import find, read_findings
from lapa.evaluation.report.laq_page import write_laq_page
from lapa.models.laq import LatentActionQuantizer
from lapa.params.evaluation import EvaluationParams
from lapa.params.ingestion import SplitParams
from lapa.params.laq.model import LaqModelParams
from lapa.records import EvaluationReport, ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

PARAMS = EvaluationParams()
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")

DISCRETE: dict[str, dict[str, Any]] = {
    "nsvq": {},
    "vq_ema": {},
    "fsq": {"levels": (2, 2)},
    "residual_vq": {},
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    episodes = moving_square_episodes(14, size=16)
    folder = tmp_path_factory.mktemp("squares")
    return tiny_shard_set(folder, episodes=episodes, size=16, split=SplitParams(val_fraction=0.5))


def _names(report: EvaluationReport, arm: str = "laq") -> set[str]:
    return {metric.name for metric in report.metrics[arm]}


@pytest.mark.parametrize("quantizer", DISCRETE)
def test_discrete_codes_are_measured_and_probed(
    shards: ShardSet, quantizer: str, measure_laq: Callable[..., EvaluationReport]
) -> None:
    report = measure_laq(shards, quantizer={"kind": quantizer, **DISCRETE[quantizer]})
    measured = {"use of codes", "histogram of code sequences", "embedding of the latent vectors"}
    measured |= {"mutual information of codes and actions", "codes in the state space"}
    assert not measured & set(report.not_measured)
    assert "the simulator draws tabletop-gripper-front" in report.not_measured["distractors"]
    assert "latent transfer to another dataset" in report.not_measured
    for arm in ("laq", "random_laq"):
        assert {"psnr_gain_over_copy", "code_dependence", "codebook_utilization"} <= _names(
            report, arm
        )
        assert "probe/linear/codes/dx" in _names(report, arm)


def test_continuous_latents_are_measured_by_their_vectors(
    shards: ShardSet, tmp_path: Path, measure_laq: Callable[..., EvaluationReport]
) -> None:
    report = measure_laq(shards, quantizer={"kind": "none"}, plots=True)
    reason = "the latents are continuous: there are no codes to count"
    assert report.not_measured["use of codes"] == reason
    assert report.not_measured["mutual information of codes and actions"] == reason
    assert {"psnr_gain_over_copy", "psnr_gain_constant", "code_dependence"} <= _names(report)
    assert {"probe/linear/pre_quantized/dx", "probe/mlp/shuffled_labels/dx"} <= _names(report)
    assert not any("/codes/" in name for name in _names(report))
    assert find(read_findings(report), "use of codes") is None
    assert {"reconstructions.png", "probes.png"} <= set(report.plots)
    page = write_laq_page(laq=report, shards=shards, params=PARAMS, out=tmp_path / "page")
    text = Path(page.path, "report.html").read_text()
    assert "vectors" in text
    assert f"not measured, because {reason}" in text


def test_the_constant_of_continuous_latents_is_their_mean() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 2, 4)).astype(np.float32)
    samples = LatentSamples(
        codes=None, vectors=vectors, pre_quantized=vectors.reshape(20, 8), codebook_size=1
    )
    config = LaqModelParams(
        image_size=16, patch_size=2, dim=16, heads=2, head_dim=8, quantizer={"kind": "none"}
    )
    given = given_vectors(LatentActionQuantizer(config), samples, seed=0)
    assert np.allclose(given["constant"], vectors.mean(axis=0))
    assert sorted(given["shuffled"][:, 0, 0]) == sorted(vectors[:, 0, 0])
    assert not (given["shuffled"] == vectors).all(axis=(1, 2)).any()
