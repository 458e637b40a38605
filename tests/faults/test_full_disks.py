"""A disk that fills during any save: one sentence, the artefact before it is whole, and the same call then works.

Weights, labels and records: tests/folders; states of all levels: tests/training/common; shards: tests/data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.distributed as dist
from kedro.io import DatasetError
from torch import nn
from torch.distributed.checkpoint import save as save_distributed

from lapa.data.export.publish import published
from lapa.datasets.raw_episodes import RawEpisodesDataset
from lapa.evaluation.plots.style import saved_plot
from lapa.export.formats.torch_file import TorchFormat
from lapa.folders.full_disk import DiskFullError
from lapa.params.ingestion import IngestionParams
from lapa.pipelines.stage import stage
from lapa.records import RawEpisodes, digest_of_files
from lapa.training.common.level import Level
from lapa.training.common.train_state import _save_together
from toys.array_parts import shard_part
from toys.episodes import moving_square_episodes
from toys.faults import RAISED, Faults
from toys.full_disk import full_disk
from toys.shards import as_input

FULL = "disk full: "
NAMED = "file and free bytes are named"
BEFORE = "what was there before; the rerun completes"
SAID = r"could not be written \((File too large|No space left on device)\): .* MB are free"


@stage("page")
def draw(size: int, folder: Path) -> Path:
    """Noise does not compress."""
    with saved_plot(folder / "noise.png", figsize=(3, 3)) as axes:
        axes.imshow(np.random.default_rng(0).random((size, size)), interpolation="nearest")
    return folder


def test_a_plot_of_a_report(tmp_path: Path, faults: Faults) -> None:
    with full_disk(), pytest.raises(DiskFullError, match=rf"page-\w+ {SAID}"):
        draw(400, str(tmp_path))
    assert (draw(400, str(tmp_path)) / "noise.png").stat().st_size > 40_000
    faults.tell(FULL + "plot of a report", happened=NAMED, code=RAISED, intact=BEFORE)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[None]:
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/met", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("group")
def test_a_state_that_all_processes_write_together(tmp_path: Path, faults: Faults) -> None:
    fabric = SimpleNamespace(save=lambda path, state: save_distributed(state, checkpoint_id=path))
    level = Level(name="durable", folder=tmp_path / "resume", entry="step-{step}", keep=3)

    def save(step: int, size: int) -> None:
        module = nn.Linear(size, 1)
        state = SimpleNamespace(
            module=module.state_dict(), optimizer={}, step=step, schedule=SimpleNamespace()
        )
        state.schedule.state_dict = dict
        _save_together(fabric, state, level)  # type: ignore[arg-type]

    save(1, 10)
    with full_disk(), pytest.raises(DiskFullError, match=SAID):
        save(2, 100_000)
    assert sorted(level.states()) == [1]
    assert len(list(level.folder.iterdir())) == 1, "nothing half-written takes space"
    save(2, 100_000)
    assert sorted(level.states()) == [1, 2]
    faults.tell(FULL + "sharded state (FSDP2)", happened=NAMED, code=RAISED, intact=BEFORE)


def made(folder: Path, size: int) -> RawEpisodes:
    folder.mkdir()
    (folder / "bytes").write_bytes(bytes(size))
    facts = {"episodes": 1, "frames": 1, "successes": 1, "digest": digest_of_files(folder)}
    return RawEpisodes.model_validate({"path": str(folder), **facts})


OTHER_DISK = Path("/dev/shm")  # noqa: S108 - in memory on Linux


@pytest.fixture
def other_disk() -> Iterator[Path]:
    with TemporaryDirectory(dir=OTHER_DISK) as folder:
        yield Path(folder)


@pytest.mark.skipif(not OTHER_DISK.is_dir(), reason="one disk")
def test_an_artefact_that_is_copied_to_another_disk(
    tmp_path: Path, other_disk: Path, faults: Faults
) -> None:
    dataset = RawEpisodesDataset(filepath=str(tmp_path / "raw"))
    dataset.save(made(other_disk / "first", 10))
    second = made(other_disk / "second", 100_000)
    with full_disk(), pytest.raises(DatasetError, match=rf"raw {SAID}"):
        dataset.save(second)
    assert Path(dataset.load().path, "bytes").stat().st_size == 10
    dataset.save(second)
    what = FULL + "artefact published on another disk"
    faults.tell(what, happened=NAMED, code=RAISED, intact=BEFORE)


def test_an_export(tmp_path: Path, faults: Faults) -> None:
    program = torch.export.export(nn.Linear(100_000, 1), (torch.zeros(1, 100_000),))

    def export(out: Path) -> None:
        with published(out) as partial:
            TorchFormat().write(program, None, partial / "toy.pt2")  # type: ignore[arg-type]

    with full_disk(), pytest.raises(DiskFullError, match=rf"exported {SAID}"):
        export(tmp_path / "exported")
    assert not list(tmp_path.iterdir())
    export(tmp_path / "exported")
    faults.tell(FULL + "export", happened=NAMED, code=RAISED, intact="nothing half-written")


def test_a_part_of_an_array(tmp_path: Path, faults: Faults) -> None:
    inputs = [as_input(moving_square_episodes(4, [9], size=16))]
    params = IngestionParams(image_size=16, max_horizon_s=0.3, clip_frames=8)
    with full_disk(5_000), pytest.raises(DiskFullError, match=rf"\.tar {SAID}"):
        shard_part(inputs, params, "1/2", tmp_path)
    assert not (tmp_path / "parts").exists()
    assert shard_part(inputs, params, "1/2", tmp_path).shards
    what = FULL + "shard, of a part of an array"
    faults.tell(what, happened=NAMED, code=RAISED, intact="nothing half-written")
