"""Ingestion against a loop that decodes, crops, resizes, encodes and writes, and does nothing else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from lapa.data.episode import Frames
from lapa.data.ingest import ingest
from lapa.jpeg import encode_jpeg
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from suite.made_pictures import write_video
from suite.rounds import in_turns
from suite.rows import Row, rate

SIDE = 256


@dataclass(frozen=True, kw_only=True)
class Videos:
    """Files of one kind."""

    codec: str
    height: int
    width: int
    files: int
    frames: int
    """Of each file."""

    @property
    def name(self) -> str:
        """In words."""
        return f"{self.files} x {self.frames} frames {self.width}x{self.height}, {self.codec}"


FULL = (
    Videos(codec="libx264", height=720, width=1280, files=1, frames=100),
    Videos(codec="mpeg4", height=256, width=320, files=5, frames=40),
)
TOY = (Videos(codec="mpeg4", height=64, width=96, files=2, frames=12),)


def measure(toy: bool, rounds: int) -> list[Row]:
    """Frames a second, one process, beside both loops."""
    cv2.setNumThreads(0)
    with tempfile.TemporaryDirectory(prefix="lapa-ingested-") as folder:
        return [
            row
            for number, videos in enumerate(TOY if toy else FULL)
            for row in _rows(videos, Path(folder, str(number)), rounds)
        ]


def _rows(videos: Videos, folder: Path, rounds: int) -> list[Row]:
    source = folder / "videos"
    source.mkdir(parents=True)
    files = [source / f"{number:02d}.mp4" for number in range(videos.files)]
    for number, path in enumerate(files):
        write_video(
            path,
            codec=videos.codec,
            height=videos.height,
            width=videos.width,
            frames=videos.frames,
            seed=number,
        )
    ways = {
        "ingestion": lambda: _ingest(source, folder / "shards"),
        "a plain loop": lambda: _loop(files, folder / "plain", None),
        "a plain loop with one converter": lambda: _loop(
            files, folder / "plain", VideoReformatter()
        ),
    }
    spent = in_turns(ways, rounds)
    amount = videos.files * videos.frames
    return [
        rate(f"{videos.name}, beside {name}", "frames", amount, spent["ingestion"], limit=name, by=spent[name])
        for name in list(ways)[1:]
    ]  # fmt: skip


def _ingest(source: Path, out: Path) -> None:
    params = IngestionParams(image_size=SIDE, max_horizon_s=1.0, split=SplitParams(val_fraction=0))
    sources = [SourceParams(kind="video_folder", path=str(source), options={"fps_override": 10.0})]
    ingest(sources=sources, params=params, out=out)
    shutil.rmtree(out)


def _loop(files: Sequence[Path], out: Path, converter: VideoReformatter | None) -> None:
    for path in files:
        with av.open(str(path)) as container, out.open("wb") as written:
            stream = container.streams.video[0]
            stream.thread_count = 1
            for frame in container.decode(stream):
                if converter is None:
                    shown = frame.to_ndarray(format="rgb24")
                else:
                    shown = converter.reformat(frame, format="rgb24", threads=1).to_ndarray()
                written.write(encode_jpeg(_square(shown)))


def _square(image: Frames) -> Frames:
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    image = image[top : top + side, left : left + side]
    if side == SIDE:
        return np.ascontiguousarray(image)
    how = cv2.INTER_AREA if side > SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (SIDE, SIDE), interpolation=how), np.uint8)
