"""Error of a policy's actions on held-out episodes: the figures that training validated with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.loader import evaluation_loader
from lapa.data.robot import open_robot
from lapa.models.policy.action_error import ActionError
from lapa.models.policy.policy import Policy
from lapa.records import Checkpoint, ShardSet


@dataclass(frozen=True, kw_only=True)
class HeldOutActions:
    """Predictions beside the truth, and their error."""

    predicted: NDArray[np.float32]
    """``(step, action_dim)``, physical units; valid steps of all chunks."""
    actions: NDArray[np.float32]
    errors: dict[str, float]
    """As `lapa.models.policy.action_error.ActionError` names them."""
    episodes: int


@torch.no_grad()
def held_out_actions(
    policy: Policy, checkpoint: Checkpoint, shards: ShardSet, *, split: str, batch_size: int
) -> HeldOutActions:
    """Predict every frame of ``split`` from its image and instruction.

    Args:
        policy: in evaluation mode, on the CPU.
        checkpoint: of the policy, for its pair spec.
        shards: clips with actions.
        split: held-out episodes.
        batch_size: frames per prediction; the result does not depend on it.
    """
    dataset = open_robot(
        shards,
        split,
        chunk=policy.chunk,
        pair_spec=checkpoint.pair_spec,
        max_episodes=None,
        seed=0,
        with_states=policy.state_input is not None,
        datasets=policy.stats.datasets or None,
    )
    error = ActionError(codec=policy.head.codec)
    predicted, actions = [], []
    for batch in evaluation_loader(dataset, batch_size=batch_size):
        guess = policy.predict(batch["image"], batch["text"], batch.get("state"))
        error.update(guess, batch["actions"], batch["action_mask"])
        predicted.append(guess[batch["action_mask"]])
        actions.append(batch["actions"][batch["action_mask"]])
    return HeldOutActions(
        predicted=torch.cat(predicted).numpy(),
        actions=torch.cat(actions).numpy(),
        errors=error.compute([d.name for d in policy.stats.dimensions]),
        episodes=dataset.num_episodes,
    )


def policy_folder(checkpoint: Checkpoint) -> Path:
    """Folder of a policy checkpoint.

    Raises:
        ValueError: the checkpoint is of another kind.
    """
    if checkpoint.kind != "policy":
        raise ValueError(
            f"checkpoint {checkpoint.path} is of kind {checkpoint.kind!r}, expected 'policy'"
        )
    return Path(checkpoint.path)
