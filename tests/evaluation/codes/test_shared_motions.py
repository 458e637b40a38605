"""Only what has one name and one unit is compared across datasets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.instruction_alignment import alignment_scores
from lapa.evaluation.codes.instruction_groups import instruction_groups
from lapa.evaluation.codes.nuisance import nuisance_probe
from lapa.evaluation.codes.shared_motions import DIRECTION, shared_motions
from lapa.params.evaluation import ProbeParams
from toys.pair_tables import action_codes


def test_dimensions_of_one_name_and_unit_are_shared_in_whichever_column() -> None:
    table = action_codes()
    assert table.actions is not None
    mixed = replace(
        table,
        action_names={"bench": ("dx", "dy"), "hands": ("dz", "dx")},
        action_units={"bench": ("m", "m"), "hands": ("m", "m")},
    )
    direction, dx = shared_motions(mixed)
    assert (direction.name, dx.name, dx.axis) == (DIRECTION, "dx", "dx [m]")
    expected = np.where(table.dataset == "bench", table.actions[:, 0], table.actions[:, 1])
    np.testing.assert_allclose(dx.values[:, 0], expected)
    assert table.motion is not None
    assert len(direction.table) == (~table.motion.static).sum()


@pytest.mark.parametrize("units", [{"bench": ("m", "m"), "hands": ("mm", "mm")}, {}])
def test_other_or_unknown_units_are_not_compared(units: dict[str, tuple[str, ...]]) -> None:
    table = replace(action_codes(), action_units=units, motion=None)
    assert shared_motions(table) == ()


def test_instructions_are_grouped_by_sentence_verb_and_likeness() -> None:
    sentences = [
        f"{verb} the {thing}"
        for verb in ("push", "lift")
        for thing in ("cup", "red box", "lid", "pen", "jar")
    ]
    groups = {g.name: g for g in instruction_groups(np.array(sentences), seed=0)}
    assert len(groups["instruction"].names) == 10
    assert groups["verb"].names == ("lift", "push")
    assert [groups["verb"].names[i] for i in groups["verb"].number] == ["push"] * 5 + ["lift"] * 5
    assert 1 < len(groups["cluster"].names) <= 8
    assert set(groups["cluster"].names) <= set(sentences)


def test_instructions_that_occur_once_cannot_be_exchanged() -> None:
    table = action_codes(pairs=120, episodes=12)
    alone = replace(table, instruction=np.char.add("task ", table.episode.astype(str)))
    groups = instruction_groups(alone.instruction, seed=0)
    with pytest.raises(CannotMeasureError, match="its own instruction"):
        alignment_scores(alone, groups[0], draws=5, seed=0)


def test_a_scene_of_one_episode_is_no_class() -> None:
    table = action_codes(pairs=120, episodes=12)
    alone = replace(table, environment=np.char.add("room ", table.episode.astype(str)))
    with pytest.raises(CannotMeasureError, match="2 held-out episodes"):
        nuisance_probe(alone, "environment", params=ProbeParams(), seed=0)
