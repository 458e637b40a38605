"""Differences and targets are told apart by what the state does next."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.sources.base.action_meaning import Meaning, meaning_word, measured_meaning

NAMES = ("x", "y", "grip")


def trajectory(seed: int, steps: int = 60) -> np.ndarray:
    """A smooth path with a gripper that closes half-way."""
    random = np.random.default_rng(seed)
    path = np.cumsum(np.cumsum(random.normal(size=(steps, 2)), axis=0) * 0.01, axis=0)
    grip = (np.arange(steps) > steps // 2).astype(float)
    return np.column_stack([path, grip]).astype(np.float32)


def measure(make: object, **names: tuple[str, ...]) -> Meaning:
    episodes = [(make(states), states) for states in map(trajectory, range(3))]  # type: ignore[operator]
    given = {"action_names": NAMES, "state_names": NAMES, **names}
    return measured_meaning(episodes, **given)


def next_states(states: np.ndarray, lag: int = 1) -> np.ndarray:
    return states[np.minimum(np.arange(len(states)) + lag, len(states) - 1)]


def changes(states: np.ndarray) -> np.ndarray:
    return np.diff(states, axis=0, append=states[-1:])


def noisy(values: np.ndarray, share: float) -> np.ndarray:
    noise = np.random.default_rng(9).normal(size=values.shape) * values.std(axis=0) * share
    return (values + noise).astype(np.float32)


@pytest.mark.parametrize("lag", [1, 3])
def test_targets_lead_the_state(lag: int) -> None:
    found = measure(lambda states: noisy(next_states(states, lag), 0.05))
    assert found.actions_are == ("absolute",) * 3
    assert "3 follow the next state" in found.known_by


def test_differences_are_the_change_of_the_state() -> None:
    found = measure(lambda states: noisy(changes(states), 0.3))
    assert found.actions_are == ("relative",) * 3


def test_a_gripper_target_beside_differences() -> None:
    def actions(states: np.ndarray) -> np.ndarray:
        return np.column_stack([changes(states)[:, :2], next_states(states)[:, 2]])

    assert measure(actions).actions_are == ("relative", "relative", "absolute")


def test_dimensions_that_stand_still_follow_targets() -> None:
    def actions(states: np.ndarray) -> np.ndarray:
        values = next_states(states).copy()
        values[:, 2] = 1e6
        return values

    found = measure(actions)
    assert found.actions_are == ("absolute",) * 3
    assert "1 stand still" in found.known_by


def test_names_decide_which_state_belongs_to_an_action() -> None:
    order = ("grip", "y", "x")
    found = measure(lambda states: next_states(states)[:, ::-1], action_names=order)
    assert found.actions_are == ("absolute",) * 3


@pytest.mark.parametrize(
    "make",
    [
        lambda states: np.random.default_rng(0).normal(size=states.shape).astype(np.float32),
        np.zeros_like,
    ],
    ids=["unrelated", "still"],
)
def test_nothing_is_claimed_without_evidence(make: object) -> None:
    found = measure(make)
    assert found.actions_are == ()
    assert "cannot be inferred" in found.known_by


def test_nothing_is_claimed_without_a_state_to_compare() -> None:
    found = measure(lambda states: next_states(states)[:, :2], action_names=("a", "b"))
    assert found == Meaning(known_by="cannot be inferred: no state of the same name or width")


def test_words() -> None:
    assert meaning_word(()) == "unknown"
    assert meaning_word(("relative", "relative")) == "relative"
    assert meaning_word(("relative", "absolute")) == "mixed"
