"""The arms of the experiment: which backbone a policy starts from.

```
lapa        LAQ codes            -> pretrained backbone -> policy
random_laq  untrained LAQ codes  -> pretrained backbone -> policy   (control: are the codes worth anything?)
scratch                             untrained backbone  -> policy   (control: is pretraining?)
```
"""

from __future__ import annotations

from collections.abc import Mapping

from kedro.pipeline import Node, Pipeline

PRETRAINED_ARMS = {"lapa": "laq_checkpoint", "random_laq": "random_laq_checkpoint"}
"""Arm -> the checkpoint whose codes it is pretrained on."""

ARMS = (*PRETRAINED_ARMS, "scratch")


def in_arm(arm: str, node: Node, shared: Mapping[str, str]) -> Pipeline:
    """Put a node into an arm: its datasets get the arm's name in front, parameters and ``shared`` not.

    Args:
        arm: namespace.
        node: written without the arm's name.
        shared: datasets of the node that all arms share -> their names outside.
    """
    parameters = {name for name in node.inputs if name.startswith("params:")}
    return Pipeline([node], namespace=arm, inputs=dict(shared), parameters=parameters)
