"""Files say what was predicted, exactly, and can be read without this package and without pickle."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lapa.inference.result import Prediction, RecordingPrediction
from lapa.inference.writers.json_text import to_json
from lapa.inference.writers.npz_file import write_npz

ACTIONS = np.random.default_rng(0).normal(size=(3, 2, 2)).astype(np.float32)


@pytest.fixture
def prediction() -> Prediction:
    first = RecordingPrediction(
        name="robot/a",
        instruction="push",
        control_hz=5.0,
        frames=np.array([0, 4]),
        arrays={"actions": ACTIONS[:2], "true_actions": ACTIONS[:2, 0]},
        facts={"horizon_frames": 3},
    )
    second = RecordingPrediction(
        name="b.png",
        instruction=None,
        control_hz=None,
        frames=np.array([0]),
        arrays={"actions": ACTIONS[2:]},
    )
    return Prediction(facts={"chunk": 2}, recordings=(first, second))


def test_json_keeps_every_bit_of_a_float32(prediction: Prediction) -> None:
    content = json.loads(to_json(prediction))
    assert content["format"] == "lapa.prediction/1"
    assert content["chunk"] == 2
    first, second = content["recordings"]
    np.testing.assert_array_equal(np.array(first["actions"], np.float32), ACTIONS[:2])
    assert len(str(first["actions"][0][0][0]).lstrip("-")) < 13
    assert (first["frames"], first["horizon_frames"]) == ([0, 4], 3)
    assert (second["control_hz"], second["instruction"]) == (None, None)
    assert "true_actions" not in second


def test_npz_joins_recordings_and_marks_what_nobody_knows(
    prediction: Prediction, tmp_path: Path
) -> None:
    write_npz(tmp_path / "p.npz", prediction)
    assert [path.name for path in tmp_path.iterdir()] == ["p.npz"]
    with np.load(tmp_path / "p.npz", allow_pickle=False) as content:
        np.testing.assert_array_equal(content["actions"], ACTIONS)
        np.testing.assert_array_equal(content["recording"], [0, 0, 1])
        np.testing.assert_array_equal(content["frame"], [0, 4, 0])
        np.testing.assert_array_equal(content["true_actions"][:2], ACTIONS[:2, 0])
        assert np.isnan(content["true_actions"][2]).all()
        assert content["name"].tolist() == ["robot/a", "b.png"]
        np.testing.assert_array_equal(content["control_hz"], [5.0, np.nan])
        assert json.loads(str(content["facts"]))["chunk"] == 2
