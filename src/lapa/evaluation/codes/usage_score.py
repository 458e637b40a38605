"""Perplexity with an interval over episodes, beside a collapsed codebook."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.score import Score, scored
from lapa.evaluation.statistics.episode_bootstrap import Sums, episode_interval
from lapa.metrics.code_usage import perplexity


def usage_score(
    samples: LatentSamples, episodes: NDArray[np.int64], *, resamples: int, seed: int
) -> Score:
    """Judge the effective number of codes; use proves nothing by itself, disuse does.

    Args:
        samples: with codes.
        episodes: ``(sample,)``.
        resamples: bootstrap draws.
        seed: of the draws.

    Raises:
        TypeError: the latents are continuous.
    """
    codes = samples.discrete
    columns = [(codes == code).sum(axis=1).astype(np.float64) for code in np.unique(codes)]
    interval = episode_interval(_perplexity, columns, episodes, resamples=resamples, seed=seed)
    metric = interval.metric("perplexity", n=len(np.unique(episodes)))
    return scored("use of codes", metric, 1.0, "one code for everything (a collapsed codebook)")


def _perplexity(sums: Sums) -> NDArray[np.float64]:
    """Of counts ``(..., 1 + code)``, the number of pairs first."""
    return np.asarray(np.apply_along_axis(perplexity, -1, sums[..., 1:]))
