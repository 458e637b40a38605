"""Which camera, and how its frames become squares: size of the side, cropped or squashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lapa.proposal.facts import CameraFacts, SourceFacts
from lapa.refused import RefusedError, alternatives

SIDES: Final = {"demo": 64, "small": 128, "test": 64}
"""Size -> side of the frames, as its presets have it, pixels."""
SMALL_FROM: Final = 50_000
"""Frames from which on the size `small` has enough to learn from."""
WIDEST: Final = 1.5
"""Longer side over shorter side, above which cropping throws too much away."""
Size = Literal["test", "demo", "small"]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The frames that everything is learnt from."""

    cameras: tuple[CameraFacts, ...]
    """The first is the policy's, and the others are watched, too; or all of them in one picture."""
    together: bool
    """Whether every picture is a mosaic of all cameras (`lapa.data.media.mosaic`)."""
    why_camera: str
    resize: Literal["crop", "squash"]
    why_resize: str

    @property
    def per_frame(self) -> int:
        """Pictures that are made of one frame of the recording."""
        return 1 if self.together else len(self.cameras)


def propose_size(source: SourceFacts) -> Size:
    """``small`` for many frames that are large enough for it, else ``demo``."""
    return "small" if source.frames >= SMALL_FROM and min(source.picture) >= 128 else "demo"


def propose_picture(
    source: SourceFacts, asked: Sequence[str], *, together: bool = False
) -> Picture:
    """Choose cameras, and how their frames become squares.

    Args:
        source: with its cameras.
        asked: names of cameras, the policy's first; empty chooses one, or all that show anything to put together.
        together: put all of them in one picture, instead of one camera a picture.

    Raises:
        RefusedError: there is no such camera, it cannot be read, none shows anything, or one alone is to be
            put together.
    """
    if together:
        return _together(source, asked)
    if asked:
        cameras = tuple(_named(source, name) for name in dict.fromkeys(asked))
        why = "as asked for"
    else:
        camera, why = _usual(source)
        cameras = (camera,)
    resize, why_resize = _square(cameras[0])
    return Picture(
        cameras=cameras, why_camera=why, together=False, resize=resize, why_resize=why_resize
    )


def _together(source: SourceFacts, asked: Sequence[str]) -> Picture:
    usable = [camera.name for camera in source.cameras if camera.is_usable]
    cameras = tuple(_named(source, name) for name in dict.fromkeys(asked or usable))
    if len(cameras) < 2:
        raise RefusedError(
            f"{source.path}: {[camera.name for camera in cameras]} is to be put together, expected two cameras at "
            f"least of {[camera.name for camera in source.cameras]}; name them with --camera, or leave out --together"
        )
    return Picture(
        cameras=cameras,
        why_camera="all in one picture, each in a cell of its own",
        together=True,
        resize="crop",
        why_resize="the pictures are square already",
    )


def _named(source: SourceFacts, name: str) -> CameraFacts:
    known = {camera.name: camera for camera in source.cameras}
    short = {camera.rpartition(".")[2]: camera for camera in known}
    camera = known.get(short.get(name, name))
    if camera is None:
        raise RefusedError(
            f"{source.path} has no camera {name!r}{alternatives(name, [*known])}; choose with --camera"
        )
    if camera.problem:
        raise RefusedError(
            f"camera {camera.name!r} of {source.path} cannot be read ({camera.problem}), expected one of "
            f"{[other.name for other in source.cameras if other.is_usable]}; choose with --camera"
        )
    return camera


def _usual(source: SourceFacts) -> tuple[CameraFacts, str]:
    usable = [camera for camera in source.cameras if camera.is_usable]
    if not usable:
        listed = ", ".join(
            f"{camera.name} ({camera.problem or 'one colour'})" for camera in source.cameras
        )
        raise RefusedError(
            f"{source.path}: no camera shows anything: {listed}; name one with --camera to take it all the same"
        )
    named = [camera for camera in usable if camera.name == source.usual_camera]
    if named and len(source.cameras) == 1:
        return named[0], "the only one"
    if named:
        return named[0], "the one that comes first"
    return usable[0], f"the first that shows something: {source.usual_camera} does not"


def _square(camera: CameraFacts) -> tuple[Literal["crop", "squash"], str]:
    shorter, longer = sorted((camera.height, camera.width))
    if shorter == longer:
        return "crop", "the frames are square already"
    lost = f"{100 * (1 - shorter / longer):.0f} %"
    if longer > WIDEST * shorter:
        return "squash", f"a square from the middle would lose {lost} of each frame"
    return "crop", f"a square from the middle keeps shapes, and loses {lost} of each frame"
