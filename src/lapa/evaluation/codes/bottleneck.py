"""Does the decoder use the codes? Error with the right codes against wrong, constant and none."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from einops import reduce
from numpy.typing import NDArray

from lapa.data.loading.loader import evaluation_loader
from lapa.evaluation.codes.latent_samples import HeldOutPairs, LatentSamples, device_of
from lapa.evaluation.statistics.episode_bootstrap import Interval, Sums, episode_interval
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames

CONDITIONS = ("right", "shuffled", "constant", "copy")
"""The pair's own codes; another pair's; each position's most frequent code (the mean vector where
latents are continuous); frame t unchanged."""


PairErrors = dict[str, NDArray[np.float64]]
"""Condition -> mean squared error of every pair ``(sample,)``, pixels in [0, 1]."""


def another_pairs(
    values: NDArray[Any], *, seed: int, group: NDArray[np.int64] | None = None
) -> NDArray[Any]:
    """Give every pair the row of another one: of codes ``(sample, code)`` or of vectors.

    Args:
        values: of every pair.
        seed: of the choice.
        group: ``(sample,)``: the other pair is of the same group, here of the same dataset; codes of
            another robot would be wrong for a reason that says nothing about motion. None: one group.
    """
    groups = np.zeros(len(values), np.int64) if group is None else group
    shuffled = np.empty_like(values)
    for number in np.unique(groups):
        own = np.flatnonzero(groups == number)
        order = own[np.random.default_rng(seed).permutation(len(own))]
        shuffled[order] = values[np.roll(order, 1)]
    return shuffled


def constant_codes(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give every pair the most frequent code of each position."""
    most = [np.bincount(column).argmax() for column in codes.T]
    return np.tile(np.array(most, dtype=np.int64), (len(codes), 1))


def given_vectors(
    laq: LatentActionQuantizer,
    samples: LatentSamples,
    *,
    seed: int,
    group: NDArray[np.int64] | None = None,
) -> dict[str, NDArray[np.float32]]:
    """What the decoder gets under each condition but ``copy``: ``(sample, code, quant_dim)``."""
    own = samples.vectors
    if samples.codes is None:
        constant = np.broadcast_to(own.mean(axis=0), own.shape)
    else:
        most = torch.from_numpy(constant_codes(samples.codes)[:1]).to(device_of(laq))
        vectors = laq.quantizer.indices_to_vectors(most).float().cpu().numpy()
        constant = np.broadcast_to(vectors, own.shape)
    shuffled = another_pairs(own, seed=seed, group=group)
    return {"right": own, "shuffled": shuffled, "constant": constant}


@torch.no_grad()
def reconstruction_errors(
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    *,
    batch_size: int,
    seed: int,
) -> PairErrors:
    """Mean squared error per pair, pixels in [0, 1], under each of the `CONDITIONS`."""
    given = given_vectors(laq, samples, seed=seed, group=pairs.group)
    device = device_of(laq)
    errors: dict[str, list[torch.Tensor]] = {name: [] for name in CONDITIONS}
    position = 0
    for batch in evaluation_loader(pairs.dataset, batch_size=batch_size):
        first, last = to_frames(batch["frames"].to(device)).unbind(dim=2)
        rows = slice(position, position + len(first))
        position += len(first)
        for name, vectors in given.items():
            tokens = torch.from_numpy(np.ascontiguousarray(vectors[rows])).to(device)
            decoded = laq.decode_vectors(first, tokens).clamp(0, 1)
            errors[name].append(_mean_squared(decoded, last))
        errors["copy"].append(_mean_squared(first, last))
    return {name: torch.cat(parts).double().cpu().numpy() for name, parts in errors.items()}


def _mean_squared(frames: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return reduce((frames - target).square(), "batch rgb h w -> batch", "mean")


def psnr_interval(
    errors: NDArray[np.float64], episodes: NDArray[np.int64], *, resamples: int, seed: int
) -> Interval:
    """PSNR in dB, pooled over all pixels, with an interval over episodes."""
    return episode_interval(_psnr, (errors,), episodes, resamples=resamples, seed=seed)


def gain_interval(
    errors: NDArray[np.float64],
    copy: NDArray[np.float64],
    episodes: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> Interval:
    """PSNR gain over copying frame t in dB; the interval keeps each pair with its own copy."""
    return episode_interval(_gain, (errors, copy), episodes, resamples=resamples, seed=seed)


def _psnr(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(-10 * np.log10(np.maximum(sums[..., 1] / sums[..., 0], 1e-12)))


def _gain(sums: Sums) -> NDArray[np.float64]:
    return _psnr(sums[..., [0, 1]]) - _psnr(sums[..., [0, 2]])
