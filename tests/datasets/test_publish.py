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
from lapa.records import RawEpisodes
from lapa.scratch import stage_folder


def raw(path: Path, episodes: int = 3) -> RawEpisodes:
    path.mkdir(parents=True, exist_ok=True)
    (path / "bytes").write_text("x" * episodes)
    return RawEpisodes(path=str(path), episodes=episodes, frames=9, successes=3, digest="d")


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


def test_a_record_from_elsewhere_is_not_deleted_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").touch()
    RawEpisodesDataset(filepath=str(tmp_path / "raw")).save(raw(tmp_path / "mine" / "episodes"))
    assert (tmp_path / "mine" / "precious").exists()


def test_remove_takes_the_record_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    dataset.save(raw(tmp_path / "work"))

    def power_cut(path: Path) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("lapa.datasets.publish.shutil.rmtree", power_cut)
    with pytest.raises(OSError, match="power cut"):
        remove(tmp_path / "raw")
    assert not dataset.exists()


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
from lapa.records import RawEpisodes
root = Path(sys.argv[1])
dataset = RawEpisodesDataset(filepath=str(root / "raw"))
turn = 0
while True:
    turn += 1
    work = root / f"work{turn}"
    work.mkdir()
    for i in range(20):
        (work / f"{i}").write_text(str(turn))
    dataset.save(RawEpisodes(path=str(work), episodes=20, frames=turn, successes=0, digest="d"))
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
