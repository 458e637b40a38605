"""What cannot be is refused when a study is read, not when its cell is due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.params.label_sources import PermutedCodes
from lapa.refused import RefusedError
from lapa.studies.places import require_places
from toys import arm_toy
from toys.study_files import plan_of


def variant(**params: Any) -> dict[str, Any]:
    return {"variants": {"default": {}, "other": {"params": params}}}


@pytest.mark.parametrize(
    ("said", "where", "reason"),
    [
        (
            variant(**{"finetune.trainer.max_step": 3}),
            "setting 'in_domain', variant 'other'",
            "no parameter 'finetune.trainer.max_step'; did you mean 'max_steps'",
        ),
        (
            variant(**{"laq.trainer.max_steps": -1}),
            "setting 'in_domain', variant 'other'",
            "laq.trainer.max_steps",
        ),
        (
            variant(**{"laq.trainer.precision": "auto"}),
            "setting 'in_domain', variant 'other'",
            "laq.trainer.precision is 'auto', expected 32-true or bf16-mixed",
        ),
        (
            {"settings": {"real": {"env": "tset"}}},
            "setting 'real', variant 'default'",
            "no environment 'tset'",
        ),
        (
            {"params": {"finetune.dataset": None}},
            "setting 'in_domain'",
            "finetune.dataset is null",
        ),
        (
            {"arms": ["inverse_dynamics"], "params": {"foundation.online_labels": True}},
            "setting 'in_domain'",
            "labels of inverse_dynamics are not made by a quantiser",
        ),
        (
            {"arms": ["toys.arm_toy:OTHER_CODES"]},
            "setting 'in_domain'",
            "arm 'other_codes' reads quantizer 'other_checkpoint', which the catalog does not have",
        ),
        (
            variant(
                **{
                    "evaluation.rollout.simulator": {"kind": "metaworld"},
                    "evaluation.rollout.tasks": ["drawer-open-v3"],
                }
            ),
            "setting 'in_domain', variant 'other'",
            "expected the same: a policy knows the actions of the simulator",
        ),
        (
            {
                "budgets": [None, 4],
                "params": {"finetune": {"labeled_episodes": None, "labeled_fraction": 0.5}},
            },
            "cell in_domain-lapa-default-n4-s0-l0",
            "finetune.labeled_episodes is 4 and finetune.labeled_fraction is 0.5",
        ),
    ],
)
def test_it_names_setting_and_variant_and_what_is_wrong(
    said: dict[str, Any], where: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError) as refused:
        plan_of(tmp_path, **said)
    message = str(refused.value)
    assert message.startswith(where)
    assert reason in message


def test_codes_of_an_arm_that_nobody_knows_cannot_be_permuted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = PermutedCodes(codes_of="lappa", quantizer="laq_checkpoint")
    arm = arm_toy.NO_CODES.model_copy(update={"labels": labels})
    monkeypatch.setattr(arm_toy, "NO_CODES", arm)
    with pytest.raises(RefusedError, match="permutes codes of another one: no arm 'lappa'"):
        plan_of(tmp_path, arms=["toys.arm_toy:NO_CODES"])


def test_sources_are_asked_for_where_data_are_made(tmp_path: Path) -> None:
    source = {"datasets.robot": {"kind": "lerobot", "path": "/nowhere/at/all"}}
    plan = plan_of(tmp_path, arms=["scratch"], params={**source, "finetune.dataset": "robot"})
    with pytest.raises(RefusedError, match=r"run data-\w+ \(--env=test\): datasets.robot.path"):
        require_places(plan.runs.values())
    require_places(plan.cells.values())


def test_gpus_are_asked_for_whatever_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapa.hooks.preflight.devices._gpus", lambda: 0)
    plan = plan_of(tmp_path, arms=["scratch"], params={"laq.trainer.accelerator": "gpu"})
    with pytest.raises(
        RefusedError, match=r"laq\.trainer\.devices is 1, but this machine has 0 GPUs"
    ):
        require_places(plan.cells.values())
