"""Nodes of the evaluation pipeline."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lapa.evaluation.laq_page import write_laq_page as render_laq_page
from lapa.evaluation.laq_report import evaluate_laq as measure_laq
from lapa.evaluation.policy_report import evaluate_policy as measure_policy
from lapa.evaluation.report import write_report as render_report
from lapa.evaluation.success_table import success_table
from lapa.params.evaluation import EvaluationParams
from lapa.pipelines.arms import ARMS
from lapa.pipelines.run_facts import current_run
from lapa.records import Checkpoint, Report, ShardSet
from lapa.scratch import stage_folder


def evaluate_laq(
    shards: ShardSet,
    laq: Checkpoint,
    random_laq: Checkpoint,
    evaluation: EvaluationParams,
    work: str,
) -> Report:
    """Measure what the codes carry, beside the untrained quantiser."""
    folder = stage_folder(work, "evaluate_laq", [shards.digest, laq.digest, random_laq.digest])
    return measure_laq(
        shards=shards, laq=laq, random_laq=random_laq, params=evaluation, out=folder / "report"
    )


def evaluate_policy(
    shards: ShardSet, policy: Checkpoint, evaluation: EvaluationParams, work: str
) -> Report:
    """Roll the policy out in fresh scenes and measure its action error on held-out episodes."""
    folder = stage_folder(work, "evaluate_policy", [shards.digest, policy.digest])
    return measure_policy(shards=shards, policy=policy, params=evaluation, out=folder / "report")


def write_laq_page(
    shards: ShardSet, laq: Report, evaluation: EvaluationParams, work: str
) -> Report:
    """Show what the codes are worth, without any policy."""
    folder = stage_folder(work, "laq_page", [shards.digest, laq.path])
    return render_laq_page(
        laq=laq,
        shards=shards,
        params=evaluation,
        facts=current_run(Path(work).name, seed=evaluation.seed),
        out=folder / "report",
    )


def write_report(
    evaluation: EvaluationParams,
    work: str,
    shards: ShardSet,
    laq: Report,
    *by_arm: Report | Checkpoint,
) -> tuple[Report, pd.DataFrame]:
    """Put every arm side by side on one page and in one table.

    Args:
        evaluation: parameters.
        work: scratch root of the run.
        shards: the clips that everything was measured on.
        laq: what was measured about the codes.
        by_arm: the policy reports of all arms, then their foundation checkpoints, in `ARMS` order.
    """
    policies = [report for report in by_arm if isinstance(report, Report)]
    foundations = [checkpoint for checkpoint in by_arm if isinstance(checkpoint, Checkpoint)]
    arms = dict(zip(ARMS, policies, strict=True))
    folder = stage_folder(work, "report", [report.path for report in (laq, *policies)])
    report = render_report(
        laq=laq,
        arms=arms,
        foundation=dict(zip(ARMS, foundations, strict=True)),
        shards=shards,
        params=evaluation,
        facts=current_run(Path(work).name, seed=evaluation.seed),
        out=folder / "report",
    )
    return report, success_table(arms)
