"""lapa's simulated tabletop for ``lerobot-eval --env.type=lapa_tabletop``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gymnasium
from lerobot.configs import FeatureType, PolicyFeature
from lerobot.envs.configs import EnvConfig

GYM_ID = "lapa_lerobot/Tabletop-v0"
gymnasium.register(GYM_ID, entry_point="lerobot_policy_lapa.tabletop_env:LeRobotTabletop")


@EnvConfig.register_subclass("lapa_tabletop")
@dataclass
class LapaTabletopEnv(EnvConfig):
    """Scene and wording follow from the seed as in lapa's own evaluation, so results are paired."""

    task: str | None = "reach"
    """One of `lapa.params.envs.TaskName`."""
    fps: int = 10
    episode_length: int = 60
    image_size: int = 64
    features: dict[str, PolicyFeature] = field(default_factory=dict)
    features_map: dict[str, str] = field(
        default_factory=lambda: {
            "action": "action",
            "agent_pos": "observation.state",
            "pixels/main": "observation.images.main",
        }
    )

    def __post_init__(self) -> None:
        """Describe what is seen and done."""
        side = self.image_size
        self.features = {
            "action": PolicyFeature(FeatureType.ACTION, (4,)),
            "agent_pos": PolicyFeature(FeatureType.STATE, (4,)),
            "pixels/main": PolicyFeature(FeatureType.VISUAL, (side, side, 3)),
        }

    @property
    def gym_id(self) -> str:
        """As registered above."""
        return GYM_ID

    @property
    def gym_kwargs(self) -> dict[str, Any]:
        """Arguments of the environment; ``max_episode_steps`` is gymnasium's."""
        return {
            "task": self.task,
            "image_size": self.image_size,
            "max_episode_steps": self.episode_length,
        }
