"""The table of pairs from what was read and encoded: no frame is decoded again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.of_dataset import DatasetPairs, datasets_of
from lapa.evaluation.codes.pair_table import PairTable
from lapa.records import ShardSet

T = TypeVar("T")


def build_pair_table(encoded: Encoded, shards: ShardSet) -> PairTable:
    """One row for each of the encoded pairs, in their order.

    Args:
        encoded: pairs, and what the quantisers say about them.
        shards: where they come from; tells what the actions of each dataset are.
    """
    pairs, trained, untrained = encoded.pairs, encoded.trained, encoded.untrained
    parts = {part.name: part for part in datasets_of(encoded, shards)}
    rows = {name: part.rows for name, part in parts.items()}
    actions, states = _known(parts, DatasetPairs.actions), _known(parts, DatasetPairs.states)
    return PairTable(
        codes=trained.codes,
        codebook_size=trained.codebook_size,
        vectors=trained.vectors,
        pre_quantized=trained.pre_quantized,
        random_codes=None if untrained is None else untrained.codes,
        random_pre_quantized=None if untrained is None else untrained.pre_quantized,
        dataset=pairs.texts("dataset"),
        episode=pairs.episodes,
        environment=pairs.texts("environment"),
        instruction=pairs.texts("instruction"),
        frame=np.array([pairs.dataset.position_of(i)[1] for i in range(len(pairs))], np.int64),
        motion=pairs.motion,
        actions=_padded({name: known.values for name, known in actions.items()}, rows, len(pairs)),
        action_names={name: known.names for name, known in actions.items()},
        action_units={name: known.unit_names for name, known in actions.items()},
        states=_padded(states, rows, len(pairs)),
    )


def _known(parts: Mapping[str, DatasetPairs], read: Callable[[DatasetPairs], T]) -> dict[str, T]:
    """What can be read, by dataset; those that have none, or not the same in all clips, are left out."""
    known: dict[str, T] = {}
    for name, part in parts.items():
        try:
            known[name] = read(part)
        except CannotMeasureError:
            continue
    return known


def _padded(
    values: Mapping[str, NDArray[np.float32]], rows: Mapping[str, NDArray[np.int64]], pairs: int
) -> NDArray[np.float32] | None:
    """``(pair, widest)`` of all datasets together, NaN where one has nothing; None where none has any."""
    if not values:
        return None
    widest = max(of_one.shape[1] for of_one in values.values())
    every = np.full((pairs, widest), np.nan, np.float32)
    for name, of_one in values.items():
        every[rows[name], : of_one.shape[1]] = of_one
    return every
