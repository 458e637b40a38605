"""Action heads, one file each, behind `lapa.models.policy.heads.interface.ActionHead`."""

from __future__ import annotations

from lapa.models.policy.heads.interface import ActionHead
from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import HeadParams
from lapa.params.kinds import import_named

__all__ = ["ActionHead", "HeadSizes", "build_head"]


def build_head(params: HeadParams, sizes: HeadSizes) -> ActionHead:
    """Build the head that the parameters name: its class gets them and the sizes around it.

    Raises:
        ValueError: the class cannot be imported.
    """
    head: ActionHead = import_named(params.implementation)(params, sizes)
    return head
