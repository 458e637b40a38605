"""Ingestion: deterministic, resumable after kill -9, one writer at a time, nothing half-visible."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, bad
from lapa.data.ingest import ingest, ingest_inputs
from lapa.data.ingestion.inputs import Input
from lapa.data.loading.pairs import open_pairs
from lapa.data.shards.summary import find_shard_set
from lapa.data.shards.verify import verify
from lapa.folders.lock import OutputLockedError
from lapa.params.ingestion import IngestionParams, SourceParams, SplitParams
from lapa.records import PairSpec, ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set

SLOW_INGESTION = """
import sys, time
from pathlib import Path
from dataclasses import replace
from toys import episodes as squares, shards
def slowly(episode):
    def read(indices):
        time.sleep(float(sys.argv[2]))
        return episode.frames(indices)
    return replace(episode, read_frames=read)
episodes = [slowly(e) for e in squares.moving_square_episodes(10)]
shards.tiny_shard_set(Path(sys.argv[1]), episodes=episodes)
"""


def _start(folder: Path, delay: float, prelude: str = "") -> subprocess.Popen:
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        [sys.executable, "-c", prelude + SLOW_INGESTION, str(folder), str(delay)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; the record's path is left out."""
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {
        name: path.read_bytes().replace(str(folder).encode(), b"HERE")
        for name, path in files.items()
    }


def _report(shard_set: ShardSet) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(Path(shard_set.path, "ingestion_report.json").read_text())
    return report


def test_kill_and_rerun_gives_the_same_bytes(tmp_path: Path) -> None:
    whole = Path(tiny_shard_set(tmp_path / "whole").path)
    killed = tmp_path / "killed" / "shards"
    process = _start(tmp_path / "killed", 0.1)
    deadline = time.monotonic() + 60
    while not (killed / ".work" / "train-000000.json").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    visible = _bytes(killed)
    assert "record.json" not in visible
    complete = [name for name in visible if name.startswith(("train/", "val/"))]
    assert 2 <= len(complete) < 8
    for name in complete:
        assert visible[name] == _bytes(whole)[name]
    with pytest.raises(FileNotFoundError, match="no finished shard set"):
        find_shard_set(killed)
    kept = (killed / "train" / "000000.tar").stat().st_mtime_ns
    tiny_shard_set(tmp_path / "killed")
    assert _bytes(killed) == _bytes(whole)
    assert (killed / "train" / "000000.tar").stat().st_mtime_ns == kept


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    process = _start(tmp_path, 0.3)
    deadline = time.monotonic() + 60
    while not (tmp_path / "shards" / ".lock").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(OutputLockedError, match=f"written by process {process.pid} on"):
        tiny_shard_set(tmp_path)
    process.kill()
    process.wait()
    assert verify(tiny_shard_set(tmp_path)) == []  # the dead owner's lock is taken over
    assert not (tmp_path / "shards" / ".lock").exists()


def test_a_full_disk_leaves_nothing_half_visible(tmp_path: Path) -> None:
    # a limit on file size fails writes as a full disk does, and needs no rights
    prelude = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (12000, 12000))\n"
    )
    process = _start(tmp_path, 0, prelude)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "File too large" in errors
    left = _bytes(tmp_path / "shards")
    assert not [name for name in left if name.endswith((".tar", ".parquet"))]
    assert "record.json" not in left
    assert verify(tiny_shard_set(tmp_path)) == []


