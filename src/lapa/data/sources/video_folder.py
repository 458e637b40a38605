"""A folder of videos, one episode each: web videos, phone clips, anything without actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from lapa.data.bad_input import Report, bad, naming, raise_bad, read_each
from lapa.data.episode import Episode
from lapa.data.jpeg import MAX_PIXELS
from lapa.data.sources.found_video import video_facts
from lapa.data.sources.instructions import Instructions, find_instructions
from lapa.data.sources.natural_order import files_below
from lapa.data.video_decode import VideoReader
from lapa.data.video_file import READABLE_SUFFIXES
from lapa.data.video_frames import VideoFrames, shared_reader


def open_video_folder(
    path: Path,
    *,
    report: Report = raise_bad,
    name: str = "",
    fps_override: float | Mapping[str, float] | None = None,
    instructions: str = "auto",
    environment: str = "",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield one episode per video at any depth below ``path``, in natural order of their paths.

    Args:
        path: folder, or a single video.
        report: receives each unusable video.
        name: dataset name; the folder's when empty.
        fps_override: true control rate in Hz where files lie (RT-1's videos play at 30 Hz, its robot
            moves at 3): one for all, or one per glob of the path below ``path``, first match first;
            other videos have the rate at which their frames are shown.
        instructions: see `find_instructions`.
        environment: ``folder`` takes the name of the folder a video lies in; any other text is used
            as it is.
        max_pixels: largest width x height accepted.

    Raises:
        FileNotFoundError: ``path`` does not exist.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"video folder {path} does not exist")
    root = path.parent if path.is_file() else path
    videos = [path.name] if path.is_file() else files_below(path, READABLE_SUFFIXES)
    source = name or (path.stem if path.is_file() else path.name)
    if not videos:
        detail = f"no files with suffix {', '.join(sorted(READABLE_SUFFIXES))} at any depth"
        report(bad("no_videos", detail, source=source, item=str(path)).record)
        return
    reader = _Reader(
        root=root,
        source=source,
        shared_stems=_shared_stems(videos),
        fps_override=fps_override,
        instructions=find_instructions(root, instructions),
        environment=environment,
        max_pixels=max_pixels,
    )
    yield from read_each(videos, reader.episode, report)


@dataclass(frozen=True)
class _Reader:
    root: Path
    source: str
    shared_stems: frozenset[str]
    """Paths without suffix that belong to several videos."""
    fps_override: float | Mapping[str, float] | None
    instructions: Instructions
    environment: str
    max_pixels: int

    def episode(self, relative: str) -> Episode:
        path = self.root / relative
        with naming(self.source, relative):
            video = shared_reader(path, max_pixels=self.max_pixels)
            override = self._override(relative)
            fps = self._fps(video, override)
            instruction = self.instructions.of(path, self.root)
        folder = path.parent.name if path.parent != self.root else ""
        return Episode(
            source=self.source,
            episode_id=relative if stem_of(relative) in self.shared_stems else stem_of(relative),
            num_frames=video.num_frames,
            fps=fps,
            times=video.uneven_times if override is None else None,
            read_frames=VideoFrames(
                path, video.num_frames, source=self.source, max_pixels=self.max_pixels
            ),
            instruction=instruction,
            environment=folder if self.environment == "folder" else self.environment,
            provenance={
                "file": relative,
                "codec": video.codec,
                "header_fps": video.header_fps,
                "largest_gap_s": round(video.largest_gap_s, 4),
                **video_facts(video, uses_times=override is None),
            },
        )

    def _override(self, relative: str) -> float | None:
        override = self.fps_override
        if isinstance(override, Mapping):
            return next((fps for glob, fps in override.items() if fnmatch(relative, glob)), None)
        return override

    def _fps(self, video: VideoReader, override: float | None) -> float:
        fps = video.fps if override is None else float(override)
        if fps <= 0:
            raise bad("no_fps", f"the frame rate is {fps} Hz; give `fps_override` in Hz")
        return fps


def stem_of(relative: str) -> str:
    """Path below the root without suffix: the id of a video, unless two would share it."""
    return relative.rpartition(".")[0]


def _shared_stems(videos: list[str]) -> frozenset[str]:
    uses = Counter(map(stem_of, videos))
    return frozenset(stem for stem, count in uses.items() if count > 1)
