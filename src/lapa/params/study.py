"""Parameters of a study: the grid of settings, arms, variants, label budgets and seeds, as its file says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import Field, PositiveInt, StringConstraints, field_validator, model_validator

from lapa.params.arms import Arm
from lapa.params.base import Params
from lapa.params.chosen_arms import arms_named
from lapa.refused import alternatives

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""Part of a cell's name, whose parts are joined by hyphens."""
Budget = PositiveInt | None
RESTRICTED = ("budgets", "seeds", "subsets")
"""What an entry of `only` can restrict."""
DEFAULT = "default"
"""The one variant of a study that compares none."""


class SettingParams(Params):
    """What is watched, what is labelled and where policies are tried."""

    env: str | None = None
    """Kedro environment; None is that of `kedro run`."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Further parameters and globals, nested or dotted."""


class VariantParams(Params):
    """Parameters that the study compares with others, of whichever stage."""

    params: dict[str, Any] = Field(default_factory=dict)
    """Nested or dotted; laid over those of the setting."""


class OnlyParams(Params):
    """Cells that are restricted: those of the arms, settings and variants named, to the values given.

    ``{arms: [lapa], at_budgets: [5, 10], subsets: [0]}``: of `lapa`, at budgets 5 and 10, subset 0 alone.
    """

    settings: tuple[str, ...] | None = None
    """None concerns all of them."""
    arms: tuple[str, ...] | None = None
    variants: tuple[str, ...] | None = None
    at_budgets: tuple[Budget, ...] | None = Field(default=None, min_length=1)
    """Concerned are cells of these budgets alone; None concerns those of all."""
    budgets: tuple[Budget, ...] | None = None
    """None leaves all of them, an empty list none."""
    seeds: tuple[int, ...] | None = None
    subsets: tuple[int, ...] | None = None


class StudyParams(Params):
    """A study: every combination of what its lists hold is a cell, less what ``only`` takes away."""

    question: str = Field(min_length=1)
    """One or two sentences, for the page."""
    results: str = ""
    """Folder of the results, a file for each cell, from the project on; empty: ``results/NAME`` beside the file."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Parameters and globals of every run, nested or dotted."""
    settings: dict[Name, SettingParams] = Field(min_length=1)
    arms: tuple[str, ...] = Field(min_length=1)
    """Names of those in the package, import paths of others; cells have an arm's own name (`chosen`)."""
    variants: dict[Name, VariantParams] = Field(
        default_factory=lambda: {DEFAULT: VariantParams()}, min_length=1
    )
    budgets: tuple[Budget, ...] = Field(default=(None,), min_length=1)
    """Labelled episodes (`finetune.labeled_episodes`); None is all."""
    seeds: tuple[int, ...] = Field(default=(0,), min_length=1)
    """Of the pretraining: `laq.trainer.seed` and `foundation.trainer.seed`."""
    subsets: tuple[int, ...] = Field(default=(0,), min_length=1)
    """`finetune.trainer.seed`: which episodes are labelled, and the start of the head."""
    only: tuple[OnlyParams, ...] = ()
    threads: int = Field(default=1, gt=0)
    """Torch threads of every stage: fixed, so that figures do not depend on how many runs go side by side."""
    upstream: bool = True
    """Measure every quantiser once (`evaluate_laq`); its figures stand beside those of the policies."""

    @field_validator("arms", "budgets", "seeds", "subsets", mode="before")
    @classmethod
    def _not_empty(cls, values: Any) -> Any:
        if values == []:
            raise ValueError(
                "the list is empty, so there would be no cell: expected at least one; a study without `budgets` "
                "has one, null (all labelled episodes), without `seeds` or `subsets` 0"
            )
        return values

    @field_validator("arms", "budgets", "seeds", "subsets")
    @classmethod
    def _each_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if twice := [value for value in dict.fromkeys(values) if values.count(value) > 1]:
            raise ValueError(f"{twice} more than once, expected each value once")
        return values

    @field_validator("arms")
    @classmethod
    def _arms_exist(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        names = [arm_of(one).name for one in said]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise ValueError(f"{said} are {twice} more than once, expected names of their own")
        return said

    @model_validator(mode="after")
    def _only_names_what_there_is(self) -> Self:
        for entry in self.only:
            _require(entry.settings or (), self.settings, "setting")
            _require(entry.arms or (), self.chosen, "arm of this study")
            _require(entry.variants or (), self.variants, "variant")
            _require_values("at_budgets", entry.at_budgets or (), self.budgets)
            for name in RESTRICTED:
                _require_values(name, getattr(entry, name) or (), getattr(self, name))
            _require_restriction(entry)
        return self

    @property
    def chosen(self) -> dict[str, str]:
        """Name of an arm -> what `arms` says to choose it: the same, or an import path."""
        return {arm_of(said).name: said for said in self.arms}


def arm_of(name: str) -> Arm:
    """The arm of this name or import path.

    Raises:
        ValueError: there is none.
    """
    return arms_named([name])[0]


def _require(names: Iterable[str], known: Iterable[str], kind: str) -> None:
    there = list(known)
    for name in names:
        if name not in there:
            raise ValueError(f"no {kind} {name!r}{alternatives(name, there)}")


def _require_values(name: str, values: Iterable[int | None], known: tuple[int | None, ...]) -> None:
    if strange := [value for value in values if value not in known]:
        raise ValueError(f"only.{name} has {strange}, expected some of the study's: {list(known)}")


def _require_restriction(entry: OnlyParams) -> None:
    said = entry.model_dump(exclude_none=True)
    if not said.keys() & set(RESTRICTED):
        raise ValueError(f"only: {said} restricts nothing, expected one of {', '.join(RESTRICTED)}")
    if {"at_budgets", "budgets"} <= said.keys():
        raise ValueError(
            f"only: {said} has at_budgets and budgets, expected one: at_budgets says which cells are concerned, "
            "budgets which of them are left"
        )
