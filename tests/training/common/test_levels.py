"""A training goes on from the newest complete state of any level, and what was complete stays."""

from __future__ import annotations

import logging
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.folders.full_disk import DiskFullError
from lapa.folders.whole_folder import COMPLETE, begin_draft, draft_of, finish_draft
from lapa.params.base import TrainerParams
from lapa.records import Checkpoint, PairSpec
from lapa.training.common.checkpoints import readable, save_atomically
from lapa.training.common.level import Level, delete
from lapa.training.common.levels import Levels
from lapa.training.common.milestones import Milestones
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork
from toys.faults import RAISED, Faults
from toys.states import levels_in

SMALL, LARGE = 1_000, 100_000
"""Numbers saved: below what a file may hold on a full disk, and above it."""


@pytest.fixture
def levels(tmp_path: Path) -> Levels:
    fast = {"folder": str(tmp_path / "node"), "every": 2, "keep": 2}
    return levels_in(tmp_path / "run/laq", keep=2, fast=fast, milestones=str(tmp_path / "kept"))


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may exceed 40 kB; Python ignores the signal, so writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content(step: int, size: int = SMALL) -> dict[str, Any]:
    return {"step": step, "w": torch.zeros(size)}


def all_of(levels: Levels) -> list[Level]:
    assert levels.fast
    assert levels.milestones
    return [levels.fast, levels.durable, levels.milestones]


def put(levels: Levels, level: Level, step: int, size: int = SMALL) -> None:
    """Save on a level, as the trainings do."""
    if level is not levels.milestones:
        levels.save(level, step, content(step, size))
        return
    kept = milestones_of(levels)
    kept.begin_best(Exported(step=step, metrics={}))
    kept.finish_best(step, lambda path: save_atomically(content(step, size), path))


def milestones_of(levels: Levels) -> Milestones:
    def write(exported: Exported, work: StageWork) -> Checkpoint:
        def weights(folder: Path) -> str:
            folder.mkdir()
            (folder / "weights").write_text(str(exported.step))
            return "digest"

        return work.save(weights, exported=exported, inputs={}, pair_spec=PairSpec(horizon_s=0.1))

    assert levels.milestones
    return Milestones(levels.milestones, "laq", write)


def newest(levels: Levels) -> tuple[Path, int] | None:
    answer = levels.newest(readable)
    return answer and (answer[0], answer[1]["step"])


def test_each_step_is_due_on_the_more_lasting_level(levels: Levels) -> None:
    due = [levels.due(step, must=step == 7) for step in range(1, 11)]
    fast, durable = levels.fast, levels.durable
    assert due == [None, fast, None, fast, durable, fast, durable, fast, None, durable]


