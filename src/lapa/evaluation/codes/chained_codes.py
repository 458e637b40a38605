"""Codes of two steps, applied one after the other: do they add up (requirement V15)?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.pairs import PairDataset
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.bottleneck import another_pairs
from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.encode_rows import encode_rows
from lapa.evaluation.codes.motion_angle import angular_errors, drawn_share, mean_metric
from lapa.evaluation.codes.pair_table import PairMotion
from lapa.evaluation.codes.redraw import Images, batches, draw, motion_between
from lapa.evaluation.codes.seen_motion import joined
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

ANGLE, SHARE = "algebra/chain_angular_error", "algebra/chain_share"
SHUFFLED, ONE_STEP = "_shuffled", "_one_step"
"""Of the same metrics where the second code is another pair's, and where there is only the first."""


@dataclass(frozen=True, kw_only=True)
class ChainedCodes:
    """Two steps drawn from frame t by the codes of (t, t+H) and (t+H, t+2H)."""

    pairs: NDArray[np.int64]
    """``(chain,)``: numbers of the decoded pairs that have a frame t+2H."""
    metrics: dict[str, Metric]
    true: PairMotion
    """From t to t+2H."""
    drawn: PairMotion
    """From t to what is drawn after both steps."""
    second: NDArray[np.float32]
    """``(chain, code, quant_dim)`` of (t+H, t+2H)."""


def frames_at(dataset: PairDataset, rows: NDArray[np.int64], steps: tuple[int, ...]) -> Images:
    """Frames t + step · H of some rows, ``uint8 (row, step, height, width, 3)``."""
    places = [(*dataset.position_of(int(row)), dataset.offset(int(row))) for row in rows]
    return np.stack(
        [
            dataset.reader.frames(clip, [frame + step * offset for step in steps])
            for clip, frame, offset in places
        ]
    )


def with_two_steps(dataset: PairDataset, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which rows have a frame t+2H in their clip."""
    lengths = dataset.table.numbers["num_frames"]
    ends = []
    for row in rows.tolist():
        clip, frame = dataset.position_of(row)
        ends.append(frame + 2 * dataset.offset(row) < lengths[clip])
    return np.array(ends, bool)


def chained_codes(decoded: DecodedPairs, arm: str, params: EvaluationParams) -> ChainedCodes:
    """Draw two steps, and compare the motion from t with the true one to t+2H.

    Raises:
        CannotMeasureError: fewer than two pairs have a frame t+2H.
    """
    dataset = decoded.dataset
    pairs = np.flatnonzero(with_two_steps(dataset, decoded.rows))
    if len(pairs) < 2:
        raise CannotMeasureError(
            f"{len(pairs)} of the {len(decoded)} decoded pairs have a frame t+2H, expected at least 2; ingest "
            "longer clips"
        )
    second = encode_rows(
        decoded.models[arm],
        lambda rows: frames_at(dataset, rows, (1, 2)),
        decoded.rows[pairs],
        batch_size=decoded.batch_size,
    ).vectors
    others = another_pairs(second, seed=decoded.seed, group=decoded.group[pairs])
    drawn = _chain(decoded, arm, pairs, second)
    shuffled = _chain(decoded, arm, pairs, others)
    one_step = decoded.by(arm, "own").motion.weighted[pairs]
    true = _true(decoded, pairs)
    seen = {"": drawn.weighted, SHUFFLED: shuffled.weighted, ONE_STEP: one_step}
    measured = _compared(seen, true.weighted, decoded, pairs, params)
    metrics = {metric.name: metric for metric in measured}
    return ChainedCodes(pairs=pairs, metrics=metrics, true=true, drawn=drawn, second=second)


def draw_chain(
    decoded: DecodedPairs, arm: str, pairs: NDArray[np.int64], second: NDArray[np.float32]
) -> Images:
    """Frame t of ``pairs`` after the own code and after ``second``, ``uint8 (pair, height, width, 3)``."""
    laq = decoded.models[arm]
    start = frames_at(decoded.dataset, decoded.rows[pairs], (0,))[:, 0]
    return draw(laq, draw(laq, start, decoded.vectors[arm][pairs]), second)


def _chain(
    decoded: DecodedPairs, arm: str, pairs: NDArray[np.int64], second: NDArray[np.float32]
) -> PairMotion:
    motions = []
    for part in batches(len(pairs), decoded.batch_size):
        start = frames_at(decoded.dataset, decoded.rows[pairs[part]], (0,))[:, 0]
        end = draw_chain(decoded, arm, pairs[part], second[part])
        motions.append(motion_between(start, end, decoded.see))
    return joined(motions)


def _true(decoded: DecodedPairs, pairs: NDArray[np.int64]) -> PairMotion:
    motions = []
    for part in batches(len(pairs), decoded.batch_size):
        frames = frames_at(decoded.dataset, decoded.rows[pairs[part]], (0, 2))
        motions.append(motion_between(frames[:, 0], frames[:, 1], decoded.see))
    return joined(motions)


def _compared(
    seen: Mapping[str, NDArray[np.float32]],
    true: NDArray[np.float32],
    decoded: DecodedPairs,
    pairs: NDArray[np.int64],
    params: EvaluationParams,
) -> Iterator[Metric]:
    """Angle and share of every motion in ``seen``, by the suffix of its metrics."""
    episodes = decoded.table.episode[pairs]
    for suffix, motion in seen.items():
        angles = angular_errors(motion, true, shortest=decoded.shortest)
        yield mean_metric(ANGLE + suffix, angles, episodes, params)
        yield drawn_share(SHARE + suffix, motion, true, episodes, params)