def test_workers_do_not_change_a_byte(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    one, two = (
        ingest_inputs(
            [Input(params=SourceParams(kind="made-up", path=str(folder)), open=made_up)],
            params=IngestionParams(
                image_size=32,
                max_horizon_s=0.3,
                clip_frames=8,
                max_samples_per_shard=4,
                workers=workers,
            ),
            out=tmp_path / f"with-{workers}",
        )
        for workers in (1, 2)
    )
    assert one.digest == two.digest
    assert _bytes(Path(one.path)) == _bytes(Path(two.path))


def made_up(report: object) -> Any:
    return iter(moving_square_episodes(8))


def test_rerun_of_a_finished_set_does_nothing_and_other_content_is_refused(tmp_path: Path) -> None:
    first = tiny_shard_set(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in Path(first.path).rglob("*.tar")}
    assert tiny_shard_set(tmp_path) == first
    assert {p: p.stat().st_mtime_ns for p in Path(first.path).rglob("*.tar")} == before
    with pytest.raises(FileExistsError, match="complete shard set of another content"):
        tiny_shard_set(tmp_path, jpeg_quality=50)


def test_unfinished_shards_of_other_parameters_are_dropped(tmp_path: Path) -> None:
    broken = moving_square_episodes(10)
    broken[-1] = replace(broken[-1], read_frames=_unreadable)
    with pytest.raises(BadInputError, match="0-0009: corrupt: no frame"):
        tiny_shard_set(tmp_path, episodes=broken)
    assert (tmp_path / "shards" / "train" / "000000.tar").exists()
    whole = tiny_shard_set(tmp_path, clip_frames=6)
    assert _bytes(Path(whole.path)) == _bytes(
        Path(tiny_shard_set(tmp_path / "b", clip_frames=6).path)
    )


def _unreadable(indices: object) -> Any:
    raise bad("corrupt", "no frame", source="squares", item="0-0009")


def test_shards_stay_below_their_limits(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(
        tmp_path, frames=[40, 9, 3], max_samples_per_shard=6, max_bytes_per_shard=20_000
    )
    sizes = [p.stat().st_size for p in Path(shard_set.path).rglob("*.tar")]
    assert max(sizes) <= 20_000
    assert len(list(Path(shard_set.path).rglob("*-01.tar"))) > 0  # an episode longer than a shard
    assert verify(shard_set) == []
    pairs = open_pairs(shard_set, "train", PairSpec(horizon_s=0.3))
    assert pairs.counts["frames"] == shard_set.split("train").frames
    assert len(
        {(pairs.sample(i)["episode_id"], pairs.sample(i)["frame"]) for i in range(len(pairs))}
    ) == len(pairs)


@pytest.mark.parametrize("policy", ["raise", "skip"])
def test_bad_episodes_stop_or_are_counted(tmp_path: Path, policy: str) -> None:
    good = moving_square_episodes(12, 20)
    episodes = list(good)
    nan = episodes[1].actions.copy()
    nan[3, 0] = np.nan
    cases = {
        1: (replace(episodes[1], actions=nan), "not_finite"),
        2: (replace(episodes[2], num_frames=1, actions=None, states=None), "one_frame"),
        3: (replace(episodes[3], episode_id="0-0000"), "duplicate_id"),
        4: (replace(episodes[4], read_frames=_late_failure(good[4])), "corrupt"),
        5: (replace(episodes[5], actions=episodes[5].actions[:-1]), "length_mismatch"),
        6: (replace(episodes[6], read_frames=lambda i: good[6].frames(i)[:-1]), "missing_frames"),
        7: (replace(episodes[7], fps=0.0), "bad_fps"),
        8: (replace(episodes[8], read_frames=lambda i: good[8].frames(i) / 255), "wrong_frame_format"),
    }  # fmt: skip
    for number, (episode, _) in cases.items():
        episodes[number] = episode
    if policy == "raise":
        for number, (episode, reason) in cases.items():
            with pytest.raises(BadInputError, match=reason):
                tiny_shard_set(
                    tmp_path / str(number), episodes=[*moving_square_episodes(1), episode]
                )
        return
    shard_set = tiny_shard_set(
        tmp_path, episodes=episodes, on_bad_sample="skip", split=SplitParams(val_fraction=0.4)
    )
    report = _report(shard_set)["skipped"]
    assert report["counts"] == {reason: 1 for _, reason in cases.values()}
    assert all(item["item"] and item["detail"] for item in report["items"])
    assert verify(shard_set) == []
    assert sum(split.episodes for split in shard_set.splits.values()) == 12 - len(cases)
    assert sum(split.frames for split in shard_set.splits.values()) == 20 * (12 - len(cases))


def _late_failure(episode: Any) -> Any:
    def read(indices: Any) -> Any:
        if 19 in indices:  # in the last clip: the first ones are already in the tar
            raise bad("corrupt", "bytes 4 to 9", source=episode.source, item=episode.episode_id)
        return episode.frames(indices)

    return read


def test_report_tells_what_went_in(tmp_path: Path) -> None:
    silent = [
        replace(e, instruction=" ")
        for e in moving_square_episodes(2, 5, source="silent", with_actions=False)
    ]
    spoken = moving_square_episodes(6, 7)
    spoken[:2] = [replace(e, provenance={"notes": ["frames: cut", "odd"]}) for e in spoken[:2]]
    spoken[2] = replace(spoken[2], provenance={"notes": ["odd"]})
    params = IngestionParams(image_size=32, max_horizon_s=0.3, split=SplitParams(val_fraction=0.25))
    shard_set = ingest_inputs([as_input(spoken), as_input(silent)], params=params, out=tmp_path)
    facts = _report(shard_set)["sources"]
    assert (facts["squares"]["episodes"], facts["squares"]["frames"]) == (6, 42)
    assert facts["squares"]["episodes_per_split"] == {"train": 4, "val": 2}
    assert facts["squares"]["notes"] == {"frames: cut": 2, "odd": 3}
    assert facts["silent"]["notes"] == {}
    assert facts["silent"]["frames_without_instruction"] == 10
    assert facts["silent"]["episodes_without_actions"] == 2
    actions = np.concatenate([e.actions for e in spoken])
    for dim, row in enumerate(facts["squares"]["actions"]):
        assert row["mean"] == pytest.approx(actions[:, dim].mean(), abs=1e-6)
        assert row["std"] == pytest.approx(actions[:, dim].std(), abs=1e-6)
        assert (row["minimum"], row["maximum"]) == (actions[:, dim].min(), actions[:, dim].max())


def test_a_repeated_recording_is_found_across_splits(tmp_path: Path) -> None:
    episodes = moving_square_episodes(10, 12)
    twins = [replace(e, episode_id=f"again-{e.episode_id}") for e in episodes]
    shard_set = tiny_shard_set(tmp_path, episodes=[*episodes, *twins])
    report = _report(shard_set)["near_duplicates"]["val"]
    assert report["episodes"] == 4
    assert report["near_duplicates"] >= 1
    for pair in report["examples"]:
        ends = {pair[side].replace("again-", "") for side in ("episode", "looks_like")}
        assert len(ends) == 1


def test_empty_sources_are_named(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "notes.txt").write_text("nothing")
    source = SourceParams(kind="made-up", path=str(tmp_path / "raw"))
    params = IngestionParams(max_horizon_s=0.3, on_bad_sample="skip")
    with pytest.raises(ValueError, match=r"raw yields no usable episode: found \['notes.txt'\]"):
        ingest_inputs(
            [Input(params=source, open=lambda report: iter(()))],
            params=params,
            out=tmp_path / "out",
        )
    short = as_input(moving_square_episodes(1, 2))
    with pytest.raises(
        ValueError, match=r"first of 1 skipped: squares: 0-0000: too_short: 2 frames"
    ):
        ingest_inputs(
            [short], params=params.model_copy(update={"min_frames": 3}), out=tmp_path / "b"
        )
    with pytest.raises(ValueError, match="no source kind 'made-up'"):
        ingest(sources=[source], params=params, out=tmp_path / "out")
