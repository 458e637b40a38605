"""Chosen arms must be able to be made: with a robot, from codes that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lapa.params.arms import DEFAULT, Arm
from lapa.params.chosen_arms import ArmsParams, arms_named
from lapa.params.label_sources import PredictedActions, QuantizerCodes
from lapa.refused import RefusedError


def require_possible_arms(parameters: Mapping[str, Any]) -> None:
    """Refuse arms that cannot be trained as configured.

    Args:
        parameters: checked by section.

    Raises:
        RefusedError: one line for each reason.
    """
    arms = arms_named(ArmsParams.model_validate(parameters.get("arms", DEFAULT)).root)
    wrong = [*_without_robot(arms, parameters), *_labeled_online(arms, parameters)]
    if wrong:
        raise RefusedError("\n".join(wrong))


def _without_robot(arms: tuple[Arm, ...], parameters: Mapping[str, Any]) -> Iterator[str]:
    needing = [arm.name for arm in arms if isinstance(arm.labels, PredictedActions)]
    if needing and parameters["finetune"].get("dataset") is None:
        yield (
            f"arms: {', '.join(needing)} learns from labelled episodes, but finetune.dataset is null, expected a "
            "robot's dataset; name one, or choose other arms"
        )


def _labeled_online(arms: tuple[Arm, ...], parameters: Mapping[str, Any]) -> Iterator[str]:
    """Inside training only a quantiser can label."""
    if not parameters["foundation"].get("online_labels"):
        return
    other = [arm.name for arm in arms if not isinstance(arm.labels, QuantizerCodes | None)]
    if other:
        yield (
            f"foundation.online_labels is true, but the labels of {', '.join(other)} are not made by a "
            "quantiser, expected false; or choose other arms (arms)"
        )
