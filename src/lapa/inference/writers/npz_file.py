"""Predictions as NPZ: arrays over all frames, names and facts, and no pickle inside."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.inference.result import FORMAT, Prediction


def write_npz(path: Path, prediction: Prediction) -> None:
    """Write every array over the frames of all recordings, whole or not at all.

    ``recording int64 (frame,)`` and ``frame int64 (frame,)`` say where a row comes from; ``name``,
    ``instruction`` and ``control_hz`` have one entry per recording (NaN: no rate is known); ``facts`` is the
    model's part of the JSON. What is known of some recordings only (true actions) is NaN elsewhere.
    """
    of_recordings = prediction.recordings
    lengths = [len(recording.frames) for recording in of_recordings]
    rates = [recording.control_hz or np.nan for recording in of_recordings]
    partial = path.with_name(f".{path.name}.partial.npz")
    np.savez_compressed(
        partial,
        allow_pickle=False,
        facts=np.array(json.dumps({"format": FORMAT, **prediction.facts})),
        name=np.array([recording.name for recording in of_recordings]),
        instruction=np.array([recording.instruction or "" for recording in of_recordings]),
        control_hz=np.array(rates, dtype=np.float64),
        recording=np.repeat(np.arange(len(lengths)), lengths),
        frame=np.concatenate([recording.frames for recording in of_recordings]),
        **_joined(prediction),
    )
    partial.replace(path)


def _joined(prediction: Prediction) -> dict[str, NDArray[np.generic]]:
    shapes = {
        name: array
        for recording in prediction.recordings
        for name, array in recording.arrays.items()
    }
    return {
        name: np.concatenate(
            [
                recording.arrays.get(name, _unknown(len(recording.frames), like))
                for recording in prediction.recordings
            ]
        )
        for name, like in shapes.items()
    }


def _unknown(count: int, like: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.full((count, *like.shape[1:]), np.nan, dtype=np.float32)
