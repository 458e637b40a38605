"""Files of sweeps on the configuration of the environment `test`, and trials that were made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import yaml
from optuna.trial import TrialState, create_trial

from lapa.params.sweep import SweepParams
from lapa.sweeps.file import Sweep, read_sweep
from lapa.sweeps.space import distributions

RATE, STEPS = "finetune.unpretrained_learning_rate", "finetune.unpretrained_max_steps"
TINY: dict[str, Any] = {
    "question": "At which rate, and how long?",
    "env": "test",
    "pipeline": "finetune",
    "arm": "scratch",
    "budget": 4,
    "params": {
        "recording.workers": 1,
        "evaluation.rollout": {
            "first_seed": 290_250,
            "num_scenes": 2,
            "max_steps": 4,
            "num_videos": 0,
            "tasks": ["reach"],
        },
    },
    "metric": {"name": "policy_report.action/mse_normalized", "direction": "minimize"},
    "space": {
        RATE: {"low": 1e-4, "high": 1e-2, "log": True},
        STEPS: {"choices": [12, 18]},
    },
    "n_trials": 3,
}


def sweep_file(folder: Path, **said: Any) -> Path:
    """A file of a sweep that says ``said`` in place of what the tiny one does; its data lie beside it."""
    file = folder / "tiny.yml"
    told = {**TINY, **said}
    told["params"] = {"data_root": str(folder / "data"), **told["params"]}
    file.write_text(yaml.safe_dump(told, sort_keys=False))
    return file


def sweep_of(folder: Path, **said: Any) -> Sweep:
    return read_sweep(sweep_file(folder, **said))


def made_up(params: SweepParams, trials: list[tuple[float, int, float | None]]) -> optuna.Study:
    """A study in memory: rate, steps, and the value, or None for a trial that was pruned at step 6.

    Args:
        params: whose space it is.
        trials: in order.
    """
    study = optuna.create_study(direction=params.metric.direction)
    for rate, steps, value in trials:
        study.add_trial(
            create_trial(
                params={RATE: rate, STEPS: steps},
                distributions=distributions(params.space),
                value=value,
                state=TrialState.PRUNED if value is None else TrialState.COMPLETE,
                intermediate_values={6: 0.9},
                user_attrs={"run": "sweep-scratch-p1-n4-s0-l0-0123abcd", "seconds": 12.0},
            )
        )
    return study
