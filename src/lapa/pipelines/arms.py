"""Nodes that every arm has once: their datasets get the arm's name in front (`lapa.policy_checkpoint`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kedro.pipeline import Pipeline

from lapa.params.arms import Arm
from lapa.pipelines.stage import stage_node

MIXTURE = "mixture"
"""What all arms watch; the quantiser they share with the pipeline `laq`, under the name they give it."""
QUANTIZER = "laq_checkpoint"
"""What a node calls the quantiser of its arm, whichever that is."""


def per_arm(arms: Iterable[Arm], make: Callable[[Arm], Pipeline]) -> Pipeline:
    """The pipelines of all ``arms``, side by side."""
    return sum(map(make, arms), Pipeline([]))


def arm_node(
    arm: Arm,
    function: Callable[..., Any],
    *,
    outputs: str,
    name: str,
    shards: str = MIXTURE,
    shared: Iterable[str] = (),
    confirms: str | None = None,
    **inputs: str,
) -> Pipeline:
    """A node of an arm.

    Args:
        arm: its name is the namespace; its quantiser stands in for `laq_checkpoint`.
        function: of a `stage`.
        outputs: dataset, without the arm's name.
        name: of the node, without the arm's name.
        shards: what it reads: the mixture, or the robot's own set.
        shared: inputs that are not the arm's own, and so get no name in front.
        confirms: dataset that is told when the output is saved, without the arm's name.
        inputs: argument -> dataset without the arm's name, or ``params:…``, which all arms share.
    """
    node = stage_node(
        function, shards=shards, **inputs, outputs=outputs, name=name, confirms=confirms
    )
    parameters = {known for known in node.inputs if known.startswith("params:")}
    unnamed = {known: known for known in node.inputs if known in (MIXTURE, shards, *shared)}
    if QUANTIZER in node.inputs and arm.quantizer is not None:
        unnamed[QUANTIZER] = arm.quantizer
    return Pipeline([node], namespace=arm.name, inputs=unnamed, parameters=parameters)
