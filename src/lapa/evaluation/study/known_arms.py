"""What a study's page knows about arms: their order, what each is, and the two ends of the gap."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.params.arms import KNOWN

LOWER, UPPER = "scratch", "action_pretrained"
"""No pretraining, and pretraining on the true actions of all episodes: the gap that an arm may close."""


def arm_order(names: Sequence[str]) -> list[str]:
    """The arms in the order of reports; those that nobody knows come last, as they came."""
    known = [arm.name for arm in KNOWN]
    return sorted(names, key=lambda name: known.index(name) if name in known else len(known))


def arm_sentence(name: str) -> str:
    """What the arm is; empty for one from outside."""
    return next((arm.sentence for arm in KNOWN if arm.name == name), "")
