"""Latent unused: does a good prediction come from the codes, or past them?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from lapa.evaluation.blocks import Block, Table, rows
from lapa.evaluation.codes.evidence import (
    QUANTIZERS,
    TRAINED,
    UNTRAINED,
    CodesEvidence,
    CodesSection,
)
from lapa.evaluation.codes.latent_use import latent_share, use_of_latents
from lapa.evaluation.codes.reconstruction_metrics import (
    DEPENDENCE,
    DEPENDENCE_DB,
    GAINS,
    reconstruction_metrics,
)
from lapa.evaluation.finding import Finding
from lapa.evaluation.formatting import number, percent, too_few
from lapa.evaluation.plots.condition_bars import plot_conditions
from lapa.evaluation.score import Score, scored
from lapa.records import Metric

CONDITIONS = {"right": "its own", "shuffled": "another pair's", "constant": "the commonest"}
CAPTION = (
    "Gain over copying frame t with the pair's own latents and with wrong ones (grey). Where all bars are alike, "
    "the prediction does not come from the latents."
)
Shares = Mapping[str, Metric]
"""Quantiser -> share of the error that its latents take away."""


class LatentUse(CodesSection):
    """Share of the error that needs the codes, and the detector of a decoder that does without them."""

    name = "latent unused"
    title = "Latent actions"

    def measure(self, evidence: CodesEvidence) -> Finding:
        """Compare own latents with shuffled and constant ones; errors are those of the reconstruction.

        Raises:
            CannotMeasureError: there is one pair.
        """
        episodes = evidence.encoded.pairs.episodes
        shares = {
            arm: latent_share(evidence.errors_of(arm), episodes, evidence.params)
            for arm in evidence.samples
        }
        errors = evidence.errors_of(TRAINED)
        of_psnr = reconstruction_metrics(errors, episodes, evidence.params)
        named = {metric.name: metric for metric in of_psnr}
        use = use_of_latents(errors, episodes, evidence.params)
        sentence = _SENTENCES[use].format(
            latents=evidence.latents,
            share=percent(shares[TRAINED]),
            constant=f"{named[GAINS['constant']].value:+.2f} dB",
            few=too_few(shares[TRAINED].n),
        )
        return Finding(
            metrics={arm: (share,) for arm, share in shares.items()},
            blocks=_blocks(evidence, shares, named),
            sentences=(sentence,),
            scores=_scores(shares, named[DEPENDENCE]),
            data={"use": use},
        )


def _scores(shares: Shares, dependence: Metric) -> tuple[Score, ...]:
    name = LatentUse.name
    bound = scored(name, dependence, DEPENDENCE_DB, "a cost too small to count as use, dB")
    if UNTRAINED in shares:
        control = scored(name, shares[TRAINED], shares[UNTRAINED], QUANTIZERS[UNTRAINED])
    else:
        control = scored(name, shares[TRAINED], 0.0, "0: codes change nothing")
    return (control, bound)


def _blocks(
    evidence: CodesEvidence, shares: Shares, named: Mapping[str, Metric]
) -> tuple[Block, ...]:
    latents = evidence.latents
    label = f"share of the error with constant {latents} that the right ones take away"
    table = Table(
        head=("held-out pairs", *(QUANTIZERS[arm] for arm in shares)),
        rows=((label, *(number(share, 3) for share in shares.values())),),
    )
    words = {condition: f"{whose} {latents}" for condition, whose in CONDITIONS.items()}
    bars = {words[condition]: named[GAINS[condition]] for condition in words}
    controls = [words["shuffled"], words["constant"]]
    episodes = len(np.unique(evidence.encoded.pairs.episodes))
    heading = f"Are the {latents} used? {len(evidence.encoded.pairs)} pairs of {episodes} episodes."
    panels = {"gain in PSNR over copying frame t, dB": bars}
    draw = partial(plot_conditions, panels, controls, heading)
    return (*rows(table), *evidence.plot("latent_use", draw, CAPTION))


_SENTENCES = {
    "used": "What is predicted comes through the {latents}: the right ones take away {share} % of the error that constant ones leave.",
    "leak": (
        "The {latents} are not used, and yet t+H is predicted (constant {latents} gain {constant} over copying): it "
        "leaks past them, or the decoder knows the scene by heart."
    ),
    "unused": "The {latents} are not used, and t+H is not predicted better than by copying frame t.",
    "unclear": "Whether the {latents} are used is unclear: the right ones take away {share} % of the error; {few}.",
}
