from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.sources import open_source
from lapa.envs.record import episode_seed, record_episodes
from lapa.envs.tabletop import TabletopEnv
from lapa.folders.lock import OutputLockedError, output_lock
from lapa.params.envs import RecordParams, TabletopParams
from lapa.records import RawEpisodes

SMALL = TabletopParams(image_size=16)
Recording = tuple[Path, RecordParams, RawEpisodes]


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    out = tmp_path_factory.mktemp("recording")
    params = RecordParams(num_episodes=6, seed=3, workers=1, simulator=SMALL)
    return out, params, record_episodes(out, params)


def test_the_record_counts_what_is_there(recording: Recording) -> None:
    out, _, record = recording
    assert record.episodes == 6
    assert record.frames == sum(len(np.load(f)) for f in out.glob("*/actions.npy"))
    facts = [json.loads(f.read_text()) for f in out.glob("*/episode.json")]
    assert record.successes == sum(fact["success"] for fact in facts)


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_never_change_the_episodes(
    recording: Recording, tmp_path: Path, workers: int
) -> None:
    out, params, record = recording
    batches = params.model_copy(update={"workers": workers, "num_episodes": 10})
    again = record_episodes(tmp_path, batches)
    first = {k: v for k, v in content(tmp_path).items() if k in content(out)}
    assert first == content(out)
    assert again.digest != record.digest


def test_tasks_take_turns_where_that_is_asked_for(tmp_path: Path) -> None:
    params = RecordParams(num_episodes=4, workers=1, simulator=SMALL, tasks_in_turn=True)
    record_episodes(tmp_path, params)
    shown = [json.loads(f.read_text())["task"] for f in sorted(tmp_path.glob("*/episode.json"))]
    assert shown == ["reach", "lift", "reach", "lift"]


def test_a_rerun_skips_what_is_complete_and_repairs_the_rest(
    recording: Recording, tmp_path: Path
) -> None:
    out, params, _ = recording
    record_episodes(tmp_path, params.model_copy(update={"num_episodes": 3}))
    kept = (tmp_path / "episode_000001" / "video.mp4").stat().st_mtime_ns
    (tmp_path / ".episode_000003.part").mkdir()
    (tmp_path / ".episode_000003.part" / "video.mp4").write_bytes(b"half")
    record_episodes(tmp_path, params)
    assert (tmp_path / "episode_000001" / "video.mp4").stat().st_mtime_ns == kept
    assert content(tmp_path) == content(out)


def test_a_bar_only_where_something_is_recorded(
    recording: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, params, _ = recording
    record_episodes(out, params)
    record_episodes(tmp_path / "none", params.model_copy(update={"num_episodes": 0}))
    assert "recording" not in capsys.readouterr().err
    record_episodes(tmp_path / "one", params.model_copy(update={"num_episodes": 1}))
    assert "recording" in capsys.readouterr().err


def test_another_recording_is_not_mixed_in(recording: Recording) -> None:
    out, params, _ = recording
    with pytest.raises(ValueError, match="found a recording with"):
        record_episodes(out, params.model_copy(update={"seed": 4}))
    with pytest.raises(ValueError, match="found 6 episodes, expected at most 2"):
        record_episodes(out, params.model_copy(update={"num_episodes": 2}))


def test_a_crash_while_claiming_leaves_no_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    params = RecordParams(num_episodes=1, workers=1, simulator=SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            record_episodes(tmp_path, params)
    assert not (tmp_path / "recording.json").exists()
    other = params.model_copy(update={"seed": 5})
    assert record_episodes(tmp_path, other).episodes == 1
    assert json.loads((tmp_path / "recording.json").read_text())["seed"] == 5


def test_work_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    half = tmp_path / ".episode_000000.part"
    half.mkdir()
    with output_lock(tmp_path), pytest.raises(OutputLockedError, match="is being written by"):
        record_episodes(tmp_path, RecordParams(num_episodes=1, workers=1, simulator=SMALL))
    assert half.is_dir()


def race(out: Path, seed: int, start: Any, results: Any) -> None:
    params = RecordParams(num_episodes=2, seed=seed, workers=1, simulator=SMALL)
    start.wait(timeout=60)
    try:
        record_episodes(out, params)
        results.put(("won", seed))
    except (OutputLockedError, ValueError) as error:
        results.put(("lost", str(error)))


def test_of_two_recordings_at_once_one_gets_the_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(2), context.Queue()
    racers = [context.Process(target=race, args=(tmp_path, s, start, results)) for s in (1, 2)]
    for racer in racers:
        racer.start()
    outcomes = dict(results.get(timeout=60) for _ in racers)
    for racer in racers:
        racer.join(timeout=60)
    assert set(outcomes) == {"won", "lost"}
    seeds = [json.loads(f.read_text())["seed"] for f in sorted(tmp_path.glob("*/episode.json"))]
    assert seeds == [episode_seed(outcomes["won"], index) for index in range(2)]
    assert json.loads((tmp_path / "recording.json").read_text())["seed"] == outcomes["won"]


def test_replaying_the_executed_actions_gives_the_recorded_frames(recording: Recording) -> None:
    out, params, _ = recording
    env = TabletopEnv(params=SMALL)
    for index, episode in enumerate(open_source("recorded", out)):
        observation, info = env.reset(seed=episode_seed(params.seed, index))
        assert info["instruction"] == episode.instruction
        frames = episode.frames()
        for frame, action, state in zip(frames, episode.actions, episode.states, strict=True):
            np.testing.assert_array_equal(frame, observation["image"])
            np.testing.assert_array_equal(state, observation["state"])
            observation = env.step(action)[0]
