"""Does the decoder use the codes? Reconstruction against copying, and with another pair's codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from lapa.evaluation.blocks import Block, Note, rows
from lapa.evaluation.codes.evidence import QUANTIZERS, TRAINED, CodesEvidence, CodesSection
from lapa.evaluation.codes.quantizer_table import quantizer_table
from lapa.evaluation.codes.reconstruction_metrics import (
    DEPENDENCE,
    DEPENDENCE_DB,
    GAIN,
    GAIN_SHUFFLED,
    reconstruction_metrics,
)
from lapa.evaluation.finding import Finding, Metrics
from lapa.evaluation.formatting import decibel, too_few
from lapa.evaluation.plots.reconstructed_pairs import plot_reconstruction_grid
from lapa.evaluation.score import Score, scored
from lapa.records import Metric

LABELS = {
    "psnr": ("PSNR, dB", 2),
    "psnr_copy": ("PSNR of copying frame t, dB", 2),
    GAIN: ("gain over copy, dB", 2),
    GAIN_SHUFFLED: ("gain with another pair's codes, dB", 2),
    "psnr_gain_constant": ("gain with the commonest code, dB", 2),
    DEPENDENCE: ("cost of shuffling the codes, dB", 2),
}
CAPTION = (
    "What the decoder draws for pairs the quantiser never saw: with their own codes, and with "
    "another pair's. Where the two look alike, the codes do nothing."
)


class Reconstruction(CodesSection):
    """PSNR of the quantisers under every condition, and a grid of examples."""

    name = "reconstruction"
    title = "Latent actions"
    lead = "All codes in use proves nothing by itself: shuffling them must hurt."

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Measure every quantiser; each may fail without the other."""
        metrics = _metrics(evidence)
        trained = {metric.name: metric for metric in metrics.get(TRAINED, ())}
        pairs = evidence.encoded.pairs
        count = Note(text=f"{len(pairs)} held-out pairs of {pairs.num_episodes} episodes.")
        blocks: tuple[Block, ...] = (count, *rows(quantizer_table(metrics, LABELS)))
        if GAIN in trained:
            gains = (trained[GAIN].value, trained[GAIN_SHUFFLED].value)
            draw = partial(
                plot_reconstruction_grid,
                evidence.models[TRAINED],
                evidence.encoded,
                gains,
                evidence.params,
            )
            blocks += evidence.plot("reconstructions", draw, CAPTION)
        return Finding(
            metrics=metrics,
            blocks=blocks,
            sentences=tuple(code_sentences(trained.values(), latents=evidence.latents)),
            scores=tuple(reconstruction_scores(trained, latents=evidence.latents)),
        )


def _metrics(evidence: CodesEvidence) -> Metrics:
    metrics: Metrics = {}
    for arm in evidence.samples:
        name = f"reconstruction by {QUANTIZERS[arm]}"
        metrics[arm] = evidence.analyses.run(name, partial(_measured, evidence, arm)) or ()
    return metrics


def _measured(evidence: CodesEvidence, arm: str) -> tuple[Metric, ...]:
    episodes = evidence.encoded.pairs.episodes
    return reconstruction_metrics(evidence.errors_of(arm), episodes, evidence.params)


def reconstruction_scores(trained: Mapping[str, Metric], *, latents: str) -> Iterator[Score]:
    """The gain beside copying, and what shuffling costs beside what would mean nothing.

    Args:
        trained: metrics of the trained quantiser by name; there is no score of what they leave out.
        latents: what they are called.
    """
    if GAIN in trained:
        yield scored("reconstruction", trained[GAIN], 0.0, "copying frame t")
    if DEPENDENCE in trained:
        ignored = f"less than {DEPENDENCE_DB} dB: the decoder ignores the {latents}"
        yield scored("reconstruction", trained[DEPENDENCE], DEPENDENCE_DB, ignored)


def code_sentences(metrics: Iterable[Metric], *, latents: str = "codes") -> list[str]:
    """Whether the decoder draws better than copying, and whether it uses the latent actions.

    Without intervals (too few episodes) the values are given and nothing is concluded.

    Args:
        metrics: of the trained quantiser; nothing is said about what they leave out.
        latents: what they are called: ``codes``, or ``vectors`` where nothing is quantised.
    """
    named = {metric.name: metric for metric in metrics}
    sentences = []
    if GAIN in named:
        sentences.append(_gain_sentence(named[GAIN]))
    if DEPENDENCE in named:
        sentences.append(_dependence_sentence(named[DEPENDENCE], latents))
    return sentences


def _gain_sentence(gain: Metric) -> str:
    if gain.low is None:
        return (
            f"The quantiser's reconstructions gain {decibel(gain)} over copying frame t: "
            f"{too_few(gain.n)}."
        )
    copies = "not " if gain.low <= 0 else ""
    return (
        f"The quantiser's reconstructions are {copies}better than copying frame t: {decibel(gain)}."
    )


def _dependence_sentence(dependence: Metric, latents: str) -> str:
    cost = f"another pair's {latents} cost"
    if dependence.low is None:
        return f"Another pair's {latents} cost {decibel(dependence)}: {too_few(dependence.n)}."
    if dependence.low > DEPENDENCE_DB:
        return f"The decoder uses the {latents}: {cost} {decibel(dependence)}."
    return (
        f"The decoder does not use the {latents}: {cost} only {decibel(dependence)}, so the "
        f"{latents} mean nothing to it."
    )
