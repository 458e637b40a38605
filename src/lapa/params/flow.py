"""Parameters of optical flow: who sees it, and what counts as motion."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import Params


class RaftParams(Params):
    """RAFT as torchvision builds it; frozen."""

    weights: str = Field(min_length=1)
    """A file with torchvision's parameter names (``.safetensors``, ``.pth``, ``.pt``), or the name
    of weights that torchvision downloads itself: ``default``, ``c_t_v2``."""
    size: Literal["small", "large"] = "small"
    """1.0 or 5.3 million parameters."""
    updates: int = Field(default=12, gt=0)
    """Refinements of the flow; cost grows with them."""


class FlowParams(Params):
    """Optical flow of the held-out pairs: what moved in the picture, whether or not actions are known."""

    estimator: Literal["dis", "raft", "none"] = "dis"
    """Dense inverse search (OpenCV, on the CPU), RAFT (torchvision, where quantisers run), or no flow: then
    what needs it is listed as not measured."""
    raft: RaftParams | None = None
    """Of ``estimator: raft``, and only of it: a network without given weights sees nothing."""
    camera: Literal["keep", "median", "affine"] = "keep"
    """What is taken for the camera's motion and subtracted: nothing; the median flow (a camera that shifts); or
    the affine motion that most pixels follow (one that also turns or nears), where things fill less than half."""
    threshold: float = Field(default=0.01, gt=0, lt=1)
    """A pixel moves when its flow is longer, as a fraction of the image's width."""
    static_share: float = Field(default=0.005, ge=0, lt=1)
    """A pair is static when at most this share of its pixels moves."""
    cache: str | None = None
    """Folder that keeps the motion of pairs, so that another quantiser on the same pairs need not see it again
    (one small file by shards, pairs and these parameters); None keeps nothing."""

    @model_validator(mode="after")
    def _estimator_has_its_parameters(self) -> Self:
        if (self.estimator == "raft") != (self.raft is not None):
            raise ValueError(
                f"flow.estimator is {self.estimator!r} and flow.raft is {self.raft!r}, expected `raft` with "
                "its `weights`, or another estimator without; random weights see nothing"
            )
        return self
