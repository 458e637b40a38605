"""The loop over recordings: a batch of frames at a time, whatever the model, however long the clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.inference.inputs.recording import Recording
from lapa.inference.predictors.predictor import Predictor
from lapa.inference.result import Arrays, Prediction, RecordingPrediction


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What was looked at and said just now; pictures are gone after it."""

    recording: Recording
    frames: NDArray[np.int64]
    pictures: NDArray[np.uint8]
    """``uint8 (frame, height, width, 3)``: what the model saw."""
    arrays: Arrays


def predict(
    predictor: Predictor,
    recordings: Sequence[Recording],
    *,
    batch_size: int = 32,
    every: int = 1,
    on_batch: Callable[[Batch], None] = lambda batch: None,
) -> Prediction:
    """Ask a model about recordings.

    Args:
        predictor: the model.
        recordings: what it looks at; all are checked before the first frame is decoded.
        batch_size: frames at once; no more pictures are ever in memory (of a quantiser's pairs twice as many).
        every: look at every so many frames.
        on_batch: sees every batch, e.g. to draw it.

    Raises:
        RefusedError: a recording lacks what the model needs.
    """
    chosen = [predictor.frames_of(recording, every) for recording in recordings]
    return Prediction(
        facts=predictor.facts(),
        recordings=tuple(
            _of_recording(predictor, recording, frames, batch_size, on_batch)
            for recording, frames in zip(recordings, chosen, strict=True)
        ),
    )


def _of_recording(
    predictor: Predictor,
    recording: Recording,
    frames: NDArray[np.int64],
    batch_size: int,
    on_batch: Callable[[Batch], None],
) -> RecordingPrediction:
    batches: list[Arrays] = []
    for first in range(0, len(frames), batch_size):
        numbers = frames[first : first + batch_size]
        pictures, said = predictor.predict(recording, numbers)
        arrays = {**said, **predictor.known(recording, numbers)}
        on_batch(Batch(recording=recording, frames=numbers, pictures=pictures, arrays=arrays))
        batches.append(arrays)
    return RecordingPrediction(
        name=recording.name,
        instruction=recording.instruction,
        control_hz=recording.fps,
        frames=frames,
        arrays={name: np.concatenate([one[name] for one in batches]) for name in batches[0]},
        facts=predictor.facts_of(recording),
    )
