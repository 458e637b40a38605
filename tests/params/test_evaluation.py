"""Variants of the scenes: which simulators they are, what each trial is called, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lapa.params.evaluation import EvaluationParams, RolloutParams


def test_plain_scenes_come_first_and_variants_differ_in_what_they_say() -> None:
    params = RolloutParams.model_validate(
        {"variants": {"dark": {"table": "dark"}, "far": {"camera": "side"}}, "max_steps": 7}
    )
    trials = {criterion: (task, sim.model_dump()) for criterion, task, sim in params.trials()}
    assert list(trials) == ["reach", "lift", "reach/dark", "lift/dark", "reach/far", "lift/far"]
    assert trials["lift/dark"][0] == "lift"
    plain, dark = trials["lift"][1], trials["lift/dark"][1]
    assert dark == plain | {"table": "dark"}
    assert {sim["max_steps"] for _, sim in trials.values()} == {7}


def test_without_variants_there_are_the_tasks_alone() -> None:
    assert RolloutParams.model_validate({"variants": None}).variants == {}
    assert [criterion for criterion, *_ in RolloutParams().trials()] == ["reach", "lift"]


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        ({"dark": {"tabel": "dark"}}, r"a variant of \['dark'\] does not fit 'tabletop': tabel"),
        ({"dark": {"table": "black"}}, "table: Input should be"),
        ({"a/b": {}}, "expected a name of letters"),
        ({"other": {"kind": "points"}}, "not another kind"),
        ({"short": {"tasks": ["lift"]}}, r"rollout.tasks has \['reach'\].*variants.short.tasks"),
    ],
)
def test_what_is_no_variant_is_refused(variants: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EvaluationParams.model_validate({"rollout": {"variants": variants}})
