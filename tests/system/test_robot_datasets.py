"""Every kind of robot dataset reaches a policy and a report, by configuration alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lapa.data.media.jpeg import encode_jpeg
from toys.droid import write_droid
from toys.hdf5 import write_robomimic
from toys.known_frames import pictures
from toys.lerobot import write_lerobot_v2, write_lerobot_v3
from toys.project import Project
from toys.rlds import bridge_example, write_rlds

ENVIRONMENT = "my_robot"
TINY = (
    "laq.model.dim=32,laq.model.heads=1,laq.model.head_dim=32,laq.model.decoder_depth=1,"
    "laq.model.grid_channels=8,laq.codebook.initial_batches=1,laq.optimizer.warmup_steps=2,"
    "laq.trainer.max_steps=8,laq.trainer.batch_size=8,laq.trainer.validate_every=4,"
    "laq.trainer.val_max_samples=16,laq.trainer.precision=32-true,"
    "foundation.backend.channels=8,foundation.backend.feature_dim=16,"
    "foundation.optimizer.warmup_steps=2,foundation.trainer.max_steps=8,"
    "foundation.trainer.batch_size=8,foundation.trainer.validate_every=4,"
    "foundation.trainer.val_max_samples=16,finetune.optimizer.warmup_steps=2,"
    "finetune.trainer.max_steps=8,finetune.trainer.batch_size=8,"
    "finetune.trainer.validate_every=4,finetune.unpretrained_max_steps=8,"
    "laq.trainer.num_threads=1,labeling.num_threads=1,foundation.trainer.num_threads=1,"
    "finetune.trainer.num_threads=1,evaluation.probe.folds=2,evaluation.probe.resamples=20,"
    "evaluation.probe.max_iterations=10"
)
"""Sizes that prove the wiring and say nothing about the method."""


def _lerobot_v2(folder: Path) -> tuple[str, int]:
    write_lerobot_v2(folder, [12, 9, 14, 10, 11, 12])
    return "lerobot", 3


def _lerobot_v3(folder: Path) -> tuple[str, int]:
    write_lerobot_v3(folder, [[12, 9, 14], [10, 11, 12]])
    return "lerobot", 3


def _hdf5(folder: Path) -> tuple[str, int]:
    folder.mkdir()
    write_robomimic(folder / "demos.hdf5", [12, 9, 14, 10, 11, 12])
    return "hdf5", 7


def _bridge(folder: Path) -> tuple[str, int]:
    shown = [[encode_jpeg(frame) for frame in pictures(number, 10)] for number in range(6)]
    moved = [np.random.default_rng(number).normal(size=(10, 7)) for number in range(6)]
    records = [
        bridge_example(number, steps=10, image_0=shown[number], action=np.float32(moved[number]))
        for number in range(6)
    ]
    write_rlds(folder, [records])
    return "rlds", 7


def _video_and_json(folder: Path) -> tuple[str, int]:
    for number in range(6):
        write_droid(folder, str(number), frames=10)
    return "video_with_arrays", 7


MADE_UP: dict[str, Callable[[Path], tuple[str, int]]] = {
    "lerobot_v2": _lerobot_v2,
    "lerobot_v3": _lerobot_v3,
    "hdf5": _hdf5,
    "bridge_rlds": _bridge,
    "video_and_json": _video_and_json,
}
REAL: dict[str, tuple[str, int | None]] = {
    "g1_real_lerobot_v30": ("lerobot", 26),
    "gr1_sim_lerobot_v20": ("lerobot", 44),
    "robonet_hdf5": ("hdf5", None),
    "bridge_rlds": ("rlds", 7),
    "droid_mp4_json": ("video_with_arrays", 7),
}


def _reaches_the_report(project: Project, kind: str, dataset: Path, dimensions: int | None) -> None:
    done = project.run(
        f"--params={TINY}",
        env=ENVIRONMENT,
        variables={"LAPA_KIND": kind, "LAPA_DATASET": str(dataset), "LAPA_HORIZON_S": "0.4"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    reporting = project.folder / "data/08_reporting" / ENVIRONMENT
    page = (reporting / "report/report.html").read_text()
    models = project.folder / "data/06_models" / ENVIRONMENT
    for arm in ("lapa", "random_laq", "scratch"):
        assert arm in page
        config = json.loads((models / arm / "policy/config.json").read_text())
        if dimensions is not None:
            assert len(config["stats"]["dimensions"]) == dimensions
        report = json.loads((reporting / "policies" / arm / "record.json").read_text())
        assert "action/mse_normalized" in {figure["name"] for figure in report["arms"]["policy"]}


@pytest.mark.parametrize("name", MADE_UP)
def test_a_made_up_dataset_reaches_the_report(name: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    kind, dimensions = MADE_UP[name](tmp_path / "recordings")
    _reaches_the_report(project, kind, tmp_path / "recordings", dimensions)


@pytest.mark.reference_data
@pytest.mark.parametrize("name", REAL)
def test_a_real_dataset_reaches_the_report(name: str, reference_data: Path, tmp_path: Path) -> None:
    kind, dimensions = REAL[name]
    _reaches_the_report(Project(tmp_path), kind, reference_data / "data" / name, dimensions)
