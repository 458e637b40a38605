"""Which arms an experiment has: known ones by name, others by import path, refused before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from lapa.params.arms import DEFAULT, KNOWN
from lapa.params.chosen_arms import ArmsParams, arms_named
from lapa.params.experiment import DEMO, Experiment

TOY = "toys.arm_toy:OTHER_CODES"


def test_a_list_and_a_text_with_plus_signs_mean_the_same() -> None:
    assert ArmsParams.model_validate(["lapa", "scratch"]).root == ("lapa", "scratch")
    assert ArmsParams.model_validate("lapa + scratch").root == ("lapa", "scratch")
    assert ArmsParams.model_validate("scratch").root == ("scratch",)
    assert ArmsParams().root == DEFAULT == DEMO.arms


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "no arm is chosen, expected at least one of lapa, random_laq"),
        ("lapa+scrach", r"no arm 'scrach'; did you mean 'scratch'\? There are: lapa, .*or package"),
        ("lapa+scratch+lapa", "lapa chosen more than once, expected each once"),
        (f"{TOY}+{TOY}", "other_codes chosen more than once"),
        ("toys.arm_toy:Arm", "is <class .*expected a lapa.params.arms.Arm"),
        ("toys.arm_toy:NONE", "cannot be imported"),
    ],
)
def test_what_is_no_choice_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ArmsParams.model_validate(value)


def test_an_arm_of_ones_own_is_named_by_its_import_path() -> None:
    assert [arm.name for arm in arms_named(["lapa", TOY])] == ["lapa", "other_codes"]


def test_the_experiment_carries_the_choice() -> None:
    parameters = {
        "finetune": {"dataset": "table"},
        "mixture": {"sources": [{"dataset": "table"}]},
        "datasets": {"table": {"kind": "simulator"}},
        "arms": "scratch+lapa",
    }
    assert Experiment.of(parameters).arms == ("scratch", "lapa")
    assert Experiment.of({k: v for k, v in parameters.items() if k != "arms"}).arms == DEFAULT


def test_a_quantizer_stands_behind_codes_alone() -> None:
    behind = {arm.name: arm.quantizer for arm in KNOWN}
    assert behind == {
        "lapa": "laq_checkpoint",
        "random_laq": "random_laq_checkpoint",
        "shuffled_codes": "laq_checkpoint",
        "inverse_dynamics": None,
        "scratch": None,
        "action_pretrained": None,
    }
