"""One cell of a study: what one policy did in closed loop, and everything it descends from."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lapa.records.base import Record


class CellKey(Record):
    """Where a cell stands in the grid of its study."""

    setting: str
    """What was watched, what was labelled and where the policy is tried, e.g. ``in_domain``."""
    arm: str
    variant: str
    """Further parameters that the study compares, e.g. one head with another; ``default`` where it does not."""
    budget: int | None
    """Labelled episodes; None is all of them."""
    seed: int
    """Of the pretraining: quantiser and backbone."""
    subset: int
    """Which episodes are labelled, and the start of the head."""

    @property
    def name(self) -> str:
        """The key as one word that may be a file's name."""
        budget = "all" if self.budget is None else self.budget
        parts = (
            self.setting,
            self.arm,
            self.variant,
            f"n{budget}",
            f"s{self.seed}",
            f"l{self.subset}",
        )
        return "-".join(parts)


class CellOutcomes(Record):
    """One task of one cell, scene by scene; cells with the same ``first_seed`` met the same scenes."""

    first_seed: int
    """Seed of the first scene; the others follow it."""
    successes: str
    """A ``1`` or ``0`` for every scene."""
    ends: dict[str, int] = Field(default_factory=dict)
    """How the trials that failed ended (`lapa.envs.base.Simulator.ending`), and how many did."""

    @model_validator(mode="after")
    def _every_failure_has_an_end(self) -> Self:
        if set(self.successes) - {"0", "1"} or not self.successes:
            raise ValueError(f"successes are {self.successes!r}, expected a 1 or 0 for every scene")
        failed = self.successes.count("0")
        if self.ends and sum(self.ends.values()) != failed:
            raise ValueError(
                f"{sum(self.ends.values())} trials have an end, expected {failed}, one for each that failed"
            )
        return self


class CellResult(Record):
    """All that a study keeps of a cell; small enough to be committed."""

    study: str
    key: CellKey
    asked: str
    """Digest of all parameters that decide the cell; another one makes it stale."""
    runs: dict[str, str]
    """Part (``data``, ``laq``, ``foundation``, ``policy``) -> the run that made it."""
    digests: dict[str, str]
    """Artefact (``shards``, ``laq``, ``foundation``, ``policy``) -> digest."""
    outcomes: dict[str, CellOutcomes]
    """Criterion (``reach``, or ``reach/unseen_words`` for a variant of the scenes) -> what happened."""
    metrics: dict[str, float]
    """Metrics of the policy, e.g. ``action/mse_normalized`` and ``latency_ms``."""
    upstream: dict[str, float] = Field(default_factory=dict)
    """Metrics of what it descends from, e.g. ``laq/psnr_gain_over_copy``, ``foundation/top1``."""
    seconds: float
    """Wall time of the run that made it, ancestors not counted: all pieces, where it was stopped and went on."""
    commit: str = ""
