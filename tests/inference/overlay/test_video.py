"""The overlay has a frame for every frame, plays everywhere, and is whole or not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lapa.data.media.video_decode import VideoReader
from lapa.inference.inputs.open_input import Selection, open_input
from lapa.inference.overlay.bars import TRUE
from lapa.inference.overlay.canvas import canvas_size, draw_canvas
from lapa.inference.overlay.video import OverlayVideo
from lapa.inference.predict import Batch, predict
from lapa.inference.predictors.policy import PolicyPredictor
from toys.three_models import ThreeModels


def test_every_frame_is_in_the_video(models: ThreeModels, tmp_path: Path) -> None:
    recordings = open_input((Path(models.shards.path),), Selection())
    predictor = PolicyPredictor(models.policy, device=torch.device("cpu"))
    file = tmp_path / "overlay.mp4"
    dimensions = predictor.facts()["dimensions"]
    with OverlayVideo(file, dimensions, fps=10) as video:
        predict(predictor, recordings, batch_size=5, on_batch=video.add)
        assert not file.exists()
    with VideoReader(file) as reader:
        assert reader.num_frames == 12
        assert reader.fps == pytest.approx(10)
        assert (reader.height, reader.width) == canvas_size(32, 2)
        shown = reader.frames([0])[0]
    picture = recordings[0].pictures([0], predictor.codec)[0]
    left = shown[46:366:10, 0:320:10].astype(int)
    assert np.abs(left - picture).mean() < 6
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_leaves_no_file(models: ThreeModels, tmp_path: Path) -> None:
    recordings = open_input((Path(models.shards.path),), Selection())
    predictor = PolicyPredictor(models.policy, device=torch.device("cpu"))

    def fail(batch: Batch) -> None:
        video.add(batch)
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        OverlayVideo(tmp_path / "a.mp4", predictor.facts()["dimensions"], fps=None) as video,
    ):
        predict(predictor, recordings, on_batch=fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("side", "dimensions"), [(33, 1), (64, 26), (700, 3)])
def test_sizes_are_even_and_hold_everything(side: int, dimensions: int) -> None:
    height, width = canvas_size(side, dimensions)
    assert height % 2 == width % 2 == 0
    described = [{"name": "a", "unit": None, "low": -1.0, "high": 1.0}] * dimensions
    action = np.full(dimensions, 0.5, np.float32)
    picture = np.full((side, side, 3), 99, np.uint8)
    canvas = draw_canvas(picture, ("clip, frame 0", "push"), described, action, action)
    assert canvas.shape == (height, width, 3)
    assert (canvas == 99).all(axis=-1).sum() >= side * side
    true = (canvas == TRUE).all(axis=-1).any(axis=1).nonzero()[0]
    assert true.max() > height_of_last_row(dimensions)


def height_of_last_row(dimensions: int) -> int:
    return 46 + 44 * (dimensions - 1)
