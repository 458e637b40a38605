"""Whatever ends a training, the same call goes on and comes to the bits and the curve of an undisturbed one."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from toys.forked import Death, died, last_step, losses
from toys.small_stages import STAGES, SmallStages


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> SmallStages:
    return SmallStages.make(tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize("stage", STAGES)
def test_killed_and_stopped_it_ends_as_if_nothing_had_happened(
    stages: SmallStages, stage: str, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    undisturbed = stages.fit(stage, whole)
    random = np.random.default_rng(7)
    for _ in range(2):
        death = Death(signal.SIGKILL, int(random.integers(2, 5)), float(random.uniform(0, 0.02)))
        assert died(partial(stages.fit, stage, cut), death) == -signal.SIGKILL
    for stop, code in ((signal.SIGTERM, 143), (signal.SIGUSR1, 138), (signal.SIGINT, 130)):
        assert died(partial(stages.fit, stage, cut), Death(stop, 2)) == code
        newest = max((cut / "resume").glob("step-*.ckpt"))
        # Lightning counts steps from 0 in what it logs
        assert newest.stem == f"step-{last_step(cut) + (stage == 'laq'):08d}", "steps are lost"
    resumed = stages.fit(stage, cut)
    assert resumed.digest == undisturbed.digest
    assert losses(cut) == losses(whole)
    assert len(losses(whole)) == 24
    assert not list(cut.rglob("*.partial"))
