"""Folders of videos: order, rates, instructions, and the one bad file among good ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources import open_source
from toys.known_frames import gray_frames, numbers_of
from toys.videos import encode_video, write_gray_video


def test_nested_folders_in_natural_order(tmp_path: Path) -> None:
    for name in ("b/clip_10.mp4", "b/clip_2.mp4", "a/deep/x.mp4", "top.mp4"):
        write_gray_video(tmp_path / name)
    episodes = list(open_source("video_folder", tmp_path, environment="folder", name="web"))
    ids = [episode.episode_id for episode in episodes]
    assert ids == ["a/deep/x", "b/clip_2", "b/clip_10", "top"]
    assert [episode.environment for episode in episodes] == ["deep", "b", "b", ""]
    assert {episode.source for episode in episodes} == {"web"}
    assert all(episode.actions is None for episode in episodes)
    assert numbers_of(episodes[2].frames([5, 1])) == [5, 1]
    json.dumps(dict(episodes[0].provenance))


def test_every_container_suffix_is_read(tmp_path: Path) -> None:
    write_gray_video(tmp_path / "a.MP4")
    write_gray_video(tmp_path / "b.mkv", container="matroska")
    write_gray_video(tmp_path / "c.avi", codec="mpeg4", container="avi")
    write_gray_video(tmp_path / "d.webm", codec="libvpx-vp9", container="webm")
    write_gray_video(tmp_path / "e.mov", codec="mpeg4", container="mov")
    (tmp_path / "notes.txt").write_text("not a video")
    assert [e.num_frames for e in open_source("video_folder", tmp_path)] == [6] * 5


def test_same_stem_twice_stays_two_episodes(tmp_path: Path) -> None:
    write_gray_video(tmp_path / "a.mp4")
    write_gray_video(tmp_path / "a.mkv", container="matroska")
    ids = [episode.episode_id for episode in open_source("video_folder", tmp_path)]
    assert ids == ["a.mkv", "a.mp4"]


def test_headers_lie_about_the_rate(tmp_path: Path) -> None:
    for name in ("google_1", "widow_1", "other"):
        write_gray_video(tmp_path / f"{name}.mp4", fps=30)

    def rates(**options: object) -> list[float]:
        return [episode.fps for episode in open_source("video_folder", tmp_path, **options)]

    assert rates() == [30, 30, 30]
    assert rates(fps_override=3) == [3, 3, 3]
    assert rates(fps_override={"google*": 3, "*1.mp4": 5}) == [3, 30, 5]
    with pytest.raises(BadInputError, match="fps_override"):
        rates(fps_override=0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lang_annotations.json", {"a.mp4": "pick the can", "b": {"instruction": "open it"}}),
        (
            "labels/train.json",
            [{"id": "a", "label": "pick the can"}, {"id": "sub/b.mp4", "label": "open it"}],
        ),
        ("captions.csv", "video,caption\na.mp4,pick the can\nsub/b,open it\n"),
        ("something-labels.csv", "id;label\na;pick the can\nb;open it\n"),
    ],
)
def test_mapping_files(tmp_path: Path, name: str, content: object) -> None:
    write_gray_video(tmp_path / "a.mp4")
    write_gray_video(tmp_path / "sub" / "b.mp4")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    for mode in ("auto", name):
        episodes = open_source("video_folder", tmp_path, instructions=mode)
        assert [e.instruction for e in episodes] == ["pick the can", "open it"]


def test_a_mapping_file_in_the_folder_above_counts_when_there_is_none_here(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_gray_video(tmp_path / "videos" / f"{name}.mp4")
    mapping = {"a.mp4": "pick the can", "videos/b": "open it"}
    (tmp_path / "lang_annotations.json").write_text(json.dumps(mapping))
    episodes = list(open_source("video_folder", tmp_path / "videos"))
    assert [episode.instruction for episode in episodes] == ["pick the can", "open it"]
    (tmp_path / "videos" / "captions.csv").write_text("video,caption\na,here\n")
    episodes = list(open_source("video_folder", tmp_path / "videos"))
    assert [episode.instruction for episode in episodes] == ["here", ""]


def test_side_cars_and_names(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "pour_the-coffee"):
        write_gray_video(tmp_path / "make_tea" / f"{name}.mp4")
    (tmp_path / "make_tea" / "a.txt").write_text("from text\n")
    (tmp_path / "make_tea" / "b.json").write_text('{"task": ["from json", "again"]}')
    (tmp_path / "make_tea" / "c.csv").write_text("text\nfrom csv\n")

    def instructions(mode: str) -> list[str]:
        found = open_source("video_folder", tmp_path, instructions=mode)
        return [episode.instruction for episode in found]

    assert instructions("auto") == ["from text", "from json", "from csv", ""]
    assert instructions("file_name")[3] == "pour the coffee"
    assert instructions("folder_name") == ["make tea"] * 4
    assert instructions("none") == [""] * 4
    with pytest.raises(FileNotFoundError, match=r"absent\.json"):
        instructions("absent.json")


def test_bad_files_are_counted_and_the_others_kept(tmp_path: Path) -> None:
    whole = write_gray_video(tmp_path / "good.mp4").read_bytes()
    write_gray_video(tmp_path / "zz_good.mp4")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "html.mp4").write_text("<html>404</html>" * 100)
    (tmp_path / "short.mp4").write_bytes(whole[: len(whole) // 2])
    write_gray_video(tmp_path / "single.mp4", num_frames=1)
    (tmp_path / "side.json").write_text("{broken")
    write_gray_video(tmp_path / "side.mp4")
    report = BadInputs()
    kept = [e.episode_id for e in open_source("video_folder", tmp_path, report=report)]
    assert kept == ["good", "zz_good"]
    assert report.counts() == {
        "empty_video": 1,
        "one_frame": 1,
        "truncated_video": 1,
        "unreadable_instructions": 1,
        "unreadable_video": 1,
    }
    with pytest.raises(BadInputError, match=r"empty\.mp4: empty_video"):
        list(open_source("video_folder", tmp_path))


def test_damage_inside_is_named_when_frames_are_asked(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (12, 48, 64, 3), np.uint8)
    data = bytearray(encode_video(noise, codec="mpeg4"))
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    (tmp_path / "a.mp4").write_bytes(data)
    episode = next(open_source("video_folder", tmp_path, name="web"))
    with pytest.raises(BadInputError, match=r"web: .*a\.mp4: corrupt_video"):
        episode.frames()


def test_nothing_to_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no_videos"):
        list(open_source("video_folder", tmp_path))
    with pytest.raises(FileNotFoundError, match="nowhere"):
        list(open_source("video_folder", tmp_path / "nowhere"))


def test_a_single_file_is_a_source(tmp_path: Path) -> None:
    path = write_gray_video(tmp_path / "phone.mp4")
    write_gray_video(tmp_path / "other.mp4")
    assert [e.episode_id for e in open_source("video_folder", path)] == ["phone"]


@pytest.mark.reference_data
@pytest.mark.parametrize("name", ["rt1_moto_mp4", "simpler_real_mp4", "human_mp4"])
def test_real_videos(reference_data: Path, name: str) -> None:
    root = reference_data / "data" / name
    episodes = list(open_source("video_folder", root, environment="folder"))
    files = [path for path in root.rglob("*") if path.suffix in (".mp4", ".mkv")]
    assert len(episodes) == len(files)
    for episode in episodes:
        last = episode.frames([episode.num_frames - 1])
        assert last.shape[0] == 1
        assert episode.provenance["largest_gap_s"] < 1.5 / episode.fps


@pytest.mark.reference_data
def test_real_rt1_instructions(reference_data: Path) -> None:
    root = reference_data / "data" / "rt1_moto_mp4"
    expected = json.loads((root / "lang_annotations.json").read_text())
    episodes = list(open_source("video_folder", root, fps_override=3))
    found = {Path(str(e.provenance["file"])).name: e.instruction for e in episodes}
    assert found == expected
    assert {episode.fps for episode in episodes} == {3}
    assert {episode.provenance["header_fps"] for episode in episodes} == {30}
    assert all(18 <= episode.num_frames <= 46 for episode in episodes)


def test_frames_of_gray_videos_are_exact_enough() -> None:
    """The fixture itself: numbers survive the codec."""
    assert numbers_of(gray_frames(20)) == list(range(20))
