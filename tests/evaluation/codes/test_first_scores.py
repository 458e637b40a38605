"""Scores of use and of probes: what they are held against, and what follows."""

from __future__ import annotations

import numpy as np

from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.codes.probe_scores import probe_scores
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.codes.usage_metrics import usage_of
from lapa.evaluation.codes.usage_score import usage_score
from lapa.evaluation.sections.reconstruction import reconstruction_scores
from lapa.evaluation.statistics.episode_bootstrap import Interval
from lapa.records import Metric


def samples(codes: np.ndarray) -> LatentSamples:
    nothing = np.zeros((len(codes), 2), np.float32)
    return LatentSamples(codes=codes, vectors=nothing, pre_quantized=nothing, codebook_size=8)


def test_use_of_codes_is_the_perplexity_of_the_table_with_an_interval() -> None:
    codes = np.random.default_rng(0).integers(5, size=(200, 2))
    score = usage_score(samples(codes), np.repeat(np.arange(20), 10), resamples=50, seed=0)
    named = {metric.name: metric.value for metric in usage_of(samples(codes))}
    assert np.isclose(score.metric.value, named["perplexity"])
    assert score.verdict == "passes"
    collapsed = samples(np.zeros((200, 2), np.int64))
    dead = usage_score(collapsed, np.repeat(np.arange(20), 10), resamples=50, seed=0)
    assert (dead.metric.value, dead.verdict) == (1.0, "unclear")


def probe(inputs: str, low: float, high: float, dimension: str = "dx") -> ProbeScore:
    interval = Interval(value=(low + high) / 2, low=low, high=high)
    return ProbeScore(
        inputs=inputs, kind="linear", dimension=dimension, interval=interval, episodes=9, samples=90
    )


def test_a_probe_is_held_against_the_best_of_its_controls() -> None:
    probes = [
        probe("codes", 0.5, 0.6),
        probe("state", 0.1, 0.55),
        probe("random_codes", 0.3, 0.4),
        probe("codes", 0.2, 0.3, "dy"),
        probe("state", -0.2, -0.1, "dy"),
    ]
    dx, dy = probe_scores(probes, reads="codes")
    assert dx.control_is == "best control: the state alone"
    assert dx.verdict == "unclear"
    assert dx.metric.name == "probe/linear/codes/dx"
    assert dy.control_is == "best control: the mean action"
    assert dy.verdict == "passes"


def test_reconstruction_is_held_against_copying_and_ignoring() -> None:
    gain = Metric(name="psnr_gain_over_copy", value=1.0, low=0.5, high=1.5)
    cost = Metric(name="code_dependence", value=0.01, low=0.0, high=0.05)
    trained = {metric.name: metric for metric in (gain, cost)}
    first, second = reconstruction_scores(trained, latents="codes")
    assert (first.verdict, second.verdict) == ("passes", "fails")
    assert "the decoder ignores the codes" in second.control_is
