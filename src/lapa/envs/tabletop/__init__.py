"""A simulated tabletop with language, drawn by ray casting; importing it registers `lapa/Tabletop-v0`."""

from __future__ import annotations

import gymnasium as gym

from lapa.envs.tabletop.env import TabletopEnv, expert_action

ENV_ID = "lapa/Tabletop-v0"

if ENV_ID not in gym.registry:
    gym.register(id=ENV_ID, entry_point="lapa.envs.tabletop.env:TabletopEnv")

__all__ = ["ENV_ID", "TabletopEnv", "expert_action"]
