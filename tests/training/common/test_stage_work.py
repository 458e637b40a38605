"""Weights, curves and pictures go into one folder, and the record says what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from lapa.params.base import TrainerParams
from lapa.records import Checkpoint, PairSpec
from lapa.training.common import stage_work
from lapa.training.common.selection import Exported
from lapa.training.common.stage_work import StageWork, start_process
from lapa.training.common.tracking import MetricsFile

EXPORTED = Exported(step=4, metrics={"val/loss": 0.5}, notes=("small",))


def write(folder: Path) -> str:
    folder.mkdir(parents=True)
    (folder / "weights").write_text("w")
    return "digest"


def saved(work: Path) -> Checkpoint:
    return StageWork(stage="policy", folder=work).save(
        write,
        exported=EXPORTED,
        inputs={"shards": "s"},
        pair_spec=PairSpec(horizon_s=0.1),
        datasets=("arm",),
    )


def test_the_record_describes_the_weights(tmp_path: Path) -> None:
    record = saved(tmp_path)
    assert (record.kind, record.digest, record.path) == (
        "policy",
        "digest",
        str(tmp_path / "model"),
    )
    assert (record.step, record.metrics, record.notes) == (4, {"val/loss": 0.5}, ("small",))
    assert (record.inputs, record.datasets) == ({"shards": "s"}, ("arm",))


def test_curves_and_pictures_lie_beside_the_weights(tmp_path: Path) -> None:
    work = StageWork(stage="policy", folder=tmp_path)
    (only,) = work.loggers()
    assert isinstance(only, MetricsFile)
    only.log_metrics({"train/loss": 1.0}, step=1)
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/a.png").write_bytes(b"picture")
    folder = Path(saved(tmp_path).path)
    assert (folder / "metrics.jsonl").read_text() == (tmp_path / "metrics.jsonl").read_text()
    assert (folder / "plots/a.png").read_bytes() == b"picture"
    assert (folder / "weights").is_file()


def test_another_rank_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_work, "is_rank_zero", lambda: False)
    assert saved(tmp_path).digest == ""
    assert not (tmp_path / "model").exists()


@pytest.fixture
def _threads_come_back() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("_threads_come_back")
def test_a_process_starts_with_its_threads_and_device() -> None:
    params = TrainerParams(max_steps=1, batch_size=1, accelerator="cpu", num_threads=2)
    assert start_process(params) == torch.device("cpu")
    assert torch.get_num_threads() == 2
    unset = params.model_copy(update={"num_threads": 0})
    start_process(unset)
    assert torch.get_num_threads() == 2, "0 keeps what there is"
