"""Folders of numbered images, one episode per folder; the layout of Something-Something-v2 frames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lapa.data.bad_input import Report, bad, naming, raise_bad, read_each
from lapa.data.encoded_frames import ImageFiles
from lapa.data.episode import Episode
from lapa.data.jpeg import MAX_PIXELS, check_size, image_size
from lapa.data.orientation import STORED, exif_orientation, orientation_note
from lapa.data.sources.instructions import Instructions, find_instructions
from lapa.data.sources.natural_order import folders_below

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png"})
HEADER_BYTES: Final = 1 << 20
"""Enough of an image to find its size behind the metadata of a camera."""


def open_image_folder(
    path: Path,
    *,
    report: Report = raise_bad,
    fps: float | None = None,
    name: str = "",
    instructions: str = "auto",
    environment: str = "",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield one episode per folder that holds images, in natural order of folders and images.

    Args:
        path: folder of folders of images (any depth), or one folder of images.
        report: receives each unusable folder.
        fps: frames per second of the sequences, Hz; images do not carry one.
        name: dataset name; the folder's when empty.
        instructions: see `find_instructions`; keys are folder names.
        environment: ``folder`` takes the name of the folder above the sequence; any other text is
            used as it is.
        max_pixels: largest width x height accepted.

    Raises:
        ValueError: ``fps`` is missing.
        FileNotFoundError: ``path`` is no folder.
    """
    path = Path(path)
    if not path.is_dir():
        raise FileNotFoundError(f"image folder {path} does not exist")
    if fps is None:
        raise ValueError(f"image folder {path}: images carry no frame rate; give `fps` in Hz")
    reader = _Reader(
        root=path,
        source=name or path.name,
        fps=fps,
        instructions=find_instructions(path, instructions),
        environment=environment,
        max_pixels=max_pixels,
    )
    yield from read_each(_sequences(path), reader.episode, report)


def _sequences(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield (folder, image names); also folders with nothing in them at all, to be reported."""
    found = False
    for folder, names, has_folders in folders_below(root):
        images = [name for name in names if Path(name).suffix.lower() in SUFFIXES]
        if images or not (names or has_folders):
            found = True
            yield folder, images
    if not found:
        yield root, []


@dataclass(frozen=True)
class _Reader:
    root: Path
    source: str
    fps: float
    instructions: Instructions
    environment: str
    max_pixels: int

    def episode(self, sequence: tuple[Path, list[str]]) -> Episode:
        folder, names = sequence
        relative = folder.relative_to(self.root).as_posix()
        with naming(self.source, relative):
            if not names:
                raise bad("no_images", f"found no image ({', '.join(sorted(SUFFIXES))}) here")
            orientation = self._look_at(folder / names[0])
            instruction = self.instructions.of(folder, self.root)
        above = folder.parent.name if folder.parent not in (self.root, self.root.parent) else ""
        return Episode(
            source=self.source,
            episode_id=relative if relative != "." else folder.name,
            num_frames=len(names),
            fps=self.fps,
            read_frames=ImageFiles(
                tuple(folder / name for name in names), self.source, self.max_pixels
            ),
            instruction=instruction,
            environment=above if self.environment == "folder" else self.environment,
            provenance={
                "folder": relative,
                "number_gaps": number_gaps(names),
                "notes": [] if orientation == STORED else [orientation_note(orientation)],
            },
        )

    def _look_at(self, path: Path) -> int:
        """Check the size of an image and return how it is turned."""
        with naming(self.source, path.relative_to(self.root).as_posix()), path.open("rb") as file:
            data = file.read(HEADER_BYTES)
            height, width = image_size(data)
            check_size(height, width, max_pixels=self.max_pixels)
            return exif_orientation(data)


def number_gaps(names: list[str]) -> int:
    """Return how many numbers are missing between the first and the last image; 0 if unnumbered."""
    found = [re.findall(r"\d+", Path(name).stem) for name in names]
    if not all(found):
        return 0
    numbers = [int(digits[-1]) for digits in found]
    return max(0, max(numbers) - min(numbers) + 1 - len(set(numbers)))
