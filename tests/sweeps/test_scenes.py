"""A sweep may not choose by the scenes that policies are scored on."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.refused import RefusedError
from lapa.studies.configuration import Configuration
from lapa.sweeps.scenes import require_scenes_for_choosing
from lapa.sweeps.target import plan_of
from toys.paths import ROOT
from toys.sweeps import RATE, STEPS, sweep_of

SUCCESS = "policy_report.success/*"


def configuration(folder: Path, first_seed: int) -> Configuration:
    params = {"evaluation.rollout.first_seed": first_seed}
    plan = plan_of(sweep_of(folder, params=params), {RATE: 1e-3, STEPS: 12}, ROOT / "conf")
    return next(iter(plan.configurations.values()))


def test_scored_scenes_are_refused_where_success_decides(tmp_path: Path) -> None:
    scored = configuration(tmp_path, 190_000)
    with pytest.raises(
        RefusedError, match="scenes 190000 to 190003, on which every policy is scored"
    ):
        require_scenes_for_choosing(SUCCESS, scored)
    require_scenes_for_choosing("policy_report.action/mse_normalized", scored)
    require_scenes_for_choosing(SUCCESS, configuration(tmp_path, 290_150))
