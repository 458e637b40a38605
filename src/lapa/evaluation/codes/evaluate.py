"""Evaluate a quantiser: every analysis of codes on held-out pairs, mostly beside an untrained quantiser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import clips_where
from lapa.distributed.device import device_for
from lapa.evaluation.analyses import Analyses
from lapa.evaluation.codes.encoded import encode_held_out, with_actions
from lapa.evaluation.codes.evidence import TRAINED, UNTRAINED, CodesEvidence
from lapa.evaluation.codes.pair_frame import pair_frame
from lapa.evaluation.codes.seen_motion import motion_sight
from lapa.evaluation.finding import Finding, metrics_by_subject, write_findings
from lapa.evaluation.measured_model import write_measured_model
from lapa.evaluation.registry import run_sections
from lapa.evaluation.scorecard.card import scorecard_of
from lapa.evaluation.scorecard.storage import write_scorecard
from lapa.models.laq.storage import load_laq
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, EvaluationReport, ShardSet, require_same

TRUE_ACTIONS = "true actions of the pairs"
FLOW = "optical flow of the pairs"


@dataclass(frozen=True, kw_only=True)
class MeasuredCodes:
    """What was found out about a quantiser, and what on."""

    report: EvaluationReport
    findings: tuple[Finding, ...]
    evidence: CodesEvidence | None
    """None where nothing is held out."""

    def pair_frame(self) -> pd.DataFrame:
        """The table of pairs as a data frame; empty where nothing is held out."""
        return pd.DataFrame() if self.evidence is None else pair_frame(self.evidence.table)


def evaluate_laq(
    *,
    shards: ShardSet,
    laq: Checkpoint,
    random_laq: Checkpoint | None = None,
    params: EvaluationParams,
    out: Path,
) -> EvaluationReport:
    """Measure what the codes carry on held-out episodes, beside an untrained quantiser.

    What the data does not allow (no actions, one episode, too few pairs) is listed in
    `EvaluationReport.not_measured` with its reason; the rest is measured.

    Args:
        shards: clips with a held-out split; probes need true actions in it.
        laq: the trained quantiser.
        random_laq: the untrained control; None measures the quantiser alone.
        params: which split, how many pairs, which probes, which further analyses.
        out: folder to fill: plots, ``findings.json``, ``checkpoint.json``, ``scorecard.json``.

    Returns:
        Metrics of ``laq`` and ``random_laq``; probe controls are in ``laq``. Where several datasets are
        held out also those of ``laq/<dataset>``.

    Raises:
        ValueError: the two quantisers were made for different pairs, or the split holds no dataset,
            environment or instruction of ``params.where``.
        RuntimeError: ``params.accelerator`` asks for a GPU and there is none.
    """
    measured = measure_codes(shards=shards, laq=laq, random_laq=random_laq, params=params, out=out)
    return measured.report


def measure_codes(
    *,
    shards: ShardSet,
    laq: Checkpoint,
    random_laq: Checkpoint | None,
    params: EvaluationParams,
    out: Path,
) -> MeasuredCodes:
    """As `evaluate_laq`, with findings and evidence beside the report."""
    quantizers = {TRAINED: laq}
    if random_laq is not None:
        _require_same_pairs(laq, random_laq)
        quantizers[UNTRAINED] = random_laq
    _require_wanted(shards, params)
    out.mkdir(parents=True, exist_ok=True)
    analyses = Analyses(on_error=params.on_error)
    evidence = _gather(shards, quantizers, params=params, analyses=analyses, out=out)
    findings: tuple[Finding, ...] = ()
    if evidence is not None:
        findings = run_sections(evidence)
        write_measured_model(laq, out)
    write_findings(findings, out)
    card = scorecard_of(findings, laq=laq, shards=shards, split=params.split)
    write_scorecard(card, out)
    report = EvaluationReport(
        path=str(out),
        metrics=metrics_by_subject(findings, tuple(quantizers)),
        plots=tuple(file for finding in findings for file in finding.plots),
        not_measured=analyses.not_measured,
    )
    return MeasuredCodes(report=report, findings=findings, evidence=evidence)


def _require_same_pairs(laq: Checkpoint, random_laq: Checkpoint) -> None:
    require_same(
        f"pair spec of {random_laq.path}",
        random_laq.pair_spec,
        laq.pair_spec,
        remedy="make the control with the trained quantiser's pair spec",
    )


def _require_wanted(shards: ShardSet, params: EvaluationParams) -> None:
    """Refuse datasets, environments and instructions that are not there: a typing error is no finding."""
    if params.where and params.split in shards.splits:
        clips_where(load_clip_table(shards, params.split), params.where)


def _gather(
    shards: ShardSet,
    quantizers: Mapping[str, Checkpoint],
    *,
    params: EvaluationParams,
    analyses: Analyses,
    out: Path,
) -> CodesEvidence | None:
    """Encode the held-out pairs with all quantisers; None where nothing is held out."""
    device = device_for(params.accelerator)
    models = {arm: load_laq(Path(of_arm.path)).to(device) for arm, of_arm in quantizers.items()}
    nets, laq = tuple(models.values()), quantizers[TRAINED]
    sight = analyses.run(FLOW, partial(motion_sight, params.flow, shards, device))
    encoded = analyses.run(
        "latent actions",
        partial(encode_held_out, shards, nets, laq.pair_spec, params, sight=sight),
    )
    if encoded is None:
        return None
    moving = analyses.run(TRUE_ACTIONS, partial(with_actions, shards, nets, encoded, params))
    return CodesEvidence(
        params=params,
        out=out,
        analyses=analyses,
        checkpoint=laq,
        models=models,
        shards=shards,
        encoded=encoded,
        with_actions=moving,
        no_actions=analyses.not_measured.get(TRUE_ACTIONS, ""),
        no_flow=analyses.not_measured.get(FLOW, ""),
    )
