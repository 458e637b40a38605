"""The pairs of one dataset among those of several: rows, true actions, states; no picture is read again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lapa.data.action_names import described_actions
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.encoded import Encoded
from lapa.evaluation.codes.latent_samples import LatentSamples
from lapa.evaluation.codes.true_actions import TrueActions
from lapa.records import ShardSet


@dataclass(frozen=True, kw_only=True)
class DatasetPairs:
    """What the quantisers say about the pairs of one dataset."""

    name: str
    rows: NDArray[np.int64]
    """Rows of `whole`."""
    whole: Encoded
    shards: ShardSet

    @property
    def episodes(self) -> NDArray[np.int64]:
        """Episode of every pair."""
        return self.whole.pairs.episodes[self.rows]

    @property
    def trained(self) -> LatentSamples:
        """Latents by the trained quantiser."""
        return _taken(self.whole.trained, self.rows)

    @property
    def untrained(self) -> LatentSamples | None:
        """Latents by the untrained control."""
        return None if self.whole.untrained is None else _taken(self.whole.untrained, self.rows)

    def actions(self) -> TrueActions:
        """The true motion of every pair.

        Raises:
            CannotMeasureError: the dataset has no actions, or not all of its clips have the same.
        """
        dataset, clips = self.whole.pairs.dataset, self._clips()
        self._require_width("action_dim", "actions")
        values = [
            dataset.motion(row, dataset.reader.array(clip, "actions"))
            for row, clip in zip(self.rows.tolist(), clips, strict=True)
        ]
        motion = np.stack(values)
        names, units = described_actions(dataset.reader.facts(clips[0]), motion.shape[1])
        known = self.shards.datasets.get(self.name)
        actions_are = known.actions_are if known is not None else ()
        return TrueActions(values=motion, names=names, units=units, actions_are=actions_are)

    def states(self) -> NDArray[np.float32]:
        """The state at t of every pair, ``(sample, state_dim)``.

        Raises:
            CannotMeasureError: the dataset has no states, or not all of its clips have the same.
        """
        self._require_width("state_dim", "states")
        dataset = self.whole.pairs.dataset
        places = (dataset.position_of(row) for row in self.rows.tolist())
        return np.stack([dataset.reader.array(clip, "states")[frame] for clip, frame in places])

    def _clips(self) -> list[int]:
        return [self.whole.pairs.dataset.position_of(row)[0] for row in self.rows.tolist()]

    def _require_width(self, column: str, contents: str) -> None:
        table = self.whole.pairs.dataset.table
        widths = sorted(set(table.numbers[column][self._clips()].tolist()))
        if widths == [0]:
            raise CannotMeasureError(f"it has no {contents}")
        if len(widths) > 1:
            raise CannotMeasureError(f"its clips have {contents} of {widths} dimensions")


def datasets_of(encoded: Encoded, shards: ShardSet) -> list[DatasetPairs]:
    """The pairs of every dataset that has any, in the order of the split."""
    pairs = encoded.pairs
    return [
        DatasetPairs(name=name, rows=rows, whole=encoded, shards=shards)
        for number, name in enumerate(pairs.names)
        if len(rows := np.flatnonzero(pairs.group == number))
    ]


def _taken(samples: LatentSamples, rows: NDArray[np.int64]) -> LatentSamples:
    return replace(
        samples,
        codes=None if samples.codes is None else samples.codes[rows],
        vectors=samples.vectors[rows],
        pre_quantized=samples.pre_quantized[rows],
    )
