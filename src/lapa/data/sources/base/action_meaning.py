"""Whether actions are differences or targets: said per dimension, by an option or by measuring.

Recorders seldom say it. Where states are recorded too, it can be measured: a target is where the state
goes next, a difference is by how much it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.sources.base.rows import Rows
from lapa.records import ActionMeaning

FOLLOWS = 0.8
"""Correlation from which actions count as the next state."""
CHANGES = 0.5
"""Correlation from which actions count as the change of the state; commands are noisier than targets."""
ABSOLUTE: tuple[ActionMeaning, ...] = ("absolute",)
"""To be repeated for every dimension."""
MIN_STEPS = 8
"""Fewer steps than this prove nothing."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What the actions of a dataset are, and how that is known."""

    actions_are: tuple[ActionMeaning, ...] = ()
    """One per dimension; empty for unknown."""
    known_by: str = "the source does not tell"
    """``option …``, or ``inferred: …`` with the figures."""


def meaning_word(actions_are: Sequence[ActionMeaning]) -> str:
    """Return ``relative``, ``absolute``, ``mixed`` or ``unknown``: for provenance and messages."""
    kinds = set(actions_are)
    return "unknown" if not kinds else "mixed" if len(kinds) > 1 else str(next(iter(kinds)))


def given_meaning(given: str | Sequence[str], width: int) -> tuple[ActionMeaning, ...]:
    """Return what a user says of ``width`` dimensions: one word for all, or one per dimension.

    Raises:
        BadInputError: another word, or another number of them.
    """
    words = [given] * width if isinstance(given, str) else list(given)
    meanings: list[ActionMeaning] = []
    for word in words:
        if word == "relative":
            meanings.append("relative")
        elif word == "absolute":
            meanings.append("absolute")
        else:
            detail = f"actions_are holds {word!r}, expected relative or absolute"
            raise bad("wrong_option", detail)
    if len(meanings) != width:
        detail = f"actions_are has {len(meanings)} entries, the actions have {width} dimensions"
        raise bad("wrong_option", f"{detail}; give one word for all, or one per dimension")
    return tuple(meanings)


def measured_meaning(
    episodes: Sequence[tuple[Rows, Rows]],
    *,
    action_names: Sequence[str],
    state_names: Sequence[str],
) -> Meaning:
    """Infer the meaning from recorded ``(actions, states)`` of some episodes.

    Action dimension i is compared with the state of the same name, else, where both are equally wide,
    with state i. It is a target where a(t) correlates with state(t+1) (at least `FOLLOWS`), a difference
    where it correlates with state(t+1) - state(t) (at least `CHANGES`), whichever is larger. Dimensions
    that stand still, or that lag too much to tell, follow the others where these are targets without
    exception and the majority; nothing is claimed otherwise.
    """
    places = _places(action_names, state_names)
    if not places or not episodes:
        return Meaning(known_by="cannot be inferred: no state of the same name or width")
    actions = np.concatenate([a[:-1] for a, _ in episodes]).astype(np.float64)
    after = np.concatenate([s[1:] for _, s in episodes])[:, places].astype(np.float64)
    change = after - np.concatenate([s[:-1] for _, s in episodes])[:, places]
    if len(actions) < MIN_STEPS:
        return Meaning(known_by=f"cannot be inferred from {len(actions)} steps")
    return _verdict(_correlation(actions, after), _correlation(actions, change), len(episodes))


def _places(action_names: Sequence[str], state_names: Sequence[str]) -> list[int]:
    """State column of every action dimension; empty where they do not match."""
    known = {name: place for place, name in enumerate(state_names)}
    if len(known) == len(state_names) and all(name in known for name in action_names):
        return [known[name] for name in action_names]
    return list(range(len(action_names))) if len(action_names) == len(state_names) else []


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate column by column; NaN where one of both stands still but for float32 noise."""
    spread = a.std(axis=0) * b.std(axis=0)
    noise = 1e-12 + 1e-6 * np.abs(a).max(axis=0) * np.maximum(b.std(axis=0), 1e-6)
    covariance = ((a - a.mean(axis=0)) * (b - b.mean(axis=0))).mean(axis=0)
    return np.where(spread > noise, covariance / np.maximum(spread, 1e-300), np.nan)


def _verdict(follows: NDArray[np.float64], changes: NDArray[np.float64], episodes: int) -> Meaning:
    target, step = np.nan_to_num(follows), np.nan_to_num(changes)
    absolute = (target >= FOLLOWS) & (target > step)
    relative = (step >= CHANGES) & (step > target)
    moving = ~np.isnan(follows)
    counts = (
        f"of {len(target)} dimensions over {episodes} episodes, {int(absolute.sum())} follow the next "
        f"state and {int(relative.sum())} its change; {int((~moving).sum())} stand still"
    )
    undecided = ~(absolute | relative)
    if absolute.any() and not relative.any() and 2 * absolute.sum() >= moving.sum():
        return Meaning(actions_are=ABSOLUTE * len(target), known_by=f"inferred: {counts}")
    if relative.any() and not (undecided & moving).any():
        words: list[ActionMeaning] = ["relative"] * len(target)
        for place in np.flatnonzero(absolute):
            words[place] = "absolute"
        return Meaning(actions_are=tuple(words), known_by=f"inferred: {counts}")
    return Meaning(known_by=f"cannot be inferred: {counts}")
