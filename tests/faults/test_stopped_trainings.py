"""Whatever ends a training, the same call goes on and comes to the bits and the curve of an undisturbed one."""

from __future__ import annotations

import shutil
import signal
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lapa.models.foundation.storage import load_foundation
from lapa.models.laq.storage import load_laq
from lapa.models.policy.storage import load_policy
from lapa.records import Checkpoint
from toys.faults import Faults
from toys.forked import Death, died, last_step, losses
from toys.small_stages import STAGES, SmallStages
from toys.states import levels_in

STOPS = {signal.SIGTERM: 143, signal.SIGUSR1: 138, signal.SIGINT: 130}
"""Signals that a training hears, and how it then leaves."""
KILLS = 2


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> SmallStages:
    return SmallStages.make(tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize("stage", STAGES)
def test_killed_and_stopped_it_ends_as_if_nothing_had_happened(
    stages: SmallStages, stage: str, tmp_path: Path, faults: Faults
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    undisturbed = stages.fit(stage, whole)
    random = np.random.default_rng(7)
    for _ in range(KILLS):
        death = Death(signal.SIGKILL, int(random.integers(2, 5)), float(random.uniform(0, 0.02)))
        assert died(partial(stages.fit, stage, cut), death) == -signal.SIGKILL
    for stop, code in STOPS.items():
        assert died(partial(stages.fit, stage, cut), Death(stop, 2)) == code
        newest = max((cut / "resume").glob("step-*.ckpt"))
        # Lightning counts steps from 0 in what it logs
        assert newest.stem == f"step-{last_step(cut) + (stage == 'laq'):08d}", "steps are lost"
    resumed = stages.fit(stage, cut)
    assert resumed.digest == undisturbed.digest
    assert losses(cut) == losses(whole)
    assert len(losses(whole)) == 24
    assert not list(cut.rglob("*.partial"))
    kept = f"{len(losses(whole))} of {len(losses(whole))} losses and all weights, to the bit"
    faults.tell(
        f"{stage}: kill -9, {KILLS} times", happened="goes on", code=-signal.SIGKILL, intact=kept
    )
    for stop, code in STOPS.items():
        happened = "ends its step, saves it"
        faults.tell(f"{stage}: {stop.name}", happened=happened, code=code, intact=kept)


LOADERS = {"laq": load_laq, "foundation": load_foundation, "policy": load_policy}


@pytest.mark.parametrize("stage", STAGES)
def test_it_goes_on_from_every_level_as_if_nothing_had_happened(
    stages: SmallStages, stage: str, tmp_path: Path, faults: Faults
) -> None:
    steps = {"max_steps": 36, "validate_every": 2, "checkpoint_every": 3}
    asked = {
        "fast": {"folder": str(tmp_path / "node"), "every": 1},
        "milestones": f"{tmp_path}/kept",
    }
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    undisturbed = stages.fit(stage, whole, **steps)
    levels = levels_in(cut, **asked)
    assert levels.fast
    assert levels.milestones
    by_haste = [levels.milestones, levels.durable, levels.fast]
    fit = partial(stages.fit, stage, cut, **steps, checkpoints=asked)
    for index, level in enumerate(by_haste):
        assert died(fit, Death(signal.SIGKILL, 9)) == -signal.SIGKILL
        for later in by_haste[index + 1 :]:
            shutil.rmtree(later.folder)
        assert level.states(), level.name
    resumed = fit()
    assert resumed.digest == undisturbed.digest
    assert losses(cut) == losses(whole)
    assert not levels.fast.states()
    for model in levels.milestones.folder.glob("*/model"):
        assert Checkpoint.read(model).path == str(model)
        LOADERS[stage](model)
    (best,) = levels.milestones.folder.glob("best-*/model")
    assert Checkpoint.read(best).digest == undisturbed.digest
    faults.tell(
        f"{stage}: kill -9, and the newest level of checkpoints is lost",
        happened="goes on from the next: milestone, durable, fast, once each",
        code=-signal.SIGKILL,
        intact=f"{len(losses(whole))} of {len(losses(whole))} losses and all weights, to the bit",
    )
