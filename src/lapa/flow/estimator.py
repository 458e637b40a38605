"""The estimator of flow that parameters name, and what identifies the flow it sees."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import cv2
from pydantic import JsonValue

from lapa.flow.dis import FlowEstimator, dis_flow
from lapa.flow.raft import RaftFlow
from lapa.params.flow import FlowParams


def build_estimator(params: FlowParams) -> FlowEstimator:
    """Build who sees the flow.

    Raises:
        ValueError: the parameters want no flow.
        ModuleNotFoundError: RAFT is wanted, and torchvision is not installed.
        FileNotFoundError: RAFT's weights are no file.
    """
    if params.estimator == "none":
        raise ValueError("flow.estimator is 'none', expected 'dis' or 'raft' to see any flow")
    return dis_flow if params.raft is None else RaftFlow(params.raft)


def identity_of(params: FlowParams) -> Mapping[str, JsonValue]:
    """What decides the motion that is seen: parameters but for the cache, weights by content, OpenCV's version."""
    identity: dict[str, JsonValue] = params.model_dump(mode="json", exclude={"cache"})
    identity["opencv"] = cv2.__version__
    if params.raft is not None and (weights := Path(params.raft.weights).expanduser()).is_file():
        with weights.open("rb") as file:
            identity["weights"] = hashlib.file_digest(file, "sha256").hexdigest()
    return identity
