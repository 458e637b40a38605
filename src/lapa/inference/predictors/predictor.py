"""What every kind of model offers to whoever wants its predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lapa.inference.inputs.recording import Recording
from lapa.inference.result import Arrays
from lapa.models.storage import WEIGHTS
from lapa.params.ingestion import IngestionParams
from lapa.records import RECORD, Checkpoint, FrameCodec, digest_of_file
from lapa.refused import RefusedError

SHARDS: Final = "shard set named by --frames-like"
Frames = NDArray[np.int64]
"""``(frame,)``: numbers of frames of a recording."""


class Predictor(ABC):
    """A model with everything that is needed to show it a recording."""

    codec: FrameCodec
    """What every frame goes through before the model sees it."""
    codec_from: str
    """Who says so, for the reader of its predictions."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What a reader of its predictions must know, JSON-able."""

    def frame_facts(self) -> dict[str, Any]:
        """How raw frames are prepared, and who says so."""
        return {**self.codec.model_dump(), "from": self.codec_from}

    def frames_of(self, recording: Recording, every: int) -> Frames:
        """Every ``every``-th frame that it can say something about.

        Raises:
            RefusedError: the recording lacks what the model needs.
        """
        return np.arange(0, recording.num_frames, every)

    @abstractmethod
    def predict(self, recording: Recording, frames: Frames) -> tuple[NDArray[np.uint8], Arrays]:
        """Look at some frames at once.

        Returns:
            Pictures of the frames, ``uint8 (frame, height, width, 3)``, and what is said of them.
        """

    def known(self, recording: Recording, frames: Frames) -> Arrays:
        """What is known to be true of these frames, to stand beside the predictions."""
        return {}

    def facts_of(self, recording: Recording) -> Mapping[str, Any]:
        """What is particular to one recording, JSON-able."""
        return {}


def model_facts(folder: Path, kind: str) -> dict[str, Any]:
    """Which model it is: kind, folder, SHA-256 of its weights, and the step of training if it is recorded."""
    if (folder / RECORD).is_file():
        record = Checkpoint.read(folder)
        return {"kind": kind, "folder": str(folder), "sha256": record.digest, "step": record.step}
    digest = digest_of_file(folder / WEIGHTS)
    return {"kind": kind, "folder": str(folder), "sha256": digest, "step": None}


def codec_like(image_size: int, folder: Path, like: FrameCodec | None) -> tuple[FrameCodec, str]:
    """How to prepare raw frames for a model that does not carry the codec of its training pictures.

    Args:
        image_size: side of the model's pictures, pixels.
        folder: of the model; its record may say how frames become square.
        like: of the shards it was trained on, where they are at hand; None assumes the defaults of ingestion.

    Returns:
        The codec, and who says so.

    Raises:
        RefusedError: ``like`` has another size.
    """
    if like is None:
        codec = IngestionParams(image_size=image_size, max_horizon_s=1.0).codec
        resize = Checkpoint.read(folder).resize if (folder / RECORD).is_file() else None
        return codec.model_copy(update={"resize": resize or codec.resize}), "defaults of ingestion"
    if like.image_size != image_size:
        raise RefusedError(
            f"{folder} takes pictures of {image_size} pixels, those of --frames-like have "
            f"{like.image_size}; expected the shard set that it was trained on"
        )
    return like, SHARDS


def require_instruction(recording: Recording) -> str:
    """The instruction of a recording.

    Raises:
        RefusedError: it has none, and none was given.
    """
    if recording.instruction is None:
        raise RefusedError(
            f"{recording.name} comes without an instruction, and this model acts by one; expected "
            '--instruction "what to do"'
        )
    return recording.instruction
