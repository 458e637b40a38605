"""Evaluate a quantiser: reconstruction against copying, code usage, probes, all with controls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.analyses import Analyses, CannotMeasureError
from lapa.evaluation.codes.encoded import Encoded, encode_held_out, with_actions
from lapa.evaluation.codes.held_out import HeldOutPairs
from lapa.evaluation.codes.laq_details import describe, write_details
from lapa.evaluation.codes.laq_metrics import (
    CONTINUOUS,
    probe_figures,
    reconstruction_figures,
    usage_figures,
)
from lapa.evaluation.codes.laq_plots import draw_laq_pictures
from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.codes.probe_suite import probe_everything
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.codes.token_statistics import Association, associations
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.storage import load_laq
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, EvaluationReport, Metric, ShardSet, require_same

QUANTIZERS = {"laq": "the quantiser", "random_laq": "the untrained quantiser"}
Arms = dict[str, tuple[Metric, ...]]


def evaluate_laq(
    *,
    shards: ShardSet,
    laq: Checkpoint,
    random_laq: Checkpoint,
    params: EvaluationParams,
    out: Path,
) -> EvaluationReport:
    """Measure what the codes carry on held-out episodes, beside an untrained quantiser.

    What the data does not allow (no actions, one episode, too few pairs) is listed in
    `EvaluationReport.not_measured` with its reason; the rest is measured.

    Args:
        shards: clips with a held-out split; probes need true actions in it.
        laq: the trained quantiser.
        random_laq: the untrained control.
        params: which split, how many pairs, which probes.
        out: folder to fill: pictures and ``laq.json``.

    Returns:
        Figures of the arms ``laq`` and ``random_laq``; probe controls are in ``laq``.

    Raises:
        ValueError: the two quantisers were made for different pairs.
    """
    require_same(
        f"pair spec of {random_laq.path}",
        random_laq.pair_spec,
        laq.pair_spec,
        remedy="make the control with the trained quantiser's pair spec",
    )
    out.mkdir(parents=True, exist_ok=True)
    models = [load_laq(Path(checkpoint.path)) for checkpoint in (laq, random_laq)]
    analyses = Analyses(on_error=params.on_error)
    whole = analyses.run(
        "latent actions", lambda: encode_held_out(shards, models, laq.pair_spec, params)
    )
    arms: Arms = dict.fromkeys(QUANTIZERS, ())
    pictures: tuple[str, ...] = ()
    if whole is not None:
        probed = analyses.run(
            "probes from codes to actions",
            lambda: with_actions(shards, models, whole, params, analyses),
        )
        arms, pictures = _measure(
            laq, models, whole, probed, params=params, analyses=analyses, out=out
        )
    return EvaluationReport(
        path=str(out), arms=arms, pictures=pictures, not_measured=analyses.not_measured
    )


def _measure(
    checkpoint: Checkpoint,
    models: Sequence[LatentActionQuantizer],
    whole: Encoded,
    probed: Encoded | None,
    *,
    params: EvaluationParams,
    analyses: Analyses,
    out: Path,
) -> tuple[Arms, tuple[str, ...]]:
    """Figures, pictures and details of encoded pairs."""
    scores = [] if probed is None else _probe(probed, params, analyses)
    found = [] if probed is None else _associate(probed, params, analyses)
    samples = (whole.trained, whole.untrained)
    arms = {
        name: _figures(words, model, whole.pairs, of_model, params=params, analyses=analyses)
        + probe_figures(scores, untrained=name == "random_laq")
        for (name, words), model, of_model in zip(QUANTIZERS.items(), models, samples, strict=True)
    }
    pictures = draw_laq_pictures(
        models[0],
        whole,
        probed,
        scores=scores,
        figures=arms["laq"],
        checkpoint=checkpoint,
        params=params,
        analyses=analyses,
        out=out,
    )
    write_details(
        describe(whole=whole, probed=probed, scores=scores, found=found, checkpoint=checkpoint), out
    )
    return arms, pictures


def _probe(probed: Encoded, params: EvaluationParams, analyses: Analyses) -> list[ProbeScore]:
    """Probes of every dimension that moves."""
    actions = probed.actions
    if still := [actions.names[i] for i in actions.still()]:
        analyses.skip(
            "probes of " + ", ".join(still),
            "these action dimensions stand still in the held-out pairs",
        )
    return probe_everything(
        probed.pairs,
        actions,
        probed.trained,
        probed.untrained,
        params=params.probe,
        seed=params.seed,
        analyses=analyses,
    )


def _associate(probed: Encoded, params: EvaluationParams, analyses: Analyses) -> list[Association]:
    """What codes say about actions without fitting anything."""

    def measure() -> list[Association]:
        if probed.trained.codes is None:
            raise CannotMeasureError(CONTINUOUS)
        actions = probed.actions
        return associations(probed.trained.codes, actions.values, actions.names, seed=params.seed)

    return analyses.run("mutual information of codes and actions", measure) or []


def _figures(
    whose: str,
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    *,
    params: EvaluationParams,
    analyses: Analyses,
) -> tuple[Metric, ...]:
    reconstruction = analyses.run(
        f"reconstruction by {whose}", lambda: reconstruction_figures(laq, pairs, samples, params)
    )
    usage = analyses.run(f"use of codes by {whose}", lambda: usage_figures(samples))
    return (*(reconstruction or ()), *(usage or ()))
