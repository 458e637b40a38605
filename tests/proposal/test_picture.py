"""A camera that shows something, and squares that lose little of it."""

from __future__ import annotations

import pytest

from lapa.proposal.picture import propose_picture, propose_size
from lapa.refused import RefusedError
from toys.source_facts import camera_facts, dataset_facts, source_facts

BLACK = camera_facts("left", spread=0.0)
ABSENT = camera_facts("top", problem="missing_camera")
FRONT, WRIST = camera_facts("front"), camera_facts("observation.images.wrist")


def test_the_usual_camera_unless_it_shows_nothing() -> None:
    usual = propose_picture(source_facts(cameras=(FRONT, WRIST)), ())
    assert usual.cameras == (FRONT,)
    other = propose_picture(source_facts(cameras=(BLACK, WRIST)), ())
    assert other.cameras == (WRIST,)
    assert "left does not" in other.why_camera


def test_cameras_by_name_the_first_is_the_policys() -> None:
    picture = propose_picture(source_facts(cameras=(FRONT, WRIST)), ("wrist", "front", "wrist"))
    assert picture.cameras == (WRIST, FRONT)


@pytest.mark.parametrize(
    ("asked", "message"),
    [("frnt", "did you mean 'front'"), ("top", r"cannot be read \(missing_camera\).*'front'")],
)
def test_a_camera_that_is_not_there_is_refused(asked: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        propose_picture(source_facts(cameras=(FRONT, ABSENT)), (asked,))


def test_no_camera_that_shows_anything_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"left \(one colour\), top \(missing_camera\)"):
        propose_picture(source_facts(cameras=(BLACK, ABSENT)), ())


@pytest.mark.parametrize(
    ("width", "height", "resize"), [(64, 64, "crop"), (640, 480, "crop"), (1280, 720, "squash")]
)
def test_wide_frames_are_squashed(width: int, height: int, resize: str) -> None:
    source = source_facts(cameras=(camera_facts(width=width, height=height),))
    assert propose_picture(source, ()).resize == resize


@pytest.mark.parametrize(
    ("frames", "side", "size"), [(100, 480, "demo"), (60_000, 480, "small"), (60_000, 64, "demo")]
)
def test_size_by_frames_and_their_sides(frames: int, side: int, size: str) -> None:
    camera = camera_facts(width=640, height=side)
    assert propose_size(source_facts(dataset_facts([frames]), cameras=(camera,))) == size
