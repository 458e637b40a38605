"""Policies' evaluation and the final page on a run in miniature."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lapa.evaluation.laq_report import evaluate_laq
from lapa.evaluation.outcomes import TaskOutcomes, paired_successes, read_outcomes
from lapa.evaluation.policy_report import evaluate_policy
from lapa.evaluation.report import write_report
from lapa.evaluation.success_table import success_table
from lapa.records import Report

pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
"""Probes in miniature are cut short on purpose."""


@pytest.fixture(scope="module")
def arms(world, tmp_path_factory) -> dict[str, Report]:  # type: ignore[no-untyped-def]
    return {
        arm: evaluate_policy(
            policy=policy,
            shards=world.shards,
            params=world.params,
            out=tmp_path_factory.mktemp(arm),
        )
        for arm, policy in world.policies.items()
    }


def test_success_has_an_interval_and_every_scene(arms: dict[str, Report]) -> None:
    for report in arms.values():
        named = {figure.name: figure for figure in report.arms["policy"]}
        for task in ("reach", "lift"):
            rate = named[f"success/{task}"]
            assert rate.n == 6
            assert rate.low <= rate.value <= rate.high
            outcomes = read_outcomes(report)[task]
            assert np.mean(outcomes.successes) == rate.value
            assert len(set(outcomes.seeds)) == 6
            assert max(outcomes.steps) <= 4


def test_action_error_equals_the_figures_of_training(world, arms: dict[str, Report]) -> None:  # type: ignore[no-untyped-def]
    for arm, report in arms.items():
        named = {figure.name: figure.value for figure in report.arms["policy"]}
        trained = world.policies[arm].metrics
        for name in ("mse_normalised", "mae/dx"):
            assert named[f"action/{name}"] == pytest.approx(trained[name], rel=1e-4)


def test_arms_share_their_scenes(arms: dict[str, Report]) -> None:
    first, second = (read_outcomes(report)["reach"] for report in arms.values())
    assert first.instructions == second.instructions
    paired_successes(first, second, names=("lapa", "scratch"))


def test_arms_on_other_scenes_are_not_compared() -> None:
    outcome = TaskOutcomes(
        seeds=(1, 2), successes=(True, False), steps=(1, 2), instructions=("", "")
    )
    other = outcome.model_copy(update={"seeds": (1, 3)})
    with pytest.raises(ValueError, match="scenes of arm scratch"):
        paired_successes(outcome, other, names=("lapa", "scratch"))


def test_table_has_a_row_per_arm_and_task(arms: dict[str, Report]) -> None:
    table = success_table(arms)
    assert len(table) == 4
    assert (table["low_percent"] <= table["success_percent"]).all()
    assert set(table["scenes"]) == {6}


def test_page_is_one_file_with_everything_in_it(
    world,
    arms: dict[str, Report],
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    laq = evaluate_laq(
        shards=world.shards,
        laq=world.laqs[0],
        random_laq=world.laqs[1],
        params=world.params,
        out=tmp_path / "laq",
    )
    report = write_report(
        laq=laq, arms=arms, foundation=world.foundations, params=world.params, out=tmp_path / "out"
    )
    page = (tmp_path / "out" / "report.html").read_text()
    assert "success.png" in report.pictures
    addresses = re.findall(r'(?:src|href)="([^"]{0,40})', page)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert page.count("data:video/mp4") == 4
    assert "On reach, lapa does not beat scratch" in page
    assert "+10.0 points from always naming the commonest" in page
    assert world.foundations["lapa"].digest[:12] in page
    assert {"lapa", "scratch", "laq", "random_laq", "differences"} == set(report.arms)
