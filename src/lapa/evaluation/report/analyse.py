"""Any quantiser on any shards: every analysis, the page and the table of pairs in one folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from lapa.data.loading.pairs import open_pairs
from lapa.evaluation.codes.evaluate import MeasuredCodes, measure_codes
from lapa.evaluation.codes.larybench import write_larybench
from lapa.evaluation.codes.pair_frame import write_pair_table
from lapa.evaluation.finding import Finding
from lapa.evaluation.report.laq_page import PAGE, write_laq_page
from lapa.evaluation.report.run_facts import RunFacts
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, EvaluationReport, ShardSet

PAIRS = "pairs.parquet"


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """What came out."""

    report: EvaluationReport
    """Its folder holds the page (``report.html``), ``pairs.parquet`` where anything is held out, and all plots."""
    findings: tuple[Finding, ...]
    latents: Path | None
    """Table of the LARYBench files; None where they were not asked for, or nothing is held out."""


def analyse_codes(
    *,
    shards: ShardSet,
    laq: Checkpoint,
    control: Checkpoint | None,
    params: EvaluationParams,
    out: Path,
    facts: RunFacts,
    npz: Path | None = None,
) -> Analysed:
    """Run every analysis of codes and write the page.

    Args:
        shards: clips.
        laq: the quantiser.
        control: an untrained one for the same pairs; None measures without.
        params: which pairs, which analyses.
        out: folder to fill.
        facts: what the page says about the run.
        npz: folder for one ``.npz`` a pair (`lapa.evaluation.codes.larybench`).

    Raises:
        KeyError: there is no such split.
        ValueError: the two quantisers were made for different pairs, the horizon fits no pair (or is
            shorter than a frame of some dataset), or a dataset, environment or instruction that was asked
            for is not there.
    """
    open_pairs(shards, params.split, laq.pair_spec, where=params.where)  # refuses what has no pair
    measured = measure_codes(shards=shards, laq=laq, random_laq=control, params=params, out=out)
    _write_page(measured.report, shards, params, facts)
    latents = None
    if (evidence := measured.evidence) is not None:
        write_pair_table(evidence.table, out / PAIRS)
        if npz is not None:
            latents = write_larybench(evidence.table, evidence.encoded.pairs, npz)
    return Analysed(
        report=_sealed(measured, shards, laq, control), findings=measured.findings, latents=latents
    )


def _write_page(
    report: EvaluationReport, shards: ShardSet, params: EvaluationParams, facts: RunFacts
) -> None:
    """The page beside the plots it holds."""
    apart = Path(report.path) / ".page"
    write_laq_page(laq=report, shards=shards, params=params, out=apart, facts=facts)
    (apart / PAGE).replace(Path(report.path) / PAGE)
    shutil.rmtree(apart)


def _sealed(
    measured: MeasuredCodes, shards: ShardSet, laq: Checkpoint, control: Checkpoint | None
) -> EvaluationReport:
    inputs = {"shards": shards.digest, "laq": laq.digest}
    if control is not None:
        inputs["random_laq"] = control.digest
    report = measured.report.model_copy(update={"inputs": inputs})
    return report.model_copy(update={"digest": report.content_digest()})
