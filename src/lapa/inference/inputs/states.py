"""The robot's own state: where it comes from, and whether it is the one a policy was trained with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from einops import repeat
from numpy.typing import NDArray

from lapa.inference.inputs.recording import Recording
from lapa.refused import RefusedError


def parse_states(text: str) -> NDArray[np.float32]:
    """Read ``[x, y, …]``, or a list of such lists: ``float32 (state, state_dim)``.

    Raises:
        RefusedError: it is no such list of finite numbers.
    """
    expected = (
        "expected a JSON list of finite numbers such as [0.1, 0.2], or one such list per frame"
    )
    try:
        states = np.atleast_2d(np.array(json.loads(text), dtype=np.float32))
    except (ValueError, TypeError) as error:
        raise RefusedError(f"--state {text[:80]!r}: {error}; {expected}") from error
    if states.ndim != 2 or not states.size:
        raise RefusedError(f"--state {text[:80]!r} has shape {states.shape}; {expected}")
    if not np.isfinite(states).all():
        raise RefusedError(f"--state {text[:80]!r} holds what is not finite in float32; {expected}")
    return states


def with_states(recording: Recording, states: NDArray[np.float32]) -> Recording:
    """The same recording with ``states (state, state_dim)``: one for all frames, or one per frame.

    Raises:
        RefusedError: another number of states.
    """
    if len(states) == 1:
        states = repeat(states, "1 column -> frame column", frame=recording.num_frames)
    if len(states) != recording.num_frames:
        raise RefusedError(
            f"--state: found {len(states)} states for the {recording.num_frames} frames of "
            f"{recording.name}, expected 1 or {recording.num_frames}"
        )
    return replace(recording, states=states, state_names=())


def require_states(recording: Recording, names: Sequence[str]) -> NDArray[np.float32]:
    """The states of a recording, ``float32 (frame, state_dim)``.

    Args:
        recording: has them, or not.
        names: of the columns that the policy was trained with.

    Raises:
        RefusedError: there are none, or their columns are others.
    """
    columns = ", ".join(names)
    if recording.states is None:
        raise RefusedError(
            f"this policy reads the robot's own state (use_state: true), and {recording.name} has none; "
            f"expected --state with {len(names)} numbers: {columns}"
        )
    width = recording.states.shape[1]
    if width != len(names) or recording.state_names not in ((), tuple(names)):
        shown = ", ".join(recording.state_names) or "unnamed"
        raise RefusedError(
            f"{recording.name}: found a state of {width} columns ({shown}), expected the {len(names)} that "
            f"this policy was trained with: {columns}"
        )
    return recording.states
