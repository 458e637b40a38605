"""Parameters of the analysis of distractors: how many scenes, how strong the nuisances."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from lapa.params.base import Params


class DistractionParams(Params):
    """Fresh scenes that are drawn with and without nuisances, to see whether codes follow them."""

    num_scenes: int = Field(default=12, gt=0)
    """Scenes, of the tasks of `RolloutParams.tasks` in turn; each is drawn once for every nuisance and strength."""
    pairs_per_scene: int = Field(default=6, gt=0)
    """The first pairs of each scene."""
    strengths: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        default=(0.25, 0.5, 1.0), min_length=1
    )
    """Of every nuisance (`lapa.params.envs.DistractorParams`), ascending; verdicts are those of the last."""
    first_seed: int = Field(default=390_000, ge=0)
    """Seed of the first scene (`docs/scenes.md`)."""

    @field_validator("strengths")
    @classmethod
    def _ascend(cls, strengths: tuple[float, ...]) -> tuple[float, ...]:
        if list(strengths) != sorted(set(strengths)):
            raise ValueError(f"strengths are {strengths}, expected ascending ones, each once")
        return strengths
