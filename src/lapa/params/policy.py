"""What describes a policy alone, without its finetuning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.params.base import Params
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.heads import ChosenHead
from lapa.records import ActionStats, FrameCodec


class PolicyModelParams(Params):
    """Everything needed to rebuild a policy; saved as its ``config.json``."""

    kind: Literal["policy"] = "policy"
    foundation: FoundationModelParams
    head: ChosenHead
    chunk: int = Field(gt=0)
    """Actions per prediction."""
    action_query: Literal["pretrained", "new"] = "pretrained"
    """Whose answer the head reads: that of the backbone's own queries, or of one more."""
    state_dim: int | None = None
    """Width of the proprioceptive state it needs; None for images and words alone."""
    state_names: tuple[str, ...] = ()
    """One per column of the state; empty where nobody knows."""
    states_left_out: tuple[str, ...] = ()
    """Columns of the state that stood still in the labelled episodes: they change nothing."""
    stats: ActionStats
    frame_codec: FrameCodec
    """How its training pictures were made square and stored; raw frames go the same way."""
    control_hz: float | None = None
    """Rate of the labelled episodes, actions per second; None where they differ, and in older policies."""
