"""Slurm's numbers must agree with the parameters, and where there is no srun one node is all there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.distributed.launch import launch
from lapa.distributed.slurm import check_allocation


def test_slurm_mismatch_shows_both_numbers() -> None:
    given = {"SLURM_JOB_NUM_NODES": "2", "SLURM_NTASKS_PER_NODE": "8"}
    check_allocation(given, devices=8, nodes=2)
    with pytest.raises(ValueError, match=r"`trainer\.devices` is 4 but SLURM_NTASKS_PER_NODE is 8"):
        check_allocation(given, devices=4, nodes=2)
    with pytest.raises(ValueError, match=r"`trainer\.nodes` is 1 but SLURM_JOB_NUM_NODES is 2"):
        check_allocation(given, devices=8, nodes=1)


def test_a_container_without_srun_stays_on_its_node(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="2 nodes asked for where there is no srun"):
        launch("toys.launch_tasks:add", {"left": 1, "right": 2}, devices=2, nodes=2)
