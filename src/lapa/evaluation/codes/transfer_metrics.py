"""Angular error of latent transfer beside what chance and the untrained quantiser give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.motion_angle import mean_metric
from lapa.evaluation.codes.transfer import Transfer, Where, permuted_errors, transfer
from lapa.evaluation.statistics.any_statistic import null_metric
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

NULL_DRAWS = 200


@dataclass(frozen=True, kw_only=True)
class MeasuredTransfer:
    """Codes applied in one kind of place."""

    own: Transfer
    """By the trained quantiser."""
    error: Metric
    """Its mean angular error in degrees."""
    chance: Metric
    """The same against the motion of another giver of the same dataset."""
    permuted: NDArray[np.float64]
    """``(transfer,)``: the errors of one such permutation."""
    control: Transfer | None
    """By the untrained quantiser; None where there is none."""
    control_error: Metric | None


def measure_transfer(
    decoded: DecodedPairs,
    where: Where,
    params: EvaluationParams,
    *,
    trained: str,
    untrained: str | None,
) -> MeasuredTransfer:
    """Apply codes in one kind of place.

    Args:
        decoded: the pairs.
        where: the kind of place.
        params: bootstrap draws and seeds.
        trained: name of the quantiser.
        untrained: of the control, if there is one.

    Raises:
        CannotMeasureError: there is no such place.
    """
    own = transfer(decoded, trained, where)
    control = None if untrained is None else transfer(decoded, untrained, where)
    group = decoded.group[own.givers]

    def by_chance(rng: np.random.Generator) -> float:
        return float(permuted_errors(own, group, seed=int(rng.integers(2**31))).mean())

    name = f"transfer/{where}/angular_error"
    return MeasuredTransfer(
        own=own,
        error=_mean(name, own, decoded, params),
        chance=null_metric(f"{name}_permuted", by_chance, draws=NULL_DRAWS, seed=params.seed),
        permuted=permuted_errors(own, group, seed=params.seed),
        control=control,
        control_error=None if control is None else _mean(name, control, decoded, params),
    )


def routes(moved: Transfer, dataset: NDArray[np.str_]) -> dict[str, dict[str, float]]:
    """Mean angular error in degrees by the giver's and the receiver's dataset.

    Args:
        moved: the transfer.
        dataset: ``(pair,)`` of the decoded pairs.
    """
    given, received = dataset[moved.givers], dataset[moved.receivers]
    return {
        str(source): {
            str(target): float(moved.errors[(given == source) & (received == target)].mean())
            for target in np.unique(received[given == source])
        }
        for source in np.unique(given)
    }


def _mean(name: str, moved: Transfer, decoded: DecodedPairs, params: EvaluationParams) -> Metric:
    return mean_metric(name, moved.errors, decoded.table.episode[moved.givers], params)
