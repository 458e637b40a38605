"""Films stored as uint8 (frame, height, width, 3) arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from lapa.data.bad_input import OnBad, bad, naming, raise_bad, read_each
from lapa.data.episode import Episode, Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.sources.base.folder_walk import recordings_below


@dataclass(frozen=True)
class FilmFrames:
    """Reads the asked frames only; plain data, so episodes can be sent to other processes."""

    path: Path
    num_frames: int

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        film = np.load(self.path, mmap_mode="r", allow_pickle=False)
        return np.asarray(film[resolve_indices(indices, self.num_frames)])


def open_films(path: Path, *, report: OnBad = raise_bad, fps: float) -> Iterator[Episode]:
    """Yield one episode per ``.npy`` file of ``path``."""
    files = recordings_below(path, frozenset({".npy"}), source="films", report=report)
    yield from read_each([path / file for file in files], partial(read_film, fps=fps), report)


def read_film(file: Path, *, fps: float) -> Episode:
    with naming("films", file.name):
        try:
            film = np.load(file, mmap_mode="r", allow_pickle=False)
        except ValueError as error:
            raise bad("unreadable_film", str(error)) from error
    return Episode(
        source="films",
        episode_id=file.stem,
        num_frames=len(film),
        fps=fps,
        read_frames=FilmFrames(file, len(film)),
    )
