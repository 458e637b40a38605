"""The pictures of a quantiser's evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.evaluation.bottleneck import shuffled_codes
from lapa.evaluation.compass import directions
from lapa.evaluation.figures.code_actions import draw_code_actions
from lapa.evaluation.figures.code_usage import draw_code_usage
from lapa.evaluation.figures.compass_rose import draw_compass
from lapa.evaluation.figures.probe_bars import draw_probes
from lapa.evaluation.figures.reconstructions import (
    Images,
    draw_reconstructions,
    signed_difference,
)
from lapa.evaluation.latent_samples import HeldOutPairs, LatentSamples, TrueActions
from lapa.evaluation.probes import ProbeScore
from lapa.evaluation.token_statistics import code_usage
from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_bytes, to_float
from lapa.params.evaluation import EvaluationParams
from lapa.records import Figure


def draw_laq_pictures(
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    scores: list[ProbeScore],
    *,
    figures: Sequence[Figure],
    params: EvaluationParams,
    out: Path,
) -> tuple[str, ...]:
    """Draw everything that the data allows; return the file names."""
    gains = {figure.name: figure.value for figure in figures}
    columns, titles = _reconstructed(laq, pairs, samples, params)
    draw_reconstructions(
        columns,
        titles,
        (gains["psnr_gain"], gains["psnr_gain_shuffled"]),
        out / "reconstructions.png",
    )
    usage = code_usage(samples.codes, codebook_size=samples.codebook_size)
    draw_code_usage(usage, out / "code_usage.png")
    drawn = ["reconstructions.png", "code_usage.png"]
    if scores:
        draw_probes(scores, out / "probes.png")
        drawn.append("probes.png")
    if pairs.actions is not None:
        drawn += _draw_motion(pairs.actions, samples, params, out)
    return tuple(drawn)


def _draw_motion(
    actions: TrueActions, samples: LatentSamples, params: EvaluationParams, out: Path
) -> list[str]:
    plane = actions.most_moving()
    if plane is None:
        return []
    first, second = plane
    motion = actions.values[:, [first, second]]
    names = (actions.names[first], actions.names[second])
    units = (actions.units[first], actions.units[second])
    draw_code_actions(
        samples.codes, motion, names, units, out / "code_actions.png", seed=params.seed
    )
    draw_compass(directions(samples.codes, motion), names, units, out / "compass.png")
    return ["code_actions.png", "compass.png"]


@torch.no_grad()
def _reconstructed(
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    params: EvaluationParams,
) -> tuple[dict[str, Images], list[str]]:
    """Columns of the grid, for pairs that move more than most: still ones show nothing."""
    rows = _moving(pairs, params)
    frames = np.stack([pairs.dataset[int(row)]["frames"] for row in rows])
    first, last = frames[:, 0], frames[:, 1]
    given = {
        "t+H by\nits codes": samples.codes[rows],
        "t+H by another\npair's codes": shuffled_codes(samples.codes, seed=params.seed)[rows],
    }
    start = to_float(torch.from_numpy(first))
    decoded = {
        name: to_bytes(laq.decode(start, torch.from_numpy(codes))).numpy()
        for name, codes in given.items()
    }
    by_codes = decoded["t+H by\nits codes"]
    columns = {
        "t": first,
        "t+H": last,
        **decoded,
        "true change\n(x2)": signed_difference(first, last),
        "decoded change\n(x2)": signed_difference(first, by_codes),
    }
    titles = ["codes\n" + " ".join(map(str, samples.codes[row])) for row in rows]
    return columns, titles


def _moving(pairs: HeldOutPairs, params: EvaluationParams) -> NDArray[np.int64]:
    """A seeded choice among the half of the pairs that moves most."""
    motion = np.abs(pairs.difference).mean(axis=1)
    moving = np.flatnonzero(motion >= np.median(motion))
    chosen = np.random.default_rng(params.seed).permutation(moving)[: params.num_pictures]
    return np.asarray(np.sort(chosen), dtype=np.int64)
