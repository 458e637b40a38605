"""The figures of one quantiser on held-out pairs: reconstruction under every condition, and use of codes."""

from __future__ import annotations

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.bottleneck import (
    CONDITIONS,
    gain_interval,
    psnr_interval,
    reconstruction_errors,
)
from lapa.evaluation.codes.latent_samples import HeldOutPairs, LatentSamples
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.codes.token_statistics import code_usage
from lapa.evaluation.statistics.episode_bootstrap import Interval
from lapa.models.laq import LatentActionQuantizer
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

SUFFIXES = {"right": "", "shuffled": "_shuffled", "constant": "_constant"}
CONTINUOUS = "the latents are continuous: there are no codes to count"


def reconstruction_figures(
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    params: EvaluationParams,
) -> tuple[Metric, ...]:
    """PSNR, and its gain over copying under every condition; ``n`` counts episodes.

    Raises:
        CannotMeasureError: there is one pair, so there is no other pair to shuffle with.
    """
    if len(pairs) < 2:
        raise CannotMeasureError(
            f"there is {len(pairs)} held-out pair, expected at least 2; hold out more"
        )
    errors = reconstruction_errors(
        laq, pairs, samples, batch_size=params.batch_size, seed=params.seed
    )
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    copy, episodes = errors["copy"], pairs.episodes
    intervals = {
        "psnr": psnr_interval(errors["right"], episodes, **sampling),
        "psnr_copy": psnr_interval(copy, episodes, **sampling),
    }
    for condition in CONDITIONS[:-1]:
        name = f"psnr_gain{SUFFIXES[condition]}"
        intervals[name] = gain_interval(errors[condition], copy, episodes, **sampling)
    intervals["code_dependence"] = gain_interval(
        errors["right"], errors["shuffled"], episodes, **sampling
    )
    return tuple(
        as_figure(name, interval, pairs.num_episodes) for name, interval in intervals.items()
    )


def usage_figures(samples: LatentSamples) -> tuple[Metric, ...]:
    """How evenly the codes are used; ``n`` counts pairs.

    Raises:
        CannotMeasureError: the latents are continuous.
    """
    if samples.codes is None:
        raise CannotMeasureError(CONTINUOUS)
    usage = code_usage(samples.codes, codebook_size=samples.codebook_size)
    n = len(samples.codes)
    return (
        Metric(name="utilization", value=usage.utilization, n=n),
        Metric(name="perplexity", value=usage.perplexity, n=n),
        Metric(name="sequences", value=usage.sequences, n=n),
        Metric(name="sequence_entropy", value=usage.sequence_entropy, n=n),
    )


def probe_figures(scores: list[ProbeScore], *, untrained: bool) -> tuple[Metric, ...]:
    """Probe scores as ``probe/<kind>/<inputs>/<dimension>``."""
    return tuple(
        as_figure(
            f"probe/{score.kind}/{score.inputs.removeprefix('random_')}/{score.dimension}",
            score.interval,
            score.episodes,
        )
        for score in scores
        if score.inputs.startswith("random_") == untrained
    )


def as_figure(name: str, interval: Interval, n: int) -> Metric:
    """An interval as a figure of the record."""
    return Metric(name=name, value=interval.value, low=interval.low, high=interval.high, n=n)
