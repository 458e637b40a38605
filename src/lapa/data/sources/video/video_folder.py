"""A folder of videos, one episode each: web videos, phone clips, anything without actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from lapa.data.bad_input import OnBad, bad, naming, raise_bad, read_each, require_path
from lapa.data.episode import Episode
from lapa.data.left_out import leave_out
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.video_decode import VideoReader
from lapa.data.media.video_file import READABLE_SUFFIXES
from lapa.data.media.video_frames import VideoFrames, shared_reader
from lapa.data.sources.base.depth import DepthRule, check_rule, depth_error, is_deep, named_depth
from lapa.data.sources.base.folder_walk import recordings_below
from lapa.data.sources.base.named_video import video_facts
from lapa.data.sources.video.instructions import Instructions, find_instructions


def open_video_folder(
    path: Path,
    *,
    report: OnBad = raise_bad,
    name: str = "",
    fps_override: float | Mapping[str, float] | None = None,
    instructions: str = "auto",
    environment: str = "",
    depth: DepthRule = "refuse",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield one episode per video at any depth below ``path``, in natural order of their paths.

    Linked folders are walked; hidden files, and files with other suffixes, are counted as left out.

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
        depth: depth videos (see `lapa.data.sources.base.depth`) are bad inputs, left out, or taken.
        max_pixels: largest width x height accepted.

    Raises:
        MissingSourceError: ``path`` does not exist.
        SettingsError: an unknown rule for depth.
    """
    path = Path(path)
    require_path(path, expected="a folder of videos, or one video")
    check_rule(depth)
    root = path.parent if path.is_file() else path
    source = name or (path.stem if path.is_file() else path.name)
    videos = (
        [path.name]
        if path.is_file()
        else recordings_below(path, READABLE_SUFFIXES, source=source, report=report)
    )
    if not videos:
        detail = f"no files with suffix {', '.join(sorted(READABLE_SUFFIXES))} at any depth"
        report(bad("no_videos", detail, source=source, item=str(path)).record)
        return
    reader = VideoFileReader(
        root=root,
        source=source,
        shared_stems=_shared_stems(videos),
        fps_override=fps_override,
        instructions=find_instructions(root, instructions, source=source, report=report),
        environment=environment,
        depth=depth,
        max_pixels=max_pixels,
    )
    for episode in read_each(videos, reader.episode, report):
        if episode is None:
            leave_out(report, source, {"depth": 1})
        else:
            yield episode


@dataclass(frozen=True)
class VideoFileReader:
    """Reads single videos; plain data, so other processes can read them too."""

    root: Path
    source: str
    shared_stems: frozenset[str]
    """Paths without suffix that belong to several videos."""
    fps_override: float | Mapping[str, float] | None
    instructions: Instructions
    environment: str
    depth: DepthRule
    max_pixels: int

    def episode(self, relative: str) -> Episode | None:
        """Read one video; None where it is depth that is to be left out."""
        with naming(self.source, relative):
            path = self.root / relative
            depth_sign = "its name says depth" if named_depth(relative) else ""
            if not depth_sign or self.depth == "take":
                video = shared_reader(path, max_pixels=self.max_pixels)
                bits = video.channel_bits
                depth_sign = f"one channel of {bits[0]} bits" if is_deep(bits) else ""
                if not depth_sign or self.depth == "take":
                    return self._episode(path, relative, video)
            if self.depth == "refuse":
                raise depth_error(depth_sign)
            return None

    def _episode(self, path: Path, relative: str, video: VideoReader) -> Episode:
        override = self._override(relative)
        fps = self._fps(video, override)
        instruction, notes = self.instructions.of(path, self.root)
        facts = video_facts(video, uses_times=override is None)
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
                **facts,
                "notes": [*facts["notes"], *notes],
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
