"""What the page is told at the start, and what it is answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lapa.serving.play.messages import MAX_FAN, MAX_STEPS, Chain, Fan, Place
from lapa.serving.play.motion_view import picture, view_motion
from lapa.serving.play.player import Player
from lapa.serving.play.scenes import Scenes

Answer = dict[str, Any]
"""JSON."""


class Table:
    """Scenes and a player around one table; every answer is a function of the question alone."""

    def __init__(self, player: Player, scenes: Scenes, *, name: str, horizon_s: float) -> None:
        self._player, self._scenes = player, scenes
        self.about: Answer = {
            "name": name,
            "has_codes": player.has_codes,
            "num_codes": player.num_codes,
            "codebook_size": player.codebook_size,
            "horizon_s": horizon_s,
            "max_steps": MAX_STEPS,
            "max_fan": MAX_FAN,
            "scenes": [asdict(scene) for scene in scenes.scenes],
        }

    def pair(self, place: Place) -> Answer:
        """What was recorded at t and t+H, how it moved, and the codes of it."""
        first, last = self._scenes.pair(place)
        return {
            "first": picture(first),
            "last": picture(last),
            "motion": asdict(view_motion(first, last)),
            "codes": self._player.codes_of(place),
        }

    def chain(self, chain: Chain) -> Answer:
        """The last frame of a chain, the one before it, and the motion between them."""
        drawn = self._player.play(chain)
        before, after = drawn[max(len(drawn) - 2, 0)], drawn[-1]
        return {
            "before": picture(before),
            "after": picture(after),
            "motion": asdict(view_motion(before, after)),
        }

    def fan(self, fan: Fan) -> Answer:
        """A picture for every value of a dial."""
        return {"pictures": [picture(frame) for frame in self._player.fan(fan)]}
