"""The cells of a study, and the axes of the grid in which they stand, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from lapa.evaluation.study.keys import SEEN, budget_order, place_of, scenes_of
from lapa.evaluation.study.known_arms import arm_order
from lapa.records import CellKey, CellResult

MAIN_VARIANT = "default"
T = TypeVar("T")


@dataclass(frozen=True)
class StudyResults:
    """All cells of one study; settings, variants and criteria in the order in which they came."""

    cells: tuple[CellResult, ...]

    @classmethod
    def of(cls, results: Iterable[CellResult]) -> StudyResults:
        """Put the cells in order.

        Args:
            results: settings and variants keep the order in which they come first; budgets, seeds and
                subsets are sorted.

        Raises:
            ValueError: there is none, one is there twice, or they are of several studies.
        """
        cells = _in_order(list(results))
        if not cells:
            raise ValueError("found no results, expected at least one cell; run the study first")
        if len(studies := {cell.study for cell in cells}) > 1:
            raise ValueError(f"results are of the studies {sorted(studies)}, expected one")
        names = [cell.key.name for cell in cells]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"cells {sorted(twice)} are there more than once, expected each once")
        return cls(tuple(cells))

    @property
    def settings(self) -> list[str]:
        """Names of the settings."""
        return self._distinct(lambda key: key.setting)

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in the order of reports; the first is compared with the others."""
        return arm_order(self._distinct(lambda key: key.arm))

    @property
    def variants(self) -> list[str]:
        """Names of all variants."""
        return self._distinct(lambda key: key.variant)

    def main_variant(self, setting: str) -> str:
        """`MAIN_VARIANT`; where the setting has none of that name, its commonest, of equals the first."""
        tried = [cell.key.variant for cell in self.cells if cell.key.setting == setting]
        return MAIN_VARIANT if MAIN_VARIANT in tried else max(tried, key=tried.count)

    def variants_of(self, setting: str) -> list[str]:
        """Names of the variants of a setting, the main one first."""
        tried = _distinct(cell.key.variant for cell in self.cells if cell.key.setting == setting)
        return sorted(tried, key=lambda variant: variant != self.main_variant(setting))

    def headline_budget(self, setting: str) -> int | None:
        """The budget at which most arms of a setting were tried; the middle one where there are several such."""
        main = self._main(setting)
        budgets = self.main_budgets(setting)
        arms = {b: len({c.key.arm for c in main if c.key.budget == b}) for b in budgets}
        best = [budget for budget, count in arms.items() if count == max(arms.values())]
        return best[len(best) // 2]

    def budgets_of(self, setting: str) -> list[int | None]:
        """Numbers of labelled episodes of a setting, ascending; None (all) is last."""
        tried = {cell.key.budget for cell in self.cells if cell.key.setting == setting}
        return sorted(tried, key=budget_order)

    def main_budgets(self, setting: str) -> list[int | None]:
        """The budgets of a setting's main variant, ascending."""
        return sorted({cell.key.budget for cell in self._main(setting)}, key=budget_order)

    def at(
        self, *, setting: str, arm: str, budget: int | None, variant: str | None = None
    ) -> list[CellResult]:
        """The cells of one place, over all seeds and subsets; ``variant`` None is the setting's main one."""
        place = (setting, arm, variant or self.main_variant(setting), budget)
        return [c for c in self.cells if place_of(c.key) == place]

    def criteria(self, setting: str) -> list[str]:
        """All criteria of a setting: tasks in plain scenes first, variants of the scenes after them."""
        every = _distinct(
            name for c in self.cells if c.key.setting == setting for name in c.outcomes
        )
        return sorted(every, key=lambda name: scenes_of(name) != SEEN)

    def scenes(self, setting: str) -> dict[str, list[str]]:
        """Kind of scenes (`SEEN` first, then variants) -> its criteria."""
        kinds = _distinct(scenes_of(name) for name in self.criteria(setting))
        return {k: [c for c in self.criteria(setting) if scenes_of(c) == k] for k in kinds}

    def _main(self, setting: str) -> list[CellResult]:
        place = (setting, self.main_variant(setting))
        return [cell for cell in self.cells if (cell.key.setting, cell.key.variant) == place]

    def _distinct(self, field: Callable[[CellKey], T]) -> list[T]:
        return _distinct(field(cell.key) for cell in self.cells)


def _in_order(cells: list[CellResult]) -> list[CellResult]:
    settings = _distinct(cell.key.setting for cell in cells)
    arms = arm_order(_distinct(cell.key.arm for cell in cells))
    variants = _distinct(cell.key.variant for cell in cells)

    def place(cell: CellResult) -> tuple[int, int, int, float, int, int]:
        key = cell.key
        axes = settings.index(key.setting), arms.index(key.arm), variants.index(key.variant)
        return *axes, budget_order(key.budget), key.seed, key.subset

    return sorted(cells, key=place)


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))
