"""The pictures of a quantiser's evaluation; each is an analysis of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from lapa.evaluation.analyses import Analyses, CannotMeasureError
from lapa.evaluation.codes.code_examples import MAX_POSITIONS, groups_by_code
from lapa.evaluation.codes.compass import directions
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.laq_metrics import CONTINUOUS
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.codes.reconstruction_plot import draw_reconstruction_grid
from lapa.evaluation.codes.token_statistics import code_usage
from lapa.evaluation.plots.code_actions import draw_code_actions
from lapa.evaluation.plots.code_strips import draw_code_strips
from lapa.evaluation.plots.code_usage import draw_code_usage
from lapa.evaluation.plots.compass_rose import draw_compass
from lapa.evaluation.plots.probe_bars import draw_probes
from lapa.evaluation.plots.training_curves import draw_curves, read_curves
from lapa.models.laq import LatentActionQuantizer
from lapa.params.evaluation import EvaluationParams
from lapa.records import Checkpoint, Metric


def draw_laq_pictures(
    laq: LatentActionQuantizer,
    whole: Encoded,
    probed: Encoded | None,
    *,
    scores: Sequence[ProbeScore],
    figures: Sequence[Metric],
    checkpoint: Checkpoint,
    params: EvaluationParams,
    analyses: Analyses,
    out: Path,
) -> tuple[str, ...]:
    """Draw everything that the data allows; return the file names.

    Args:
        laq: the trained quantiser.
        whole: held-out pairs of all datasets.
        probed: those whose actions are measured; None where there are none.
        scores: of the probes.
        figures: of the trained quantiser.
        checkpoint: its folder may hold the curves of its training.
        params: how many pairs are shown, and the seed of their choice.
        analyses: runs every drawing.
        out: folder to fill.
    """
    gains = {figure.name: figure.value for figure in figures}
    drawings: dict[str, Callable[[Path], None]] = {
        "reconstructions": partial(draw_reconstruction_grid, laq, whole, gains, params),
        "code_usage": partial(_usage, whole),
        **_strips(whole, params),
        "curves": partial(_curves, checkpoint),
    }
    if probed is not None:
        drawings["code_actions"] = partial(_scatter, probed, params)
        drawings["compass"] = partial(_compass, probed)
    if scores:
        drawings["probes"] = partial(draw_probes, scores)
    drawn = []
    for name, draw in drawings.items():
        file = f"{name}.png"
        analyses.run(f"picture of {name.replace('_', ' ')}", partial(draw, out / file))
        if (out / file).is_file():
            drawn.append(file)
    return tuple(drawn)


def _strips(whole: Encoded, params: EvaluationParams) -> dict[str, Callable[[Path], None]]:
    """Pairs grouped by the code of each position, and by whole sequence."""
    codes = whole.trained.codes
    if codes is None:
        return {}
    length = codes.shape[1]
    columns = {f"codes_position_{i}": [i] for i in range(min(length, MAX_POSITIONS))}
    if length > 1:
        columns = {"codes_sequence": list(range(length))} | columns
    return {name: partial(_draw_strips, whole, params, chosen) for name, chosen in columns.items()}


def _draw_strips(whole: Encoded, params: EvaluationParams, columns: list[int], path: Path) -> None:
    codes = whole.trained.discrete[:, columns]
    groups = groups_by_code(codes, whole.pairs, examples=params.num_pictures, seed=params.seed)
    pictures = [
        np.stack([whole.pairs.dataset[int(row)]["frames"] for row in group.rows])
        for group in groups
    ]
    distinct = len(np.unique(codes, axis=0))
    which = "whole sequences" if len(columns) > 1 else f"codes at position {columns[0]}"
    heading = (
        f"Pairs grouped by code: the {len(groups)} commonest of {distinct} {which}.\n"
        "First square: mean change of all pairs with this code (grey: none). Then t beside t+H."
    )
    draw_code_strips(groups, pictures, heading, path)


def _usage(whole: Encoded, path: Path) -> None:
    if whole.trained.codes is None:
        raise CannotMeasureError(CONTINUOUS)
    usage = code_usage(whole.trained.codes, codebook_size=whole.trained.codebook_size)
    draw_code_usage(usage, path)


def _scatter(probed: Encoded, params: EvaluationParams, path: Path) -> None:
    first, second = _plane(probed)
    actions = probed.actions
    draw_code_actions(
        probed.trained.discrete,
        actions.values[:, [first, second]],
        (actions.names[first], actions.names[second]),
        (actions.target(first), actions.target(second)),
        path,
        equal=actions.unit(first) == actions.unit(second),
        seed=params.seed,
    )


def _compass(probed: Encoded, path: Path) -> None:
    first, second = _plane(probed)
    actions = probed.actions
    if actions.unit(first) != actions.unit(second):
        raise CannotMeasureError("no two moving action dimensions share a unit")
    found = directions(probed.trained.discrete, actions.values[:, [first, second]])
    if not found:
        raise CannotMeasureError("no code occurs often enough for a mean direction")
    draw_compass(found, (actions.target(first), actions.target(second)), path)


def _plane(probed: Encoded) -> tuple[int, int]:
    """The two dimensions of the pictures."""
    if probed.trained.codes is None:
        raise CannotMeasureError(CONTINUOUS)
    plane = probed.actions.most_moving()
    if plane is None:
        raise CannotMeasureError("fewer than two action dimensions move")
    return plane


def _curves(checkpoint: Checkpoint, path: Path) -> None:
    """Nothing is drawn of a quantiser that was not trained here."""
    curves = {"laq": read_curves(Path(checkpoint.path))}
    draw_curves(curves, "Training of the quantiser (dashed: held-out)", path, loss="loss_recon")
