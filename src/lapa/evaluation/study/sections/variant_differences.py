"""Every variant against the first of its setting and arm, on the same seeds, subsets and scenes."""

from __future__ import annotations

import numpy as np

from lapa.evaluation.blocks import Table
from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.study.places import Places
from lapa.evaluation.study.question import reference_variant, variant_difference_grid
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.differences import judged
from lapa.evaluation.study.statistics.grid import Grid
from lapa.evaluation.study.variant_columns import (
    columns_of,
    facts_told_apart,
    row_facts,
    titles_of,
)

LEAD = (
    "Points of success, paired: the same pretraining seed, labelled subset and scene for both variants of an arm; a pair is "
    "two cells. Better or worse only where the 95 % interval leaves out zero; none is corrected for how many are compared."
)


def variant_differences_table(results: StudyResults, places: Places) -> Table:
    """One row per setting, arm and variant: pairs of cells, and difference and verdict by column."""
    titles = titles_of(results, places)
    body = [
        row
        for setting in places
        for arm in results.arms
        for variant in results.variants_of(setting)
        if (row := _row(results, places, titles, setting=setting, arm=arm, variant=variant))
    ]
    apart = facts_told_apart(results, places)
    return Table(head=(*apart, "variants", "pairs", *titles), rows=tuple(body))


def _row(
    results: StudyResults,
    places: Places,
    titles: list[str],
    *,
    setting: str,
    arm: str,
    variant: str,
) -> tuple[str, ...]:
    first = reference_variant(results, setting, arm, places[setting])
    if first is None or variant == first:
        return ()
    columns = columns_of(results, setting, places[setting])
    grids = [
        variant_difference_grid(results, columns[title], arm, variant, first)
        if title in columns
        else None
        for title in titles
    ]
    pairs = [_pairs(grid) for grid in grids if grid is not None]
    if not pairs:
        return ()
    return (
        *row_facts(results, places, setting, arm),
        f"{variant} − {first}",
        str(max(pairs)),
        *(ABSENT if grid is None else judged(grid) for grid in grids),
    )


def _pairs(grid: Grid) -> int:
    return int(np.count_nonzero(~np.isnan(grid.cell_means)))
