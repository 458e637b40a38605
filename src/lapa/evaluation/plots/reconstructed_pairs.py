"""The grid of reconstructions: frame t, frame t+H, and what the decoder draws with which codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.held_out import HeldOutPairs
from lapa.evaluation.codes.latent_samples import device_of
from lapa.evaluation.plots.reconstructions import (
    Images,
    plot_reconstructions,
    signed_difference,
)
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_bytes, to_float
from lapa.params.evaluation import EvaluationParams


def plot_reconstruction_grid(
    laq: LatentActionQuantizer,
    whole: Encoded,
    gains: tuple[float, float],
    params: EvaluationParams,
    path: Path,
) -> None:
    """Draw pairs that move more than most: still ones show nothing.

    Args:
        laq: the trained quantiser.
        whole: held-out pairs of all datasets.
        gains: PSNR gain over copying in dB with the right and with shuffled codes, of all pairs.
        params: how many pairs are shown, and the seed of their choice.
        path: PNG to write.
    """
    rows = _moving(whole.pairs, params)
    plot_reconstructions(
        _columns(laq, whole, rows, params),
        _titles(whole, rows),
        gains,
        path,
    )


@torch.no_grad()
def _columns(
    laq: LatentActionQuantizer, whole: Encoded, rows: NDArray[np.int64], params: EvaluationParams
) -> dict[str, Images]:
    frames = np.stack([whole.pairs.dataset[int(row)]["frames"] for row in rows])
    first, last = frames[:, 0], frames[:, 1]
    vectors, word = whole.trained.vectors, "vectors" if whole.trained.codes is None else "codes"
    given = {
        f"t+H by\nits {word}": vectors[rows],
        f"t+H by another\npair's {word}": another_pairs(
            vectors, seed=params.seed, group=whole.pairs.group
        )[rows],
    }
    start = to_float(torch.from_numpy(first).to(device_of(laq)))
    decoded = {
        name: to_bytes(laq.decode_vectors(start, torch.from_numpy(chosen).to(start.device)))
        .cpu()
        .numpy()
        for name, chosen in given.items()
    }
    by_codes = next(iter(decoded.values()))
    return {
        "t": first,
        "t+H": last,
        **decoded,
        "true change\n(x2)": signed_difference(first, last),
        "decoded change\n(x2)": signed_difference(first, by_codes),
    }


def _titles(whole: Encoded, rows: NDArray[np.int64]) -> list[str]:
    codes = whole.trained.codes
    if codes is None:
        return [f"pair {row}" for row in rows]
    return ["codes\n" + " ".join(map(str, codes[row])) for row in rows]


def _moving(pairs: HeldOutPairs, params: EvaluationParams) -> NDArray[np.int64]:
    """A seeded choice among the half of the pairs that moves most."""
    motion = np.abs(pairs.difference).mean(axis=1)
    moving = np.flatnonzero(motion >= np.median(motion))
    chosen = np.random.default_rng(params.seed).permutation(moving)[: params.num_examples]
    return np.asarray(np.sort(chosen), dtype=np.int64)
