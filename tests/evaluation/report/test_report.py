"""Policies' evaluation and the final page on a run in miniature."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.evaluation.codes.evaluate import evaluate_laq
from lapa.evaluation.policies.evaluate import evaluate_policy
from lapa.evaluation.policies.outcomes import TaskOutcomes, paired_successes, read_outcomes
from lapa.evaluation.policies.success_table import success_table
from lapa.evaluation.report.laq_page import write_laq_page
from lapa.evaluation.report.page import SHORT
from lapa.evaluation.report.report import write_report
from lapa.evaluation.report.run_facts import RunFacts
from lapa.params.arms import KNOWN
from lapa.records import EvaluationReport
from toys.world import World

pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
"""Probes in miniature are cut short on purpose."""

FACTS = RunFacts(
    run="tiny",
    environment="somewhere",
    command="kedro run --env=somewhere",
    commit="0123abc",
    date="2026-01-02T03:04:05+00:00",
    seed=7,
)


@pytest.fixture(scope="module")
def arms(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, EvaluationReport]:
    return {
        arm: evaluate_policy(
            policy=policy,
            shards=world.shards,
            params=world.params,
            out=tmp_path_factory.mktemp(arm),
        )
        for arm, policy in world.policies.items()
    }


def test_success_has_an_interval_and_every_scene(arms: dict[str, EvaluationReport]) -> None:
    for report in arms.values():
        named = {metric.name: metric for metric in report.metrics["policy"]}
        for task in ("reach", "lift"):
            rate = named[f"success/{task}"]
            assert rate.n == 6
            assert rate.low <= rate.value <= rate.high
            outcomes = read_outcomes(report)[task]
            assert np.mean(outcomes.successes) == rate.value
            assert len(set(outcomes.seeds)) == 6
            assert max(outcomes.steps) <= 4


def test_action_error_equals_the_metrics_of_training(
    world: World, arms: dict[str, EvaluationReport]
) -> None:
    for arm, report in arms.items():
        named = {metric.name: metric.value for metric in report.metrics["policy"]}
        trained = world.policies[arm].metrics
        for name in ("mse_normalized", "mae/dx"):
            assert named[f"action/{name}"] == pytest.approx(trained[name], rel=1e-4)


def test_arms_share_their_scenes(arms: dict[str, EvaluationReport]) -> None:
    first, second = (read_outcomes(report)["reach"] for report in arms.values())
    assert first.instructions == second.instructions
    paired_successes(first, second, names=("lapa", "scratch"))


def test_arms_on_other_scenes_are_not_compared() -> None:
    outcome = TaskOutcomes(
        seeds=(1, 2),
        successes=(True, False),
        steps=(1, 2),
        instructions=("", ""),
        ends=("success", "no success"),
    )
    other = outcome.model_copy(update={"seeds": (1, 3)})
    with pytest.raises(ValueError, match="scenes of arm scratch"):
        paired_successes(outcome, other, names=("lapa", "scratch"))


def test_table_has_a_row_per_arm_and_task(arms: dict[str, EvaluationReport]) -> None:
    table = success_table(arms)
    assert len(table) == 4
    assert (table["low_percent"] <= table["success_percent"]).all()
    assert set(table["scenes"]) == {6}


@pytest.fixture(scope="module")
def laq(world: World, tmp_path_factory: pytest.TempPathFactory) -> EvaluationReport:
    return evaluate_laq(
        shards=world.shards,
        laq=world.laqs[0],
        random_laq=world.laqs[1],
        params=world.params,
        out=tmp_path_factory.mktemp("laq"),
    )


def _written(
    world: World, laq: EvaluationReport, arms: dict[str, EvaluationReport], out: Path, **more: Any
) -> tuple[EvaluationReport, str]:
    report = write_report(
        laq=laq,
        arms=arms,
        foundation=more.pop("foundation", world.foundations),
        mixture=world.shards,
        shards=world.shards,
        params=world.params,
        out=out,
        facts=FACTS,
    )
    return report, (out / "report.html").read_text()


def _in_short(page: str) -> list[str]:
    box = page.split('<section class="short">')[1].split("</section>", maxsplit=1)[0]
    return re.findall("<li>(.*?)</li>", box)


def _headings(page: str) -> list[str]:
    return re.findall(r"<h2 id=[^>]*>(.*?)</h2>", page)


def test_page_is_one_file_with_everything_in_it(
    world: World, laq: EvaluationReport, arms: dict[str, EvaluationReport], tmp_path: Path
) -> None:
    report, page = _written(world, laq, arms, tmp_path)
    assert "success.png" in report.plots
    addresses = re.findall(r'(?:src|href)="([^"]{0,40})', page)
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert page.count("data:video/mp4") == 4
    assert "On reach, lapa does not beat scratch" in page
    assert "+10.0 points from always naming the commonest" in page
    assert world.foundations["lapa"].digest[:12] in page
    baselines = {"predict_mean", "repeat_last", "nearest_neighbor"}
    arms_and_codes = {"lapa", "scratch", "laq", "random_laq", "differences"}
    assert arms_and_codes | baselines == set(report.metrics)
    assert "target below 0.05: lapa" in page
    differences = {metric.name for metric in report.metrics["differences"]}
    assert {"lapa - scratch/reach", "lapa - scratch/action_error"} <= differences


def test_a_control_keeps_the_metrics_of_its_policy_and_of_its_quantizer(
    world: World, laq: EvaluationReport, arms: dict[str, EvaluationReport], tmp_path: Path
) -> None:
    controls = {"lapa": arms["lapa"], "random_laq": arms["scratch"]}
    foundations = dict.fromkeys(controls, world.foundations["lapa"])
    report, _ = _written(world, laq, controls, tmp_path, foundation=foundations)
    names = {metric.name for metric in report.metrics["random_laq"]}
    assert {metric.name for metric in arms["scratch"].metrics["policy"]} <= names
    assert {metric.name for metric in laq.metrics["random_laq"]} <= names


def test_page_says_which_run_it_is_and_what_its_words_mean(
    world: World, laq: EvaluationReport, arms: dict[str, EvaluationReport], tmp_path: Path
) -> None:
    _, page = _written(world, laq, arms, tmp_path)
    for fact in (FACTS.run, FACTS.environment, FACTS.commit, FACTS.date, FACTS.command):
        assert fact in page
    assert "tabletop" in page
    assert "whole episodes" in page
    for arm in ("lapa", "scratch"):
        assert next(known.sentence for known in KNOWN if known.name == arm) in page
    assert "perplexity" in page
    for heading, anchor in zip(_headings(page), re.findall(r'<h2 id="(.*?)"', page), strict=True):
        assert f'<a href="#{anchor}">{heading}</a>' in page
    assert len(_in_short(page.partition("<details>")[0])) == SHORT


def test_without_a_simulator_arms_are_compared_by_their_error(
    world: World, laq: EvaluationReport, tmp_path: Path
) -> None:
    offline = world.params.model_copy(update={"rollout": None})
    arms = {
        arm: evaluate_policy(policy=p, shards=world.shards, params=offline, out=tmp_path / arm)
        for arm, p in world.policies.items()
    }
    report, page = _written(world, laq, arms, tmp_path / "page")
    assert {"Closed loop", "Episodes"}.isdisjoint(_headings(page))
    assert page.count("not measured, because no simulator looks like this data") == 1
    assert "closed-loop success" in report.not_measured
    assert any("the actions of lapa are" in sentence for sentence in _in_short(page))
    assert "<video" not in page


def test_what_one_arm_lacks_is_listed_under_its_name(
    world: World, laq: EvaluationReport, arms: dict[str, EvaluationReport], tmp_path: Path
) -> None:
    reason = "ValueError: broken"
    broken = arms["scratch"].model_copy(update={"not_measured": {"closed-loop success": reason}})
    report, page = _written(world, laq, arms | {"scratch": broken}, tmp_path)
    assert report.not_measured["closed-loop success of scratch"] == reason
    assert "Closed-loop success of scratch: not measured, because ValueError: broken." in page


def test_a_rollout_that_breaks_leaves_the_action_error(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no simulator")

    monkeypatch.setattr("lapa.evaluation.sections.closed_loop.rollout", broken)
    lenient = world.params.model_copy(update={"on_error": "report"})
    report = evaluate_policy(
        policy=world.policies["lapa"], shards=world.shards, params=lenient, out=tmp_path
    )
    assert report.not_measured == {"closed-loop success": "RuntimeError: no simulator"}
    assert "action/mae_normalized" in {metric.name for metric in report.metrics["policy"]}


def test_notes_and_choice_of_weights_are_shown(
    world: World, laq: EvaluationReport, arms: dict[str, EvaluationReport], tmp_path: Path
) -> None:
    best = world.foundations["lapa"].model_copy(
        update={"selected": "best", "selected_by": "val/loss"}
    )
    _, page = _written(world, laq, arms, tmp_path, foundation=world.foundations | {"lapa": best})
    assert "best step by val/loss" in page
    assert "last step" in page


def test_the_codes_alone_make_a_page(world: World, laq: EvaluationReport, tmp_path: Path) -> None:
    report = write_laq_page(
        laq=laq, shards=world.shards, params=world.params, out=tmp_path, facts=FACTS
    )
    page = (tmp_path / "report.html").read_text()
    assert "cost of shuffling the codes" in page
    assert "Pairs that share a whole code sequence" in page
    assert "What the decoder draws" in page
    assert len(_in_short(page.partition("<details>")[0])) == SHORT
    assert report.metrics == {}, "the metrics are recorded once, in the quantiser's report"
    assert FACTS.run in page
