"""A latent action quantiser: the codes of what happens within H, and the future it draws from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.inference.inputs.recording import Recording
from lapa.inference.predictors.predictor import Frames, Predictor, codec_like, model_facts
from lapa.inference.result import Arrays
from lapa.models.laq import load_laq
from lapa.models.layers.pixels import to_bytes, to_frames
from lapa.records import RECORD, Checkpoint, FrameCodec, PairSpec
from lapa.refused import RefusedError


class QuantizerPredictor(Predictor):
    """Frames t and t+H to ``codes (frame, code)``; `decode` draws t+H from frame t and the codes."""

    def __init__(
        self,
        folder: Path,
        *,
        device: torch.device,
        frames_like: FrameCodec | None = None,
        horizon_s: float | None = None,
    ) -> None:
        self._folder, self._device = folder, device
        self.model = load_laq(folder).to(device)
        size = self.model.config.image_size
        self.codec, self.codec_from = codec_like(size, folder, frames_like)
        if horizon_s is None and (folder / RECORD).is_file():
            horizon_s = Checkpoint.read(folder).pair_spec.horizon_s
        self._pairs = None if horizon_s is None else PairSpec(horizon_s=horizon_s)

    def facts(self) -> dict[str, Any]:
        """Model, horizon, codes per pair (S) and entries of the codebook (K)."""
        config = self.model.config
        return {
            "model": model_facts(self._folder, "laq"),
            "frames": self.frame_facts(),
            "horizon_s": None if self._pairs is None else self._pairs.horizon_s,
            "code_seq_len": config.code_seq_len,
            "codebook_size": config.codebook_size,
        }

    def offset(self, recording: Recording) -> int:
        """H in frames; pictures without a rate are H apart, so that two of them are a pair.

        Raises:
            RefusedError: nobody knows the horizon.
        """
        if recording.fps is None:
            return 1
        if self._pairs is None:
            raise RefusedError(
                f"{self._folder} has no record that says its horizon, and {recording.name} is a clip of "
                f"{recording.fps:g} Hz; expected --horizon-s"
            )
        return self._pairs.frame_offset(recording.fps)

    def frames_of(self, recording: Recording, every: int) -> Frames:
        """Every frame t whose t+H lies inside the recording.

        Raises:
            RefusedError: there is none.
        """
        offset = self.offset(recording)
        if recording.num_frames <= offset:
            raise RefusedError(
                f"{recording.name}: found {recording.num_frames} frames, expected more than the {offset} of "
                "the horizon: a pair is frame t and frame t+H"
            )
        return np.arange(0, recording.num_frames - offset, every)

    def facts_of(self, recording: Recording) -> Mapping[str, Any]:
        """The horizon in frames of this recording."""
        return {"horizon_frames": self.offset(recording)}

    def pairs(self, recording: Recording, frames: Frames) -> NDArray[np.uint8]:
        """Frames t and t+H, ``uint8 (frame, 2, height, width, 3)``; each is read once, in order."""
        wanted = np.stack([frames, frames + self.offset(recording)], axis=1)
        numbers, places = np.unique(wanted, return_inverse=True)
        pictures = recording.pictures(numbers.tolist(), self.codec)
        return pictures[places.reshape(wanted.shape)]

    @torch.no_grad()
    def predict(self, recording: Recording, frames: Frames) -> tuple[NDArray[np.uint8], Arrays]:
        """``codes int64 (frame, code)``; of a quantiser without codebook the vectors say it."""
        pairs = self.pairs(recording, frames)
        pixels = to_frames(torch.from_numpy(pairs).to(self._device))
        arrays = {"codes": self.model.codes(pixels).cpu().numpy()}
        if self.model.quantizer.codebook_size == 1:
            arrays["vectors"] = self.model.pre_quant(pixels).cpu().numpy()
        return pairs[:, 0], arrays

    @torch.no_grad()
    def decode(self, pairs: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Frame t+H as the decoder draws it from frame t and the codes of the pair.

        Args:
            pairs: ``uint8 (pair, 2, height, width, 3)``.

        Returns:
            ``uint8 (pair, height, width, 3)``.
        """
        pixels = to_frames(torch.from_numpy(pairs).to(self._device))
        drawn: NDArray[np.uint8] = to_bytes(self.model(pixels).reconstruction).cpu().numpy()
        return drawn
