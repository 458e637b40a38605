"""Codes of pairs are those of labelling; the decoded future is the decoder's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lapa.data.loading.pairs import open_pairs
from lapa.inference.inputs.open_input import Selection, open_input
from lapa.inference.inputs.recording import Recording
from lapa.inference.predict import predict
from lapa.inference.predictors.quantizer import QuantizerPredictor
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.models.layers.pixels import to_bytes, to_float
from lapa.records import FrameCodec, PairSpec
from lapa.refused import RefusedError
from toys.three_models import ThreeModels
from toys.world import untrained_laq

CPU = torch.device("cpu")


def recordings_of(models: ThreeModels) -> list[Recording]:
    return open_input((Path(models.shards.path),), Selection(max_episodes=None))


@pytest.mark.parametrize("horizon_s", [None, 0.3])
def test_codes_are_those_of_labelling(models: ThreeModels, horizon_s: float | None) -> None:
    predictor = QuantizerPredictor(models.laq, device=CPU, horizon_s=horizon_s)
    said = predict(predictor, recordings_of(models), batch_size=5).recordings
    pairs = open_pairs(models.shards, "val", PairSpec(horizon_s=horizon_s or 0.1))
    frames = np.stack([pairs[i]["frames"] for i in range(len(pairs))])
    expected = FrozenQuantizer(folder=models.laq, device=CPU).codes(torch.from_numpy(frames))
    np.testing.assert_array_equal(np.concatenate([one.arrays["codes"] for one in said]), expected)
    assert said[0].facts == {"horizon_frames": 3 if horizon_s else 1}
    assert len(said[0].frames) == 12 - said[0].facts["horizon_frames"]


def test_the_decoded_future_is_drawn_from_frame_and_codes(models: ThreeModels) -> None:
    predictor = QuantizerPredictor(models.laq, device=CPU)
    pairs = predictor.pairs(recordings_of(models)[0], np.array([0, 4, 7]))
    with torch.no_grad():
        first = to_float(torch.from_numpy(pairs[:, 0]))
        codes = FrozenQuantizer(folder=models.laq, device=CPU).codes(torch.from_numpy(pairs))
        expected = to_bytes(predictor.model.decode(first, codes)).numpy()
    difference = predictor.decode(pairs).astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_two_pictures_are_a_pair(models: ThreeModels) -> None:
    pictures = replace(recordings_of(models)[0], num_frames=2, fps=None)
    (said,) = predict(QuantizerPredictor(models.laq, device=CPU), [pictures]).recordings
    assert said.arrays["codes"].shape == (1, 2)
    with pytest.raises(
        RefusedError, match="found 1 frames, expected more than the 1 of the horizon"
    ):
        predict(QuantizerPredictor(models.laq, device=CPU), [replace(pictures, num_frames=1)])


def test_an_unknown_horizon_is_asked_for(models: ThreeModels, tmp_path: Path) -> None:
    untrained_laq(tmp_path, models.shards, 0)
    with pytest.raises(RefusedError, match="clip of 10 Hz; expected --horizon-s"):
        predict(QuantizerPredictor(tmp_path, device=CPU), recordings_of(models))


def test_frames_of_another_size_are_refused(models: ThreeModels) -> None:
    with pytest.raises(RefusedError, match=r"takes pictures of 32 pixels, .* have 64"):
        QuantizerPredictor(models.laq, device=CPU, frames_like=FrameCodec(image_size=64))


def test_without_a_codebook_the_vectors_are_given(models: ThreeModels, tmp_path: Path) -> None:
    untrained_laq(tmp_path, models.shards, 0, quantizer={"kind": "none"}, codebook_size=1)
    predictor = QuantizerPredictor(tmp_path, device=CPU, horizon_s=0.1)
    recordings = recordings_of(models)[:1]
    (said,) = predict(predictor, recordings, batch_size=4).recordings
    assert said.arrays["vectors"].shape == (11, 2, 4)
    assert said.arrays["vectors"].std() > 0
