"""What a server says about itself: the answer of ``GET /metadata``, and the first message on a websocket."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

import lapa
from lapa.serving.limits import Limits


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class ActionFacts(_Facts):
    """One dimension of an action."""

    name: str
    unit: str | None
    """None where the recordings did not tell."""
    low: float
    high: float
    """No action is ever outside these, in its unit."""


class PolicyFacts(_Facts):
    """What a caller must know of the policy."""

    digest: str
    """SHA-256 of the weights."""
    actions: tuple[ActionFacts, ...]
    chunk: int
    """Actions per prediction."""
    control_hz: float | None
    """Actions per second; None for policies that do not know it."""
    image_size: int
    """Side of the square pictures that it sees; any size may be sent."""
    resize: Literal["crop", "squash"]
    state: tuple[str, ...] | None
    """Columns of the state that every observation must have; None where it reads none."""


class Metadata(_Facts):
    """Everything."""

    server: str = f"lapa {lapa.__version__}"
    policy: PolicyFacts
    limits: Limits
