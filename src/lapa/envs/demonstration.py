"""One demonstration: the scripted expert of a simulator, disturbed, with everything that was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.episode import Frames
from lapa.envs.base import Simulator, TimeStep
from lapa.params.envs import RecordParams

_NOISE_STREAM = 3
"""A stream of random numbers beside those that simulators draw of an episode's seed (0 to 2)."""


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """One played episode; row i of every array belongs to frame i."""

    facts: dict[str, Any]
    """JSON-able: instruction, task, success, rate, names and units."""
    arrays: dict[str, NDArray[np.float32]]
    """``actions``, ``expert_actions`` ``(frame, action_dim)`` and ``states`` ``(frame, state_dim)``."""
    frames: Frames


def demonstrate(
    simulator: Simulator, params: RecordParams, seed: int, task: str | None = None
) -> Demonstration:
    """Play the episode of ``seed`` until `RecordParams.hold_steps` after success, or its end.

    Args:
        simulator: where.
        params: of the recording.
        seed: of scene, wording and noise.
        task: what is shown; None lets the seed draw it.

    Raises:
        ValueError: the simulator has no expert, or its action is not as wide as the spec says.
    """
    generator = np.random.default_rng([seed, _NOISE_STREAM])
    now = simulator.reset(seed, task)
    rows: dict[str, list[NDArray[np.float32]]] = {"actions": [], "expert_actions": [], "states": []}
    frames, success, left = [], False, params.simulator.max_steps
    while left > 0:
        wanted = _expert_action(simulator)
        action = _disturbed(simulator, wanted, params.action_noise, generator)
        frames.append(now.image)
        for name, row in zip(rows, (action, wanted, now.state), strict=True):
            rows[name].append(row)
        now = simulator.step(action)
        left -= 1
        if now.success and not success:
            success, left = True, min(left, params.hold_steps)
    return Demonstration(
        facts=_facts(simulator, now, params, seed=seed, success=success),
        arrays={name: np.stack(values) for name, values in rows.items()},
        frames=np.stack(frames),
    )


def _expert_action(simulator: Simulator) -> NDArray[np.float32]:
    action, spec = simulator.expert_action(), simulator.spec
    if action is None:
        raise ValueError(
            f"simulator {spec.name!r} has no scripted expert, so nothing can be recorded in it: set "
            "mixture.sources and finetune.dataset to recordings under `datasets`"
        )
    if action.shape != (len(spec.action_names),):
        raise ValueError(
            f"the expert of simulator {spec.name!r} acts with {action.shape}, expected "
            f"({len(spec.action_names)},), one entry for each of {', '.join(spec.action_names)}"
        )
    return action


def _disturbed(
    simulator: Simulator,
    action: NDArray[np.float32],
    noise: float,
    generator: np.random.Generator,
) -> NDArray[np.float32]:
    """The action that is executed: ``noise`` is in halves of the range, which is never left."""
    low, high = np.array(simulator.spec.action_low), np.array(simulator.spec.action_high)
    added = generator.normal(0.0, noise, action.shape) * (high - low) / 2
    return np.asarray(np.clip(action + added, low, high), dtype=np.float32)


def _facts(
    simulator: Simulator, now: TimeStep, params: RecordParams, *, seed: int, success: bool
) -> dict[str, Any]:
    spec = simulator.spec
    return {
        "instruction": now.instruction,
        "task": now.task,
        "success": success,
        "seed": seed,
        "fps": spec.control_hz,
        "simulator": spec.name,
        "environment": spec.environment,
        "action_noise": params.action_noise,
        "action_names": list(spec.action_names),
        "action_units": list(spec.action_units),
        "actions_are": list(spec.actions_are),
        "state_names": list(spec.state_names),
        "state_units": list(spec.state_units),
    }
