"""Predictions as JSON: readable by anything, every float32 with the digits that tell it apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.inference.result import FORMAT, Prediction, RecordingPrediction


def to_json(prediction: Prediction) -> str:
    """One object: the model's facts, then ``recordings``, each with its frames and arrays as nested lists.

    Every field has a line of its own, and no array is broken into lines.
    """
    recordings = [_object(_recording(one), indent=4) for one in prediction.recordings]
    listed = ",\n".join(f"    {text}" for text in recordings)
    facts = _object({"format": FORMAT, **prediction.facts}, indent=0)
    return facts.removesuffix("\n}") + f',\n  "recordings": [\n{listed}\n  ]\n}}\n'


def _object(fields: Mapping[str, Any], *, indent: int) -> str:
    lines = [
        f"{' ' * (indent + 2)}{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for name, value in fields.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"


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