@pytest.mark.parametrize("latest", [0, 1, 2])
def test_the_newest_over_all_levels_is_taken_and_named(
    levels: Levels, latest: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert newest(levels) is None
    for index, level in enumerate(all_of(levels)):
        put(levels, level, 30 if index == latest else 10 + index)
    level = all_of(levels)[latest]
    with caplog.at_level(logging.INFO):
        assert newest(levels) == (level.states()[30], 30)
    said = f"toy: going on after step 30, from the {level.name} checkpoint {level.states()[30]}"
    assert caplog.messages == [f"{said}, the newest complete of 3"]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_half_written_state_does_not_count(levels: Levels, index: int) -> None:
    level = all_of(levels)[index]
    put(levels, levels.durable, 10)
    put(levels, level, 20)
    entry = level.entry_of(20)
    if entry.is_file():
        entry.rename(entry.with_name(f"{entry.name}.partial"))
    else:
        entry.rename(draft_of(entry))
    assert newest(levels) == (levels.durable.entry_of(10), 10)
    put(levels, level, 20)  # the same step again, over what was left
    assert newest(levels) == (level.states()[20], 20)
    assert not list(level.folder.glob("*.partial"))


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_state_that_was_cut_short_does_not_count(
    levels: Levels, index: int, faults: Faults
) -> None:
    level = all_of(levels)[index]
    put(levels, levels.durable, 10)
    put(levels, level, 20)
    state = level.states()[20]
    state.write_bytes(state.read_bytes()[:-100])
    if level is levels.milestones:  # its list says how long it was
        assert newest(levels) == (levels.durable.entry_of(10), 10)
    else:
        with pytest.warns(UserWarning, match="unreadable"):
            assert newest(levels) == (levels.durable.entry_of(10), 10)
    faults.tell(
        f"{level.name} checkpoint cut short", happened="it is left out", intact="the one before"
    )


def test_each_level_keeps_its_number(levels: Levels) -> None:
    for level in all_of(levels):
        for step in range(10, 60, 10):
            put(levels, level, step)
    assert [sorted(level.states()) for level in all_of(levels)] == [[40, 50], [40, 50], [50]]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_full_disk_leaves_the_state_before_on_every_level(
    levels: Levels, index: int, full_disk: None, faults: Faults
) -> None:
    level = all_of(levels)[index]
    put(levels, level, 10)
    before = newest(levels)
    if level is levels.fast:
        with pytest.warns(UserWarning, match="could not be written .* goes on without this one"):
            put(levels, level, 20, LARGE)
    else:
        with pytest.raises(DiskFullError, match=r"could not be written .* MB are free"):
            put(levels, level, 20, LARGE)
    assert newest(levels) == before == (level.states()[10], 10)
    assert len(list(level.folder.iterdir())) == 1, "nothing half-written takes space"
    put(levels, level, 20)
    assert newest(levels) == (level.states()[20], 20)
    faults.tell(
        f"disk full: {level.name} checkpoint",
        happened="a warning; the training goes on" if level is levels.fast else "file is named",
        code="" if level is levels.fast else RAISED,
        intact="the state before it; the rerun completes",
    )


def test_a_milestone_holds_model_record_and_state(levels: Levels) -> None:
    kept = milestones_of(levels)
    put(levels, all_of(levels)[2], 10)
    kept.keep_last(Exported(step=10, metrics={}))
    kept.keep_last(Exported(step=12, metrics={}))
    folder = all_of(levels)[2].folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "best-step-00000010",
        "last-step-00000012",
    ], "the last is not written twice"
    for name, step in (("best-step-00000010", 10), ("last-step-00000012", 12)):
        record = Checkpoint.read(folder / name / "model")
        assert (record.step, record.path) == (step, str(folder / name / "model"))
        assert (folder / name / "model/weights").read_text() == str(step)
    assert newest(levels) == (folder / "best-step-00000010/state.ckpt", 10)


def test_another_training_has_other_folders_and_a_rerun_the_same(tmp_path: Path) -> None:
    def folder(work: Path) -> Path:
        level = levels_in(work, fast={"folder": str(tmp_path / "node")}).fast
        assert level
        return level.folder

    one, other = tmp_path / "a/laq-1", tmp_path / "b/laq-1"
    assert folder(one) == folder(one)
    assert len({folder(one), folder(other), folder(tmp_path / "x/a/laq-1")}) == 3


def test_fast_states_go_when_the_training_is_done(levels: Levels) -> None:
    for level in all_of(levels):
        put(levels, level, 10)
    levels.discard_fast()
    assert [bool(level.states()) for level in all_of(levels)] == [False, True, True]


def test_a_folder_counts_when_it_holds_what_it_lists(tmp_path: Path) -> None:
    level = Level(name="durable", folder=tmp_path, entry="step-{step}", keep=3)
    for step in (1, 2, 3):
        (begin_draft(level.entry_of(step)) / "shard").write_bytes(b"weights")
        finish_draft(level.entry_of(step))
    (tmp_path / "step-00000003/shard").write_bytes(b"weig")
    (tmp_path / "step-00000002" / COMPLETE).unlink()
    assert level.states() == {1: tmp_path / "step-00000001"}
    delete(level.entry_of(1))
    assert level.states() == {}


def test_by_default_there_is_the_durable_level_alone() -> None:
    trainer = TrainerParams(max_steps=1, batch_size=1)
    levels = Levels("toy", Path("work"), trainer)
    assert (levels.fast, levels.milestones, levels.durable.keep) == (None, None, 3)
