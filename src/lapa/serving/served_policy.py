"""The policy that is served: from its folder to actions for a batch of observations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.models.policy.rows import filled_up
from lapa.models.policy.storage import load_policy
from lapa.models.storage import WEIGHTS, read_config
from lapa.params.policy import PolicyModelParams
from lapa.records import digest_of_file
from lapa.serving.facts import ActionFacts, PolicyFacts
from lapa.serving.observation import Observation


class ServedPolicy:
    """Answers batches; the answer to an observation does not depend on the others of its batch."""

    def __init__(self, folder: Path, *, device: torch.device) -> None:
        """Load and check the policy in ``folder``; raises as `load_policy`."""
        self.config = read_config(folder, PolicyModelParams)
        self._policy = load_policy(folder).to(device)
        self._device = device
        self.facts = _facts(folder, self.config, self._policy.head.codec.bounds.tolist())

    def predict(self, observations: Sequence[Observation]) -> NDArray[np.float32]:
        """Actions ``float32 (observation, time, action_dim)``, physical units.

        Raises:
            FloatingPointError: an action is not finite.
        """
        rows = filled_up(observations)
        images = torch.from_numpy(np.stack([row.picture for row in rows])).to(self._device)
        known = [row.state for row in rows if row.state is not None]
        states = torch.from_numpy(np.stack(known)).to(self._device) if known else None
        predicted = self._policy.predict(images, [row.instruction for row in rows], states)
        actions: NDArray[np.float32] = predicted[: len(observations)].cpu().numpy()
        if not np.isfinite(actions).all():
            raise FloatingPointError("the policy predicted actions that are not finite")
        return actions

    def warm_up(self) -> None:
        """Predict once, so that a model that cannot is found now, and the first caller need not wait."""
        size = self.facts.image_size
        grey = np.full((size, size, 3), 127, np.uint8)
        state = None if self.facts.state is None else np.zeros(len(self.facts.state), np.float32)
        self.predict([Observation(picture=grey, instruction="", state=state)])


def _facts(
    folder: Path, config: PolicyModelParams, bounds: Sequence[tuple[float, float]]
) -> PolicyFacts:
    state = None
    if config.state_dim is not None:
        numbered = tuple(f"state_{column}" for column in range(config.state_dim))
        state = config.state_names or numbered
    return PolicyFacts(
        digest=digest_of_file(folder / WEIGHTS),
        actions=tuple(
            ActionFacts(name=dimension.name, unit=dimension.unit or None, low=low, high=high)
            for dimension, (low, high) in zip(config.stats.dimensions, bounds, strict=True)
        ),
        chunk=config.chunk,
        control_hz=config.control_hz,
        image_size=config.frame_codec.image_size,
        resize=config.frame_codec.resize,
        state=state,
    )
