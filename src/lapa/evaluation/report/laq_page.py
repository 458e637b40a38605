"""The page of a quantiser alone: what its codes are worth, without any policy. Video is enough."""

from __future__ import annotations

import shutil
from pathlib import Path

from lapa.evaluation.codes.laq_details import read_details
from lapa.evaluation.report import in_short
from lapa.evaluation.report.codes_section import codes_section, motion_section
from lapa.evaluation.report.not_measured import not_measured_section
from lapa.evaluation.report.page import Listed, Section, write_page
from lapa.evaluation.report.run_facts import RunFacts
from lapa.evaluation.report.run_section import (
    notes_of,
    provenance_blocks,
    run_section,
    terms_section,
)
from lapa.params.evaluation import EvaluationParams
from lapa.records import EvaluationReport, ShardSet

PAGE = "report.html"
PREVIEW = "reconstructions.png"
"""The one picture that stands for the page elsewhere; all of them are inside it."""
TITLE = "Latent actions: what these codes are worth"


def write_laq_page(
    *,
    laq: EvaluationReport,
    shards: ShardSet,
    params: EvaluationParams,
    out: Path,
    facts: RunFacts | None = None,
) -> EvaluationReport:
    """Write ``report.html`` about a quantiser: clips grouped by code, cost of shuffling, pictures.

    Args:
        laq: what `evaluate_laq` returned.
        shards: the clips that it was trained and measured on.
        params: what was evaluated; written into the page.
        out: folder to fill.
        facts: which run this is; unknown where nobody says.

    Returns:
        A record without figures: those of ``laq`` are recorded there.
    """
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = read_details(laq).checkpoint
    models = {"quantizer": checkpoint} if checkpoint else {}
    notes = notes_of(models)
    run = facts or RunFacts()
    write_page(
        out / PAGE,
        title=TITLE,
        subtitle=run.line,
        in_short=in_short.shortened(
            in_short.about_codes(laq), in_short.about_missing(laq.not_measured)
        ),
        sections=[
            codes_section(laq),
            motion_section(laq),
            run_section(run, shards, checkpoint.pair_spec if checkpoint else None),
            Section(title="Notes", blocks=[Listed(sentences=notes)] if notes else []),
            not_measured_section(laq.not_measured),
            Section(
                title="Where the numbers come from",
                blocks=provenance_blocks(models, params.model_dump_json(indent=2)),
            ),
            terms_section(),
        ],
    )
    pictures = tuple(name for name in laq.pictures if name == PREVIEW)
    for name in pictures:
        shutil.copyfile(Path(laq.path) / name, out / name)
    return EvaluationReport(
        path=str(out), arms={}, pictures=pictures, not_measured=laq.not_measured
    )
