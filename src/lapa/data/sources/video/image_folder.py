"""Folders of numbered images, one episode per folder; the layout of Something-Something-v2 frames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lapa.data.bad_input import (
    OnBad,
    SettingsError,
    bad,
    naming,
    raise_bad,
    read_each,
    require_path,
)
from lapa.data.episode import Episode
from lapa.data.left_out import leave_out
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.encoded_frames import ImageFiles
from lapa.data.media.jpeg import check_size, image_size
from lapa.data.media.orientation import STORED, exif_orientation, orientation_note
from lapa.data.sources.base.depth import DepthRule, check_rule
from lapa.data.sources.base.folder_walk import Folder, by_suffix, suffix_of, walk_folders
from lapa.data.sources.video.depth_images import split_depth
from lapa.data.sources.video.instructions import Instructions, find_instructions

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png"})
OTHER_IMAGES: Final = frozenset(
    {".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif", ".exr", ".ppm", ".pgm"}
    | {".jp2", ".jxl", ".dng", ".raw"}
)
"""Images that are not read; a folder of nothing else is named."""
HEADER_BYTES: Final = 1 << 20
"""Enough of an image to find its size behind the metadata of a camera."""


def open_image_folder(
    path: Path,
    *,
    report: OnBad = raise_bad,
    fps: float | None = None,
    name: str = "",
    instructions: str = "auto",
    environment: str = "",
    depth: DepthRule = "refuse",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield one episode per folder that holds images, in natural order of folders and images.

    Linked folders are walked; hidden files, and files with other suffixes, are counted as left out.

    Args:
        path: folder of folders of images (any depth), or one folder of images.
        report: receives each unusable folder.
        fps: frames per second of the sequences, Hz; images do not carry one.
        name: dataset name; the folder's when empty.
        instructions: see `find_instructions`; keys are folder names.
        environment: ``folder`` takes the name of the folder above the sequence; any other text is
            used as it is.
        depth: depth images (see `lapa.data.sources.base.depth`) are bad inputs, left out, or taken.
        max_pixels: largest width x height accepted.

    Raises:
        SettingsError: ``path`` is a file, ``fps`` is missing, or an unknown rule for depth.
        MissingSourceError: ``path`` does not exist.
    """
    path = Path(path)
    require_path(path, expected="a folder of images, or of folders of images")
    if path.is_file():
        raise SettingsError(f"{path} is a file, expected a folder of images")
    if fps is None:
        raise SettingsError(f"image folder {path}: images carry no frame rate; give `fps` in Hz")
    check_rule(depth)
    source = name or path.name
    reader = SequenceReader(
        root=path,
        source=source,
        fps=fps,
        instructions=find_instructions(path, instructions, source=source, report=report),
        environment=environment,
        max_pixels=max_pixels,
    )
    sequences = _sequences(path, source, report)
    if depth != "take":
        sequences = split_depth(sequences, path, source=source, rule=depth, report=report)
    packed = ((folder, "/".join(names)) for folder, names in sequences)
    yield from read_each(packed, reader.episode, report)


def _sequences(root: Path, source: str, report: OnBad) -> Iterator[tuple[Path, list[str]]]:
    """Yield (folder, image names); also folders to be reported, which hold nothing to read."""
    has_sequence = False
    for folder in walk_folders(root, source=source, report=report):
        images = [name for name in folder.names if suffix_of(name) in SUFFIXES]
        others = [name for name in folder.names if suffix_of(name) not in SUFFIXES]
        leave_out(report, source, by_suffix(others))
        if images or folder.is_empty or any(suffix_of(name) in OTHER_IMAGES for name in others):
            has_sequence = True
            yield _path(root, folder), images
    if not has_sequence:
        yield root, []


def _path(root: Path, folder: Folder) -> Path:
    return root / folder.relative if folder.relative else root


@dataclass(frozen=True)
class SequenceReader:
    """Reads single folders of images; plain data, so other processes can read them too."""

    root: Path
    source: str
    fps: float
    instructions: Instructions
    environment: str
    max_pixels: int

    def episode(self, sequence: tuple[Path, str]) -> Episode:
        """Read one sequence: its folder, and the names of its images with ``/`` between them.

        One text, because every item is kept: a list of names takes six times the memory.
        """
        folder, packed = sequence
        names = packed.split("/") if packed else []
        relative = folder.relative_to(self.root).as_posix()
        with naming(self.source, relative if relative != "." else self.root.name):
            if not names:
                expected = ", ".join(sorted(SUFFIXES))
                raise bad("no_images", f"found no image ({expected}) here; convert other formats")
            orientation = self._look_at(folder / names[0])
            instruction, notes = self.instructions.of(folder, self.root)
        turned = [] if orientation == STORED else [orientation_note(orientation)]
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
                "notes": [*turned, *notes],
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
    digits_of_names = [re.findall(r"\d+", Path(name).stem) for name in names]
    if not all(digits_of_names):
        return 0
    numbers = [int(digits[-1]) for digits in digits_of_names]
    return max(0, max(numbers) - min(numbers) + 1 - len(set(numbers)))
