"""Predictions as JSON: readable by anything, every float32 with the digits that tell it apart."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.inference.result import FORMAT, Prediction, RecordingPrediction


def to_json(prediction: Prediction) -> str:
    """One object: the model's facts, then ``recordings``, each with its frames and arrays as nested lists."""
    recordings = [_recording(recording) for recording in prediction.recordings]
    content = {"format": FORMAT, **prediction.facts, "recordings": recordings}
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"


def _recording(recording: RecordingPrediction) -> dict[str, Any]:
    return {
        "name": recording.name,
        "instruction": recording.instruction,
        "control_hz": recording.control_hz,
        **recording.facts,
        "frames": recording.frames.tolist(),
        **{name: _lists(array) for name, array in recording.arrays.items()},
    }


def _lists(array: NDArray[Any]) -> Any:
    """Nested lists; a float32 becomes the shortest number that is read back as the same one."""
    if array.dtype == np.float32:
        shortest = [float(str(value)) for value in array.ravel()]
        return np.array(shortest, dtype=np.float64).reshape(array.shape).tolist()
    return array.tolist()
