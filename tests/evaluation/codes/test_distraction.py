"""Nuisances on the tabletop, seen by toy encoders: one reads the action, one the colour of the background."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lapa.evaluation.codes.distracted_scenes import (
    CLEAN,
    KINDS,
    NOISE,
    Nuisance,
    ScenePairs,
    nuisances,
    play_scenes,
)
from lapa.evaluation.codes.distraction import Distraction, measure_distraction, probe_losses
from lapa.evaluation.codes.distraction_scores import distraction_metrics, distraction_scores
from lapa.evaluation.codes.scene_latents import SceneLatents
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.params.distraction import DistractionParams
from lapa.params.envs import TabletopParams
from lapa.params.evaluation import ProbeParams
from lapa.records import FrameCodec

PARAMS = DistractionParams(num_scenes=8, pairs_per_scene=4, strengths=(0.5, 1.0))
BINS = np.linspace(-1, 1, 9)[1:-1]
Played = dict[Nuisance, ScenePairs]


@pytest.fixture(scope="module")
def played() -> Played:
    codec = FrameCodec(image_size=16, resize="crop", jpeg_quality=95, jpeg_subsampling="444")
    return {
        nuisance: play_scenes(
            nuisance,
            simulator=TabletopParams(image_size=16),
            tasks=("reach", "lift"),
            params=PARAMS,
            codec=codec,
            offset=1,
        )
        for nuisance in nuisances(PARAMS.strengths)
    }


def test_nuisances_change_the_picture_and_nothing_else(played: Played) -> None:
    clean = played[Nuisance(kind=CLEAN)]
    assert clean.frames.shape == (32, 2, 16, 16, 3)
    changes = {}
    for nuisance, pairs in played.items():
        np.testing.assert_array_equal(pairs.actions, clean.actions)
        changes[nuisance] = np.abs(pairs.frames.astype(float) - clean.frames).mean()
    for kind in KINDS:
        half, full = (changes[Nuisance(kind=kind, strength=s)] for s in PARAMS.strengths)
        assert 0 < half < full
    assert changes[Nuisance(kind=NOISE)] > 0


def _latents(codes: NDArray[np.int64]) -> SceneLatents:
    return SceneLatents(codes=codes, pre_quantized=codes.astype(np.float32), codebook_size=8)


def _of_action(pairs: ScenePairs) -> SceneLatents:
    return _latents(np.digitize(pairs.actions[:, :2], BINS))


def _of_background(pairs: ScenePairs) -> SceneLatents:
    """How bright red and blue are at the top of frame t+H, in steps of 5 grey levels from 35 on."""
    top = pairs.frames[:, 1, :2].mean(axis=(1, 2))[:, [0, 2]]
    return _latents(np.clip((top - 35) // 5, 0, 7).astype(np.int64))


def _measured(played: Played, encode: object) -> list[Distraction]:
    assert callable(encode)
    latents = {nuisance: encode(pairs) for nuisance, pairs in played.items()}
    clean = played[Nuisance(kind=CLEAN)]
    rng = np.random.default_rng(0)
    values = np.clip(rng.normal(scale=0.6, size=(400, 4)), -1, 1).astype(np.float32)
    actions = TrueActions(values=values[:, :2], names=("dx", "dy"))
    fitted = _latents(np.digitize(values[:, :2], BINS)).probed
    losses = probe_losses(fitted, actions, latents, clean.actions[:, :2], ProbeParams())
    return measure_distraction(latents, clean.scene, losses, resamples=50, seed=0)


def test_codes_of_the_action_do_not_flip_and_stay_readable(played: Played) -> None:
    measured = _measured(played, _of_action)
    for one in measured:
        assert one.flips is not None
        assert one.flips.value == 0
        assert one.drop is not None
        assert one.drop.value == 0
        assert one.r2 is not None
        assert one.r2.value > 0.9
    verdicts = {s.verdict for s in distraction_scores({"laq": measured}, n=8)}
    assert verdicts == {"passes"}


def test_codes_of_the_background_are_caught(played: Played) -> None:
    own, background = _measured(played, _of_action), _measured(played, _of_background)
    flips = {one.nuisance: one.flips.value for one in background if one.flips is not None}
    assert flips[Nuisance(kind="color_shift", strength=1.0)] > 0.4
    assert flips[Nuisance(kind=NOISE)] < flips[Nuisance(kind="color_shift", strength=0.5)]
    scores = distraction_scores({"laq": background, "random_laq": own}, n=8)
    worse = {s.metric.name: s.verdict for s in scores}
    assert worse["distractor_flips/color_shift"] == "fails"
    assert worse["distractor_r2/color_shift"] == "fails"


def test_vectors_without_codes_have_no_flips_but_a_probe(played: Played) -> None:
    latents = {
        nuisance: SceneLatents(codes=None, pre_quantized=pairs.actions, codebook_size=0)
        for nuisance, pairs in played.items()
    }
    clean = played[Nuisance(kind=CLEAN)]
    actions = TrueActions(values=clean.actions, names=("dx", "dy", "dz", "suction"))
    losses = probe_losses(clean.actions, actions, latents, clean.actions, ProbeParams())
    measured = measure_distraction(latents, clean.scene, losses, resamples=20, seed=0)
    names = {metric.name for metric in distraction_metrics(measured, n=8)}
    assert "distractor_r2/camera_shake" in names
    assert not any("flips" in name for name in names)
