"""A vision-language model: the latent action that it expects, with probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lapa.inference.inputs.recording import Recording
from lapa.inference.predictors.predictor import (
    Frames,
    Predictor,
    codec_like,
    model_facts,
    require_instruction,
)
from lapa.inference.result import Arrays
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.storage import load_foundation
from lapa.models.storage import read_config
from lapa.params.foundation.model import FoundationModelParams
from lapa.records import FrameCodec
from lapa.refused import RefusedError


class FoundationPredictor(Predictor):
    """Frame and instruction to ``codes (frame, code)`` and ``probabilities (frame, code, codebook)``."""

    def __init__(
        self, folder: Path, *, device: torch.device, frames_like: FrameCodec | None = None
    ) -> None:
        self._folder, self._device = folder, device
        # a backend scales pictures of any size, so that of the shards may be another than its own
        size = _image_size(folder) if frames_like is None else frames_like.image_size
        self.codec, self.codec_from = codec_like(size, folder, frames_like)
        self.model = load_foundation(folder).to(device)

    def facts(self) -> dict[str, Any]:
        """Model, codes per latent action (S) and entries of the codebook (K)."""
        return {
            "model": model_facts(self._folder, "foundation"),
            "frames": self.frame_facts(),
            "code_seq_len": self.model.code_seq_len,
            "codebook_size": self.model.codebook_size,
        }

    def frames_of(self, recording: Recording, every: int) -> Frames:
        """All frames; refuses recordings without instruction."""
        require_instruction(recording)
        return super().frames_of(recording, every)

    def predict(self, recording: Recording, frames: Frames) -> tuple[NDArray[np.uint8], Arrays]:
        """Most likely codes, and the distribution that each was chosen from."""
        pictures = recording.pictures(frames.tolist(), self.codec)
        instructions = [require_instruction(recording)] * len(frames)
        images = torch.from_numpy(pictures).to(self._device)
        codes, probabilities = code_probabilities(self.model, images, instructions)
        return pictures, {
            "codes": codes.cpu().numpy(),
            "probabilities": probabilities.cpu().numpy(),
        }


def _image_size(folder: Path) -> int:
    backend = read_config(folder, FoundationModelParams).backend
    size = getattr(backend, "image_size", None)
    if size is None:
        raise RefusedError(
            f"{folder}: backend {backend.kind!r} does not say the size of the pictures it was trained "
            "on; expected --frames-like with the shard set it was trained on"
        )
    return int(size)


@torch.no_grad()
def code_probabilities(
    model: LatentPolicy, images: Tensor, instructions: list[str]
) -> tuple[Tensor, Tensor]:
    """The most likely codes and their distributions, of any backend.

    A backend that writes its codes in turn is asked again with the codes it wrote, so that each distribution
    is the one that its code was chosen from: ``p(code i | codes before i)``.

    Args:
        model: in evaluation mode.
        images: ``uint8 (batch, height, width, 3)``.
        instructions: one per image.

    Returns:
        ``int64 (batch, code)`` and ``float32 (batch, code, codebook)``, whose last axis sums to 1.
    """
    codes = model.predict_codes(images, instructions)
    numbers = torch.arange(len(images), device=images.device)
    asked = model.loss(
        {
            "frames": images,
            "instructions": instructions,
            "latent_codes": codes,
            "sample_id": numbers,
        }
    )
    return codes, asked.logits.float().softmax(dim=-1)
