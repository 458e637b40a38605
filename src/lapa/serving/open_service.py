"""A service for the policy in a folder."""

from __future__ import annotations

from pathlib import Path

import torch

from lapa.serving.limits import Limits
from lapa.serving.observation import ObservationReader
from lapa.serving.served_policy import ServedPolicy
from lapa.serving.service import Service


def open_service(folder: Path, limits: Limits, *, device: torch.device | str = "cpu") -> Service:
    """Load the policy, let it predict once, and be ready; raises as `load_policy`."""
    policy = ServedPolicy(folder, device=torch.device(device))
    policy.warm_up()
    reader = ObservationReader(
        codec=policy.config.frame_codec, state_names=policy.facts.state, limits=limits
    )
    return Service(predict=policy.predict, facts=policy.facts, reader=reader, limits=limits)
