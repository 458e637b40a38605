"""A policy: chunks of actions in the robot's own units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.action_names import safe_names
from lapa.inference.inputs.recording import Recording
from lapa.inference.inputs.states import require_states
from lapa.inference.predictors.predictor import (
    Frames,
    Predictor,
    model_facts,
    require_instruction,
)
from lapa.inference.result import Arrays
from lapa.models.policy.storage import load_policy
from lapa.models.storage import read_config
from lapa.params.policy import PolicyModelParams


class PolicyPredictor(Predictor):
    """Frame, instruction and, where it was trained so, state to ``actions (frame, time, dimension)``."""

    def __init__(self, folder: Path, *, device: torch.device) -> None:
        self._folder, self._device = folder, device
        config = read_config(folder, PolicyModelParams)
        self.policy = load_policy(folder).to(device)
        self.codec, self.codec_from = config.frame_codec, "policy"
        self.state_names = config.state_names
        """Columns of the state that it reads; empty for a policy of images and words alone."""

    @property
    def reads_state(self) -> bool:
        """Whether it was trained with ``use_state: true``."""
        return self.policy.state_input is not None

    def facts(self) -> dict[str, Any]:
        """Model, chunk, and name, unit and limits of every action dimension."""
        limits = self.policy.head.codec.bounds.tolist()
        dimensions = [
            {
                "name": d.name,
                "unit": d.unit or None,
                "low": low,
                "high": high,
                "stands_still": d.still,
            }
            for d, (low, high) in zip(self.policy.stats.dimensions, limits, strict=True)
        ]
        return {
            "model": model_facts(self._folder, "policy"),
            "frames": self.frame_facts(),
            "chunk": self.policy.chunk,
            "dimensions": dimensions,
            "state": list(self.state_names) if self.reads_state else None,
        }

    def frames_of(self, recording: Recording, every: int) -> Frames:
        """All frames; refuses recordings without instruction, or without the state it reads."""
        require_instruction(recording)
        if self.reads_state:
            require_states(recording, self.state_names)
        return super().frames_of(recording, every)

    def predict(self, recording: Recording, frames: Frames) -> tuple[NDArray[np.uint8], Arrays]:
        """``actions float32 (frame, time, dimension)``, physical units."""
        pictures = recording.pictures(frames.tolist(), self.codec)
        states = None
        if self.reads_state:
            known = require_states(recording, self.state_names)[frames]
            states = torch.from_numpy(known).to(self._device)
        instructions = [require_instruction(recording)] * len(frames)
        images = torch.from_numpy(pictures).to(self._device)
        actions = self.policy.predict(images, instructions, states)
        return pictures, {"actions": actions.cpu().numpy()}

    def known(self, recording: Recording, frames: Frames) -> Arrays:
        """``true_actions float32 (frame, dimension)`` of the frames, where they mean the same."""
        names = tuple(dimension.name for dimension in self.policy.stats.dimensions)
        actions = recording.actions
        if actions is None or actions.shape[1] != len(names):
            return {}
        if recording.action_names and safe_names(recording.action_names) != names:
            return {}
        return {"true_actions": actions[frames]}
