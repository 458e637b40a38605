"""From the clips of a tar to pairs: compressed as long as they wait, decoded right into their batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal, NamedTuple, NoReturn

import numpy as np
import torch

from lapa.data.bad_input import BadInputError, bad
from lapa.data.loading.loader import collate
from lapa.data.loading.pairs import PairDataset
from lapa.data.shards.layout import COLUMNS, split_name
from lapa.data.streaming.shards import Draws, Pass


class CompressedPair(NamedTuple):
    """A pair in the shuffle buffer."""

    position: int
    """Position in the dataset."""
    jpegs: tuple[bytes, bytes]
    rest: dict[str, Any]
    """What is no picture."""


def as_it_was(error: Exception) -> NoReturn:
    """A handler for webdataset, which adds open files to the arguments of an error, that raises it without.

    Raises:
        Exception: the error.
    """
    error.args = error.args[:1]
    raise error


def key_and_member(name: str) -> tuple[str, str]:
    """What webdataset groups by.

    Raises:
        UnsafeMemberError: no clip shard holds such a member.
    """
    return split_name(name, shard="a streamed shard")


class PairsOfClips:
    """A stage from clips to the pairs that their epoch draws; a shard of which one is missing is an error."""

    def __init__(self, pairs: PairDataset, draws: Draws) -> None:
        self._pairs, self._draws = pairs, draws
        table = pairs.table
        keys = zip(table.shard.tolist(), table.keys.to_pylist(), strict=True)
        self._clips = {known: clip for clip, known in enumerate(keys)}
        self._in_shard = np.bincount(table.shard, minlength=len(table.shards))

    def __call__(self, samples: Iterable[dict[str, Any]]) -> Iterator[CompressedPair]:
        """Yield pairs in the order of the tar."""
        reading: Pass | None = None
        seen = 0
        for sample in samples:
            now = Pass.of(sample["__url__"])
            if reading is not None and now != reading:
                self._require_all(reading, seen)
            seen = seen if now == reading else 0
            reading = now
            clip = self._clips.get((now.shard, sample["__key__"]))
            if clip is not None:  # a mixture leaves some out
                seen += 1
                yield from self._of_clip(sample, clip, now.epoch)

    def _of_clip(self, sample: dict[str, Any], clip: int, epoch: int) -> Iterator[CompressedPair]:
        self._require_sizes(sample, clip)
        pairs, frames = self._pairs, sample["frames"]

        def array(member: Literal["actions", "states"]) -> Any:
            return pairs.reader.array_of(sample[f"{member}.npy"], clip, member)

        def jpeg(frame: int) -> bytes:
            begin, end = pairs.reader.borders(clip, frame)
            return bytes(frames[begin:end])  # a copy, lest a waiting pair keep its whole clip

        for index in self._draws.of_clip(epoch, clip):
            frame = pairs.position_of(index)[1]
            jpegs = jpeg(frame), jpeg(frame + pairs.offset(index))
            yield CompressedPair(index, jpegs, pairs.rest(index, array))

    def _require_sizes(self, sample: dict[str, Any], clip: int) -> None:
        for member, column in COLUMNS.items():
            found = len(sample.get(member, b""))
            expected = int(self._pairs.table.numbers[f"{column}_size"][clip])
            if found != expected:
                raise self._damaged(
                    self._pairs.table.shard[clip],
                    f"{sample['__key__']}.{member} has {found} bytes, its index says {expected}",
                )

    def _require_all(self, read: Pass, seen: int) -> None:
        expected = int(self._in_shard[read.shard])
        if seen != expected:
            raise self._damaged(read.shard, f"found {seen} clips, its index says {expected}")

    def _damaged(self, shard: int, found: str) -> BadInputError:
        table = self._pairs.table
        detail = f"{found}; the shard is damaged, run `lapa inspect --verify`"
        return bad("truncated_shard", detail, source=str(table.root), item=table.shards[shard])


class Batches:
    """A stage from compressed pairs to `PairBatch`es, decoded in place."""

    def __init__(self, pairs: PairDataset, *, batch_size: int) -> None:
        self._pairs, self._batch_size = pairs, batch_size

    def __call__(self, pairs: Iterable[CompressedPair]) -> Iterator[dict[str, Any]]:
        """Yield whole batches only."""
        waiting = iter(pairs)
        while len(some := list(islice(waiting, self._batch_size))) == self._batch_size:
            yield self._batch(some)

    def _batch(self, some: list[CompressedPair]) -> dict[str, Any]:
        images = np.empty((len(some), *self._pairs.image_shape), np.uint8)
        for pair, row in zip(some, images, strict=True):
            clip, frame = self._pairs.position_of(pair.position)
            places = (frame, frame + self._pairs.offset(pair.position))
            for out, data, place in zip(row, pair.jpegs, places, strict=True):
                self._pairs.reader.decode_bytes_into(out, data, clip, place)
        return {**collate([pair.rest for pair in some]), "frames": torch.from_numpy(images)}
