from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lapa.datasets.label_set import LabelSetDataset
from lapa.datasets.publish import publish, remove
from lapa.datasets.raw_episodes import RawEpisodesDataset
from lapa.folders.scratch import stage_folder
from lapa.records import RECORD, RawEpisodes, digest_of_files


def raw(path: Path, episodes: int = 3) -> RawEpisodes:
    path.mkdir(parents=True, exist_ok=True)
    (path / "bytes").write_text("x" * episodes)
    digest = digest_of_files(path)
    return RawEpisodes(path=str(path), episodes=episodes, frames=9, successes=3, digest=digest)


def test_save_then_load_gives_the_record_at_its_new_place(tmp_path: Path) -> None:
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "home" / "raw"))
    dataset.save(raw(tmp_path / "work"))
    loaded = dataset.load()
    assert loaded.path == str(tmp_path / "home" / "raw")
    assert loaded.episodes == 3
    assert Path(loaded.path, "bytes").read_text() == "xxx"
    assert not (tmp_path / "work").exists()


def test_a_folder_without_a_record_is_missing(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "bytes").write_text("half")
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    assert not dataset.exists()
    with pytest.raises(Exception, match=r"found no record\.json.*run the pipeline that writes it"):
        dataset.load()


def test_saving_again_replaces_everything(tmp_path: Path) -> None:
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    dataset.save(raw(tmp_path / "first"))
    (tmp_path / "raw" / "stale").touch()
    dataset.save(raw(tmp_path / "second", episodes=5))
    assert dataset.load().episodes == 5
    assert not (tmp_path / "raw" / "stale").exists()


def test_the_scratch_folder_goes_once_its_artefact_is_published(tmp_path: Path) -> None:
    scratch = stage_folder(tmp_path / "work", "recording", {"episodes": 3})
    (scratch / "resume").mkdir()
    RawEpisodesDataset(filepath=str(tmp_path / "raw")).save(raw(scratch / "episodes"))
    assert not scratch.exists()
    assert (tmp_path / "work").is_dir()


def test_a_record_from_elsewhere_is_not_deleted_with_its_neighbors(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").touch()
    RawEpisodesDataset(filepath=str(tmp_path / "raw")).save(raw(tmp_path / "mine" / "episodes"))
    assert (tmp_path / "mine" / "precious").exists()


SOMEBODYS = {"thesis.txt": "precious", RECORD: '{"title": "of another tool"}'}


@pytest.mark.parametrize("name", SOMEBODYS)
def test_a_folder_that_no_stage_made_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / "raw" / name
    theirs.parent.mkdir()
    theirs.write_text(SOMEBODYS[name])
    with pytest.raises(Exception, match=rf"raw holds {name}.*will not be replaced"):
        RawEpisodesDataset(filepath=str(tmp_path / "raw")).save(raw(tmp_path / "work"))
    assert theirs.read_text() == SOMEBODYS[name]
    assert (tmp_path / "work" / "bytes").exists()


def test_a_file_in_the_place_of_an_artefact_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file")
    with pytest.raises(Exception, match="raw holds raw"):
        RawEpisodesDataset(filepath=str(tmp_path / "raw")).save(raw(tmp_path / "work"))
    assert (tmp_path / "raw").read_text() == "a file"


def test_an_artefact_in_the_folder_of_another_survives_its_replacement(tmp_path: Path) -> None:
    outer = RawEpisodesDataset(filepath=str(tmp_path / "random_laq"))
    inner = RawEpisodesDataset(filepath=str(tmp_path / "random_laq" / "foundation"))
    for first_time in (True, False):
        outer.save(raw(tmp_path / "work"))
        if first_time:
            inner.save(raw(tmp_path / "other", episodes=7))
    assert inner.load().episodes == 7


def test_a_crash_before_the_record_is_no_obstacle_to_a_rerun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    with monkeypatch.context() as patch:
        patch.setattr("lapa.datasets.publish.write_whole", lambda *_: 1 / 0)
        with pytest.raises(Exception, match="division"):
            dataset.save(raw(tmp_path / "work"))
    assert (tmp_path / "raw" / "bytes").exists()
    assert not dataset.exists()
    dataset.save(raw(tmp_path / "again", episodes=4))
    assert dataset.load().episodes == 4


def test_remove_takes_the_record_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    dataset.save(raw(tmp_path / "work"))

    def power_cut(path: Path) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("lapa.datasets.publish.shutil.rmtree", power_cut)
    with pytest.raises(OSError, match="power cut"):
        remove(tmp_path / "raw")
    assert not dataset.exists()
    monkeypatch.undo()
    dataset.save(raw(tmp_path / "again", episodes=4))
    assert dataset.load().episodes == 4


def test_publishing_nothing_names_the_target(tmp_path: Path) -> None:
    record = RawEpisodes(path="x", episodes=1, frames=1, successes=1, digest="d")
    with pytest.raises(FileNotFoundError, match="cannot publish"):
        publish(record, tmp_path / "nowhere", tmp_path / "target")


def test_loading_another_kind_of_record_fails(tmp_path: Path) -> None:
    RawEpisodesDataset(filepath=str(tmp_path / "raw")).save(raw(tmp_path / "work"))
    with pytest.raises(Exception, match="LabelSet"):
        LabelSetDataset(filepath=str(tmp_path / "raw")).load()


PUBLISH_FOREVER = """
import sys
from pathlib import Path
from lapa.datasets.raw_episodes import RawEpisodesDataset
from lapa.records import RawEpisodes, digest_of_files
root = Path(sys.argv[1])
dataset = RawEpisodesDataset(filepath=str(root / "raw"))
turn = 0
while True:
    turn += 1
    work = root / f"work{turn}"
    work.mkdir()
    for i in range(20):
        (work / f"{i}").write_text(str(turn))
    facts = {"episodes": 20, "frames": turn, "successes": 0, "digest": digest_of_files(work)}
    dataset.save(RawEpisodes(path=str(work), **facts))
    print(turn, flush=True)
"""


@pytest.mark.parametrize("delay_ms", [3, 17, 41])
def test_killed_while_publishing_leaves_all_or_nothing(tmp_path: Path, delay_ms: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISH_FOREVER, str(tmp_path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(delay_ms / 1000)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    if dataset.exists():
        record = dataset.load()
        texts = [Path(record.path, str(i)).read_text() for i in range(20)]
        assert texts == [str(record.frames)] * 20
