"""The one page at the end of a run: every arm side by side, and what the numbers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.finding import Finding, Metrics, metrics_by_subject, read_findings
from lapa.evaluation.measured_model import read_measured_model
from lapa.evaluation.policies.arms import DIFFERENCES, ArmsEvidence
from lapa.evaluation.policies.comparisons import compare_errors, compare_successes
from lapa.evaluation.policies.evidence import ARM
from lapa.evaluation.registry import run_sections
from lapa.evaluation.report.mixture_section import mixture_section
from lapa.evaluation.report.not_measured import all_not_measured, not_measured_section
from lapa.evaluation.report.page import PageSection, write_page
from lapa.evaluation.report.pairs_section import pairs_section
from lapa.evaluation.report.run_facts import RunFacts
from lapa.evaluation.report.run_section import (
    arms_section,
    notes_section,
    provenance_section,
    run_section,
    terms_section,
)
from lapa.evaluation.report.scorecard_section import placed_before, scorecard_section
from lapa.evaluation.report.shown import (
    ShownFinding,
    finding_sections,
    in_page_order,
    in_short,
    shown_of_report,
)
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, EvaluationReport, ShardSet

PAGE = "report.html"
TITLE = "Latent action pretraining: what this run measured"
Arms = Mapping[str, EvaluationReport]


def write_report(
    *,
    laq: EvaluationReport,
    arms: dict[str, EvaluationReport],
    foundation: dict[str, Checkpoint],
    mixture: ShardSet,
    shards: ShardSet,
    params: EvaluationParams,
    out: Path,
    facts: RunFacts | None = None,
) -> EvaluationReport:
    """Write ``report.html``, self-contained, and return all metrics in one record.

    Args:
        laq: what `evaluate_laq` returned.
        arms: what `evaluate_policy` returned, by arm; the first is compared with the others.
        foundation: the arms' backbones.
        mixture: the clips that were watched: quantiser and backbones are made from them.
        shards: the robot's clips, which the policies were finetuned and measured on.
        params: what was evaluated; written into the page.
        out: folder to fill.
        facts: which run this is; unknown where nobody says.

    Raises:
        ValueError: the arms were measured on different scenes or episodes.
    """
    out.mkdir(parents=True, exist_ok=True)
    analyses = Analyses(on_error=params.on_error)
    findings = run_sections(
        ArmsEvidence(
            params=params,
            out=out,
            analyses=analyses,
            arms=arms,
            foundation=foundation,
            successes=compare_successes(arms),
            errors=compare_errors(arms, params, analyses),
        ),
    )
    not_measured = all_not_measured(laq, arms, analyses.not_measured)
    shown = _shown(findings, laq, arms, params=params, out=out)
    models = _models(laq, arms, foundation)
    run = facts or RunFacts()
    write_page(
        out / PAGE,
        title=TITLE,
        subtitle=run.line,
        in_short=in_short(shown, not_measured),
        sections=[
            *_head(run, mixture, shards, arms, models),
            *placed_before(
                finding_sections(shown),
                {finding.title for finding in read_findings(laq)},
                scorecard_section(laq),
            ),
            not_measured_section(not_measured),
            *pairs_section(models),
            provenance_section(models, params.model_dump_json(indent=2)),
            terms_section(),
        ],
    )
    return EvaluationReport(
        path=str(out),
        metrics=_all_metrics(findings, laq, arms),
        plots=tuple(file for finding in findings for file in finding.plots),
        not_measured=not_measured,
    )


def _shown(
    findings: Sequence[Finding],
    laq: EvaluationReport,
    arms: Arms,
    *,
    params: EvaluationParams,
    out: Path,
) -> list[ShownFinding]:
    """All findings of the run: those about codes, about every policy, and those that compare."""
    shown = [ShownFinding(finding=finding, folder=out) for finding in findings]
    shown += shown_of_report(laq)
    for arm, report in arms.items():
        shown += shown_of_report(report, arm=arm)
    return in_page_order(shown, params.analyses)


def _models(
    laq: EvaluationReport, arms: Arms, foundation: Mapping[str, Checkpoint]
) -> dict[str, Checkpoint]:
    """Every model of the run, by what the page calls it."""
    policies = {f"{arm}, policy": read_measured_model(report) for arm, report in arms.items()}
    backbones = {f"{arm}, backbone": checkpoint for arm, checkpoint in foundation.items()}
    models = {"quantizer": read_measured_model(laq), **backbones, **policies}
    return {name: checkpoint for name, checkpoint in models.items() if checkpoint is not None}


def _head(
    run: RunFacts, mixture: ShardSet, shards: ShardSet, arms: Arms, models: Mapping[str, Checkpoint]
) -> list[PageSection]:
    spec = next((checkpoint.pair_spec for checkpoint in models.values()), None)
    watched = mixture_section(mixture)
    return [
        run_section(run, mixture, spec, robot=shards),
        *watched,
        arms_section(arms),
        notes_section(models),
    ]


def _all_metrics(findings: Sequence[Finding], laq: EvaluationReport, arms: Arms) -> Metrics:
    """All metrics by arm; a control of quantiser and policy alike has both kinds under its name.

    Baselines of the actions are the same for all arms, which were taught with the same episodes.
    """
    metrics = {arm: report.metrics.get(ARM, ()) for arm, report in arms.items()}
    for arm, report in arms.items():
        for subject, measured in report.metrics.items():
            if subject.startswith(f"{ARM}/"):
                metrics[arm + subject.removeprefix(ARM)] = measured
            elif subject != ARM:
                metrics.setdefault(subject, measured)
    compared = {DIFFERENCES: (), **metrics_by_subject(findings)}
    for arm, measured in (*laq.metrics.items(), *compared.items()):
        metrics[arm] = (*metrics.get(arm, ()), *measured)
    return metrics
