"""The page of a quantiser alone: what its codes are worth, without any policy. Video is enough."""

from __future__ import annotations

import shutil
from pathlib import Path

from lapa.evaluation.measured_model import read_measured_model
from lapa.evaluation.report.mixture_section import mixture_section
from lapa.evaluation.report.not_measured import not_measured_section
from lapa.evaluation.report.page import write_page
from lapa.evaluation.report.pairs_section import pairs_section
from lapa.evaluation.report.run_facts import RunFacts
from lapa.evaluation.report.run_section import (
    notes_section,
    provenance_section,
    run_section,
    terms_section,
)
from lapa.evaluation.report.scorecard_section import scorecard_section
from lapa.evaluation.report.shown import finding_sections, in_page_order, in_short, shown_of_report
from lapa.evaluation.scorecard.storage import copy_scorecard
from lapa.params.evaluation import EvaluationParams
from lapa.records import EvaluationReport, ShardSet

PAGE = "report.html"
PREVIEW = "reconstructions.png"
"""The one plot that stands for the page elsewhere; all of them are inside it."""
TITLE = "Latent actions: what these codes are worth"


def write_laq_page(
    *,
    laq: EvaluationReport,
    shards: ShardSet,
    params: EvaluationParams,
    out: Path,
    facts: RunFacts | None = None,
) -> EvaluationReport:
    """Write ``report.html`` about a quantiser: everything that was found out about its codes.

    Args:
        laq: what `evaluate_laq` returned.
        shards: the clips that it was trained and measured on.
        params: what was evaluated; written into the page.
        out: folder to fill; the files of the scorecard lie there, too.
        facts: which run this is; unknown where nobody says.

    Returns:
        A record without metrics: those of ``laq`` are recorded there.
    """
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = read_measured_model(laq)
    models = {"quantizer": checkpoint} if checkpoint else {}
    shown = in_page_order(shown_of_report(laq), params.analyses)
    run = facts or RunFacts()
    write_page(
        out / PAGE,
        title=TITLE,
        subtitle=run.line,
        in_short=in_short(shown, laq.not_measured),
        sections=[
            scorecard_section(laq),
            *finding_sections(shown),
            run_section(run, shards, checkpoint.pair_spec if checkpoint else None),
            *mixture_section(shards),
            notes_section(models),
            not_measured_section(laq.not_measured),
            *pairs_section(models),
            provenance_section(models, params.model_dump_json(indent=2)),
            terms_section(),
        ],
    )
    plots = tuple(name for name in laq.plots if name == PREVIEW)
    for name in plots:
        shutil.copyfile(Path(laq.path) / name, out / name)
    copy_scorecard(Path(laq.path), out)
    return EvaluationReport(path=str(out), metrics={}, plots=plots, not_measured=laq.not_measured)
