"""Reads single members and frames out of shards by byte offset, decoding only what is asked.

Ours, because a pair is two frames anywhere in a split: webdataset reads tars from front to back.
"""

from __future__ import annotations

import io
import json
import os
from collections import OrderedDict
from typing import Any, Literal

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from lapa.data.bad_input import BadInputError, bad
from lapa.data.remote.room import CacheFullError
from lapa.data.shards.clip_table import ClipTable
from lapa.data.shards.linked import OpenTar

MAX_OPEN_FILES = 64


class ShardFiles:
    """Open tars of this process, by number; a fork or a pickle starts with none.

    ``pread`` never moves a shared file position, so workers cannot disturb each other.
    """

    def __init__(self, table: ClipTable) -> None:
        self._table = table
        self._open: OrderedDict[int, OpenTar] = OrderedDict()
        self._owner = os.getpid()

    def read(self, shard: int, offset: int, size: int) -> bytes:
        """Return ``size`` bytes of a shard.

        Raises:
            BadInputError: the file ends before that.
        """
        data = os.pread(self._descriptor(shard), size, offset)
        if len(data) != size:
            name = self._table.shards[shard]
            detail = (
                f"found {len(data)} bytes at {offset}, expected {size}; run `lapa inspect --verify`"
            )
            raise bad("truncated_shard", detail, source=str(self._table.root), item=name)
        return data

    def _descriptor(self, shard: int) -> int:
        if self._owner != os.getpid():
            self._open, self._owner = OrderedDict(), os.getpid()
        if shard not in self._open:
            if len(self._open) >= MAX_OPEN_FILES:
                self._close_oldest()
            self._open[shard] = self._opened(shard)
        self._open.move_to_end(shard)
        return self._open[shard].descriptor

    def _opened(self, shard: int) -> OpenTar:
        while True:
            try:
                return OpenTar(self._table.paths[shard])
            except CacheFullError:  # it is full of what is open here
                if not self._open:
                    raise
                self._close_oldest()

    def _close_oldest(self) -> None:
        self._open.popitem(last=False)[1].close()

    def __getstate__(self) -> dict[str, Any]:
        return {"table": self._table}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["table"])  # type: ignore[misc]

    def __del__(self) -> None:
        if self._owner == os.getpid():
            for tar in self._open.values():
                tar.close()


class ClipReader:
    """Random access to the clips of one split."""

    def __init__(self, table: ClipTable, *, image_size: int) -> None:
        self.table = table
        self._files = ShardFiles(table)
        self.image_shape = (image_size, image_size, 3)

    def jpeg(self, clip: int, frame: int) -> bytes:
        """Return the compressed frame ``frame`` of a clip."""
        table = self.table
        begin, end = self.borders(clip, frame)
        offset = table.numbers["frames_offset"][clip] + begin
        return self._files.read(table.shard[clip], int(offset), int(end - begin))

    def borders(self, clip: int, frame: int) -> tuple[int, int]:
        """Return where a frame begins and ends in the clip's ``.frames``."""
        first = self.table.jpeg_start[clip] + frame
        begin, end = self.table.jpeg_borders[first : first + 2]
        return int(begin), int(end)

    def decode_into(self, out: NDArray[np.uint8], clip: int, frame: int) -> None:
        """Decode a frame into ``out``, ``uint8 (height, width, 3)`` RGB, contiguous.

        Raises:
            BadInputError: the bytes are no JPEG of the shard set's size.
        """
        self.decode_bytes_into(out, self.jpeg(clip, frame), clip, frame)

    def decode_bytes_into(self, out: NDArray[np.uint8], data: bytes, clip: int, frame: int) -> None:
        """Decode the bytes of a frame, which were read before."""
        try:
            # a picture larger than the buffer is refused before anything is decoded
            picture = simplejpeg.decode_jpeg(data, colorspace="RGB", buffer=out)
            if picture.shape != self.image_shape:
                raise ValueError(f"found {picture.shape}, expected {self.image_shape}")
        except ValueError as error:
            raise self._damaged(clip, "corrupt_jpeg", f" frame {frame}", error) from error

    def frames(self, clip: int, frames: NDArray[np.int64] | list[int]) -> NDArray[np.uint8]:
        """Decode frames of a clip as ``uint8 (frame, height, width, 3)``."""
        out = np.empty((len(frames), *self.image_shape), np.uint8)
        for row, frame in enumerate(frames):
            self.decode_into(out[row], clip, int(frame))
        return out

    def array(self, clip: int, member: Literal["actions", "states"]) -> NDArray[np.float32]:
        """Return a clip's actions or states, ``float32 (frame, dimension)``.

        Raises:
            BadInputError: the member is no such array.
        """
        return self.array_of(self.member(clip, member), clip, member)

    def array_of(
        self, data: bytes, clip: int, member: Literal["actions", "states"]
    ) -> NDArray[np.float32]:
        """Return actions or states of the bytes of their member, which were read before."""
        numbers = self.table.numbers
        width = numbers["action_dim" if member == "actions" else "state_dim"][clip]
        expected = (int(numbers["num_frames"][clip]), int(width))
        try:
            return read_rows(data, expected)
        except ValueError as error:
            raise self._damaged(clip, "corrupt_array", f".{member}.npy", error) from error

    def facts(self, clip: int) -> dict[str, Any]:
        """Return the clip's json."""
        facts: dict[str, Any] = json.loads(self.member(clip, "json"))
        return facts

    def member(self, clip: int, member: str) -> bytes:
        """Return the bytes of one member; empty if the clip has none."""
        numbers = self.table.numbers
        offset, size = numbers[f"{member}_offset"][clip], numbers[f"{member}_size"][clip]
        return self._files.read(self.table.shard[clip], int(offset), int(size)) if size else b""

    def _damaged(self, clip: int, reason: str, member: str, error: ValueError) -> BadInputError:
        table = self.table
        detail = f"{error}; the shard is damaged, run `lapa inspect --verify`"
        source = str(table.paths[table.shard[clip]])
        return bad(reason, detail, source=source, item=f"{table.keys[int(clip)].as_py()}{member}")


def read_rows(data: bytes, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the ``float32`` array of a ``.npy`` file of this shape, at most as large as its bytes.

    Raises:
        ValueError: the header promises another shape or type, or the bytes are fewer.
    """
    file = io.BytesIO(data)
    np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0(file)
    if header != (shape, False, np.dtype("<f4")):
        raise ValueError(f"found {header[2]} {header[0]}, expected float32 {shape}")
    return np.frombuffer(file.read(), "<f4").reshape(shape).astype(np.float32)
