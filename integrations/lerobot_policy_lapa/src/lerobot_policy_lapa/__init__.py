"""Policies of lapa in LeRobot: importing this registers the policy, its processor steps and the tabletop."""

from lerobot_policy_lapa.configuration_lapa import LapaConfig
from lerobot_policy_lapa.processor_lapa import StoredFrames, make_lapa_pre_post_processors
from lerobot_policy_lapa.tabletop import LapaTabletopEnv

__all__ = ["LapaConfig", "LapaTabletopEnv", "StoredFrames", "make_lapa_pre_post_processors"]
