"""Evaluate a quantiser: reconstruction against copying, code usage, probes, all with controls."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch

from lapa.evaluation.bottleneck import (
    CONDITIONS,
    gain_interval,
    psnr_interval,
    reconstruction_errors,
)
from lapa.evaluation.episode_bootstrap import Interval
from lapa.evaluation.figures.training_curves import draw_curves, read_curves
from lapa.evaluation.laq_pictures import draw_laq_pictures
from lapa.evaluation.latent_samples import (
    HeldOutPairs,
    LatentSamples,
    encode_pairs,
    open_held_out,
)
from lapa.evaluation.probe_suite import probe_everything
from lapa.evaluation.probes import ProbeScore
from lapa.evaluation.token_statistics import associations, code_usage
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.storage import load_laq
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, Figure, Report, ShardSet, require_same


def evaluate_laq(
    *,
    shards: ShardSet,
    laq: Checkpoint,
    random_laq: Checkpoint,
    params: EvaluationParams,
    out: Path,
) -> Report:
    """Measure what the codes carry on held-out episodes, beside an untrained quantiser.

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
    pairs = open_held_out(
        shards,
        params.split,
        laq.pair_spec,
        max_samples=params.probe.max_samples,
        batch_size=params.batch_size,
    )
    models = [load_laq(Path(checkpoint.path)) for checkpoint in (laq, random_laq)]
    trained, untrained = (
        encode_pairs(model, pairs, batch_size=params.batch_size) for model in models
    )
    scores = _probe_scores(pairs, trained, untrained, params)
    arms = {
        "laq": _figures(models[0], pairs, trained, params)
        + _probe_figures(scores, untrained=False),
        "random_laq": _figures(models[1], pairs, untrained, params)
        + _probe_figures(scores, untrained=True),
    }
    pictures = draw_laq_pictures(
        models[0], pairs, trained, scores, figures=arms["laq"], params=params, out=out
    )
    if draw_curves(
        {"laq": read_curves(Path(laq.path))},
        "Training of the quantiser (dashed: held-out)",
        out / "curves.png",
        loss="loss_recon",
    ):
        pictures += ("curves.png",)
    _write_details(pairs, trained, scores, params, out / "laq.json")
    return Report(path=str(out), arms=arms, pictures=pictures)


def _probe_scores(
    pairs: HeldOutPairs,
    trained: LatentSamples,
    untrained: LatentSamples,
    params: EvaluationParams,
) -> list[ProbeScore]:
    if pairs.actions is None:
        return []
    return probe_everything(
        pairs, pairs.actions, trained, untrained, params=params.probe, seed=params.seed
    )


@torch.no_grad()
def _figures(
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    params: EvaluationParams,
) -> tuple[Figure, ...]:
    """PSNR, its gain under every condition, and code usage; ``n`` counts episodes."""
    errors = reconstruction_errors(
        laq, pairs, samples, batch_size=params.batch_size, seed=params.seed
    )
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    copy, episodes = errors["copy"], pairs.episodes
    intervals = {
        "psnr": psnr_interval(errors["right"], episodes, **sampling),
        "psnr_copy": psnr_interval(copy, episodes, **sampling),
    }
    suffixes = {"right": "", "shuffled": "_shuffled", "constant": "_constant"}
    for condition in CONDITIONS[:-1]:
        name = f"psnr_gain{suffixes[condition]}"
        intervals[name] = gain_interval(errors[condition], copy, episodes, **sampling)
    intervals["code_dependence"] = gain_interval(
        errors["right"], errors["shuffled"], episodes, **sampling
    )
    count = len(set(episodes.tolist()))
    usage = code_usage(samples.codes, codebook_size=samples.codebook_size)
    return (
        *(_figure(name, interval, count) for name, interval in intervals.items()),
        Figure(name="utilisation", value=usage.utilisation, n=len(pairs)),
        Figure(name="perplexity", value=usage.perplexity, n=len(pairs)),
        Figure(name="sequences", value=usage.sequences, n=len(pairs)),
        Figure(name="sequence_entropy", value=usage.sequence_entropy, n=len(pairs)),
    )


def _probe_figures(scores: list[ProbeScore], *, untrained: bool) -> tuple[Figure, ...]:
    """Probe scores as ``probe/<kind>/<inputs>/<dimension>``."""
    return tuple(
        _figure(
            f"probe/{score.kind}/{score.inputs.removeprefix('random_')}/{score.dimension}",
            score.interval,
            score.episodes,
        )
        for score in scores
        if score.inputs.startswith("random_") == untrained
    )


def _figure(name: str, interval: Interval, n: int) -> Figure:
    return Figure(name=name, value=interval.value, low=interval.low, high=interval.high, n=n)


def _write_details(
    pairs: HeldOutPairs,
    samples: LatentSamples,
    scores: list[ProbeScore],
    params: EvaluationParams,
    path: Path,
) -> None:
    usage = code_usage(samples.codes, codebook_size=samples.codebook_size)
    details = {
        "pairs": len(pairs),
        "histogram": usage.histogram.tolist(),
        "probes": [asdict(score) for score in scores],
        "associations": [
            asdict(found)
            for found in (
                associations(
                    samples.codes, pairs.actions.values, pairs.actions.names, seed=params.seed
                )
                if pairs.actions is not None
                else []
            )
        ],
    }
    path.write_text(json.dumps(details, indent=2) + "\n")
