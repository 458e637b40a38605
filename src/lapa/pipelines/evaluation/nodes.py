"""Nodes of the evaluation pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from lapa.evaluation.codes.evaluate import measure_codes
from lapa.evaluation.policies.evaluate import evaluate_policy as measure_policy
from lapa.evaluation.policies.success_table import success_table
from lapa.evaluation.report.laq_page import write_laq_page as render_laq_page
from lapa.evaluation.report.report import write_report as render_report
from lapa.params.evaluation import EvaluationParams
from lapa.pipelines.evaluation.generations import require_backbone, require_one_generation
from lapa.pipelines.run_facts import current_run
from lapa.pipelines.stage import stage
from lapa.records import Checkpoint, EvaluationReport, ShardSet


@stage("evaluate_laq")
def evaluate_laq(
    shards: ShardSet,
    laq: Checkpoint,
    random_laq: Checkpoint,
    evaluation: EvaluationParams,
    folder: Path,
) -> tuple[EvaluationReport, pd.DataFrame]:
    """Measure what the codes carry, beside the untrained quantiser; and the table of pairs it was read from."""
    measured = measure_codes(
        shards=shards, laq=laq, random_laq=random_laq, params=evaluation, out=folder / "report"
    )
    return measured.report, measured.pair_frame()


@stage("evaluate_policy")
def evaluate_policy(
    shards: ShardSet,
    policy: Checkpoint,
    foundation: Checkpoint,
    evaluation: EvaluationParams,
    folder: Path,
) -> EvaluationReport:
    """Roll the policy out in fresh scenes and measure its action error on held-out episodes.

    The arm's backbone is only compared with the one the policy started from.
    """
    require_backbone(policy, foundation)
    return measure_policy(shards=shards, policy=policy, params=evaluation, out=folder / "report")


@stage("laq_page")
def write_laq_page(
    shards: ShardSet, laq: EvaluationReport, evaluation: EvaluationParams, folder: Path
) -> EvaluationReport:
    """Show what the codes are worth, without any policy."""
    return render_laq_page(
        laq=laq,
        shards=shards,
        params=evaluation,
        facts=current_run(folder.parent.name, seed=evaluation.seed),
        out=folder / "report",
    )


@stage("report")
def write_report(
    evaluation: EvaluationParams,
    folder: Path,
    mixture: ShardSet,
    shards: ShardSet,
    laq: EvaluationReport,
    **of_arms: Any,
) -> tuple[EvaluationReport, pd.DataFrame]:
    """Put every arm side by side on one page and in one table.

    Args:
        evaluation: parameters.
        folder: scratch folder.
        mixture: the clips that were watched.
        shards: the robot's clips, which the policies were finetuned and measured on.
        laq: what was measured about the codes.
        of_arms: of every arm ``<arm>.policy_report``, ``.policy_checkpoint``, ``.foundation_checkpoint``.
    """
    arms = dict.fromkeys(name.partition(".")[0] for name in of_arms)
    reports, policies, foundations = (
        {arm: of_arms[f"{arm}.{name}"] for arm in arms}
        for name in ("policy_report", "policy_checkpoint", "foundation_checkpoint")
    )
    require_one_generation(shards, laq, reports, policies, foundations)
    report = render_report(
        laq=laq,
        arms=reports,
        foundation=foundations,
        mixture=mixture,
        shards=shards,
        params=evaluation,
        facts=current_run(folder.parent.name, seed=evaluation.seed),
        out=folder / "report",
    )
    return report, success_table(reports)
