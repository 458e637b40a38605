"""Only files that a model can fill are begun; a strip shows the pairs it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lapa.inference.inputs.open_input import Selection, open_input
from lapa.inference.predict import predict
from lapa.inference.predictors.load import load_predictor
from lapa.inference.predictors.quantizer import QuantizerPredictor
from lapa.inference.writers.outputs import Outputs
from lapa.inference.writers.picture_strip import draw_strip
from lapa.refused import RefusedError
from toys.three_models import ThreeModels


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (Outputs(files=(Path("a.csv"),)), "expected a file that ends in .json or .npz"),
        (Outputs(overlay=Path("a.gif")), "expected a file that ends in .mp4"),
        (
            Outputs(overlay=Path("a.mp4")),
            "--overlay: found a model of kind 'laq', expected a policy",
        ),
        (Outputs(strip=Path("a.jpg")), "expected a file that ends in .png"),
    ],
)
def test_what_cannot_be_filled_is_refused(
    models: ThreeModels, outputs: Outputs, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        outputs.require_fit(load_predictor(models.laq))


def test_a_strip_is_for_quantisers(models: ThreeModels) -> None:
    with pytest.raises(RefusedError, match="--strip: found a model of kind 'policy'"):
        Outputs(strip=Path("a.png")).require_fit(load_predictor(models.policy))


def test_a_strip_shows_frame_future_and_decoded_future(models: ThreeModels) -> None:
    predictor = load_predictor(models.laq)
    assert isinstance(predictor, QuantizerPredictor)
    recordings = open_input((Path(models.shards.path),), Selection())
    prediction = predict(predictor, recordings)
    strip = np.asarray(draw_strip(predictor, recordings, prediction, most=3))
    side, gap, head, row = 160, 6, 22, 160 + 16 + 6
    assert strip.shape == (head + 3 * row, 3 * (side + gap), 3)
    pairs = predictor.pairs(recordings[0], np.array([0, 5, 10]))
    expected = np.concatenate([pairs, predictor.decode(pairs)[:, None]], axis=1)
    for number in range(3):
        for place in range(3):
            top, left = head + number * row, place * (side + gap)
            shown = strip[top + 2 : top + side : 5, left + 2 : left + side : 5]
            np.testing.assert_array_equal(shown, expected[number, place])


def test_all_files_are_written_into_folders_that_are_made(
    models: ThreeModels, tmp_path: Path
) -> None:
    predictor = load_predictor(models.laq)
    recordings = open_input((Path(models.shards.path),), Selection())
    folder = tmp_path / "new" / "folder"
    outputs = Outputs(files=(folder / "a.json", folder / "a.npz"), strip=folder / "a.png")
    with outputs.drawing(predictor, recordings, every=1) as draw:
        prediction = predict(predictor, recordings, on_batch=draw)
    outputs.write(predictor, recordings, prediction)
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "a.npz", "a.png"]
    assert Image.open(folder / "a.png").size[0] == 498
