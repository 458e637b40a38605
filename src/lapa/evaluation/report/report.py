"""The one page at the end of a run: every arm side by side, and what the numbers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.codes.laq_details import read_details
from lapa.evaluation.plots.success_bars import draw_success
from lapa.evaluation.plots.training_curves import draw_curves, read_curves
from lapa.evaluation.policies.comparisons import Comparison, compare_errors, compare_successes
from lapa.evaluation.policies.evaluate import policy_record
from lapa.evaluation.policies.success_table import success_rates
from lapa.evaluation.report import in_short
from lapa.evaluation.report.codes_section import codes_section, motion_section
from lapa.evaluation.report.not_measured import all_not_measured, not_measured_section
from lapa.evaluation.report.page import Listed, Section, write_page
from lapa.evaluation.report.policy_sections import (
    action_error_section,
    backbone_section,
    closed_loop_section,
    episodes_section,
    training_section,
)
from lapa.evaluation.report.run_facts import RunFacts
from lapa.evaluation.report.run_section import (
    arms_section,
    notes_of,
    provenance_blocks,
    run_section,
    terms_section,
)
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, EvaluationReport, Metric, ShardSet

PAGE = "report.html"
TITLE = "Latent action pretraining: what this run measured"


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything that the page is made of."""

    laq: EvaluationReport
    arms: Mapping[str, EvaluationReport]
    foundation: Mapping[str, Checkpoint]
    successes: Sequence[Comparison]
    errors: Sequence[Comparison]
    pictures: Mapping[str, Path]
    not_measured: Mapping[str, str]


def write_report(
    *,
    laq: EvaluationReport,
    arms: dict[str, EvaluationReport],
    foundation: dict[str, Checkpoint],
    shards: ShardSet,
    params: EvaluationParams,
    out: Path,
    facts: RunFacts | None = None,
) -> EvaluationReport:
    """Write ``report.html``, self-contained, and return all figures in one record.

    Args:
        laq: what `evaluate_laq` returned.
        arms: what `evaluate_policy` returned, by arm; the first is compared with the others.
        foundation: the arms' backbones.
        shards: the clips that everything was made from and measured on.
        params: what was evaluated; written into the page.
        out: folder to fill.
        facts: which run this is; unknown where nobody says.

    Raises:
        ValueError: the arms were measured on different scenes or episodes.
    """
    out.mkdir(parents=True, exist_ok=True)
    analyses = Analyses(on_error=params.on_error)
    successes = compare_successes(arms)
    errors = compare_errors(arms, params, analyses)
    pictures = _draw(arms, foundation, analyses, out)
    found = Gathered(
        laq=laq,
        arms=arms,
        foundation=foundation,
        successes=successes,
        errors=errors,
        pictures=pictures,
        not_measured=all_not_measured(laq, arms, analyses.not_measured),
    )
    run = facts or RunFacts()
    write_page(
        out / PAGE,
        title=TITLE,
        subtitle=run.line,
        in_short=_in_short(found),
        sections=_sections(found, shards, params, run),
    )
    return EvaluationReport(
        path=str(out),
        arms=_figures(found),
        pictures=tuple(pictures),
        not_measured=dict(found.not_measured),
    )


def _figures(found: Gathered) -> dict[str, tuple[Metric, ...]]:
    """All figures by arm; a control of quantiser and policy alike has both kinds under its name."""
    figures = {arm: report.arms.get("policy", ()) for arm, report in found.arms.items()}
    for arm, measured in found.laq.arms.items():
        figures[arm] = (*figures.get(arm, ()), *measured)
    differences = (*found.successes, *found.errors)
    return figures | {"differences": tuple(c.difference for c in differences)}


def _in_short(found: Gathered) -> list[str]:
    return in_short.shortened(
        in_short.about_arms(found.successes, found.errors, found.arms),
        in_short.about_codes(found.laq),
        in_short.about_backbone(found.foundation),
        in_short.about_missing(found.not_measured),
    )


def _sections(
    found: Gathered, shards: ShardSet, params: EvaluationParams, facts: RunFacts
) -> list[Section]:
    quantizer = read_details(found.laq).checkpoint
    policies = {arm: policy_record(report) for arm, report in found.arms.items()}
    models = {
        **({"quantizer": quantizer} if quantizer else {}),
        **{f"{arm}, backbone": checkpoint for arm, checkpoint in found.foundation.items()},
        **{f"{arm}, policy": record for arm, record in policies.items() if record},
    }
    spec = next((checkpoint.pair_spec for checkpoint in models.values()), None)
    notes = notes_of(models)
    error_words = in_short.error_sentences(found.errors, found.arms)
    success_words = in_short.success_sentences(found.successes, found.arms)
    return [
        run_section(facts, shards, spec),
        arms_section(found.arms),
        Section(title="Notes", blocks=[Listed(sentences=notes)] if notes else []),
        closed_loop_section(found.arms, found.successes, success_words, found.pictures),
        action_error_section(found.arms, error_words),
        codes_section(found.laq),
        motion_section(found.laq),
        backbone_section(found.foundation),
        training_section(found.pictures),
        episodes_section(found.arms),
        not_measured_section(found.not_measured),
        Section(
            title="Where the numbers come from",
            blocks=provenance_blocks(models, params.model_dump_json(indent=2)),
        ),
        terms_section(),
    ]


def _draw(
    arms: Mapping[str, EvaluationReport],
    foundation: Mapping[str, Checkpoint],
    analyses: Analyses,
    out: Path,
) -> dict[str, Path]:
    """Draw what compares arms; return the files that exist, by name."""
    rates = {arm: success_rates(report) for arm, report in arms.items()}
    if all(rates.values()):
        analyses.run("picture of success", partial(draw_success, rates, out / "success.png"))
    stages = {
        "foundation": {arm: read_curves(Path(c.path)) for arm, c in foundation.items()},
        "policy": {arm: read_curves(Path(report.path)) for arm, report in arms.items()},
    }
    for stage, curves in stages.items():
        heading = f"Training of the {stage} (dashed: held-out)"
        draw = partial(draw_curves, curves, heading, out / f"curves_{stage}.png")
        analyses.run(f"curves of the {stage}", draw)
    names = ("success.png", "curves_foundation.png", "curves_policy.png")
    return {name: out / name for name in names if (out / name).is_file()}
