"""A rung of the overfit ladder is an ordinary run: its name, its parameters, its command line."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lapa.params.reuse import REUSE, parts_of

FULL = "full"
"""The rung of all samples."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is trained on every rung, and what the rungs share."""

    section: str
    """Of the parameters."""
    node: str
    output: str
    """Checkpoint in the catalog."""
    reused: tuple[str, ...]
    """Parts of the run below it (`lapa.params.reuse`), which are made once."""
    settings: tuple[str, ...] = ()
    """Parameters that only a ladder needs."""


STAGES = {
    "laq": Stage(
        section="laq",
        node="train_laq",
        output="laq_checkpoint",
        reused=("data",),
        # one pair has a handful of codes: their being few is no collapse
        settings=("laq.collapse_gate.min_utilization=0",),
    ),
    "foundation": Stage(
        section="foundation",
        node="lapa.train_foundation",
        output="lapa.foundation_checkpoint",
        reused=("data", "laq", "labels"),
    ),
    "finetune": Stage(
        section="finetune",
        node="lapa.train_policy",
        output="lapa.policy_checkpoint",
        reused=("data", "laq", "labels", "foundation"),
    ),
}


def rung_name(run: str, stage: str, rung: str) -> str:
    """Name of the run of one rung."""
    return f"{run}-ladder-{stage}-{rung}"


def rung_params(
    stage: str, rung: str, *, run: str, given: Sequence[str], measured: int
) -> list[str]:
    """Parameters of one rung, as `--params` takes them.

    The weights of the last step are exported: whether a model can fit its samples is the question, and
    the best by validation would have stopped before. They are measured on their training samples, too.

    Args:
        stage: key of `STAGES`.
        rung: samples, or `FULL`.
        run: the run whose upstream artefacts are used.
        given: what the caller says beside, ``name=value``.
        measured: training samples to measure.
    """
    known, taken = STAGES[stage], _taken_by(given)
    own = [
        f"run={rung_name(run, stage, rung)}",
        *(f"{REUSE}.{part}={taken.get(part, run)}" for part in known.reused),
        f"{known.section}.train_max_samples={'null' if rung == FULL else rung}",
        f"{known.section}.trainer.select=last",
        f"{known.section}.trainer.measure_train_samples={measured}",
        *known.settings,
    ]
    replaced = ("run=", f"{REUSE}=", f"{REUSE}.")
    return [*(entry for entry in given if not entry.startswith(replaced)), *own]


def _taken_by(given: Sequence[str]) -> Mapping[str, str]:
    """Part -> the run that the run below takes it from, for its rungs must take it from there, too."""
    named = dict(entry.split("=", 1) for entry in given if entry.startswith(REUSE))
    whole = parts_of(named.pop(REUSE, None)) or {}
    return {**whole, **{name.removeprefix(f"{REUSE}."): run for name, run in named.items()}}


def rung_command(
    stage: str, params: Sequence[str], *, env: str | None, fresh: bool = False
) -> list[str]:
    """Command line of one rung; a finished rung is kept unless ``fresh`` ones are wanted."""
    return [
        *(sys.executable, "-m", "lapa", "run"),
        *([f"--env={env}"] if env else []),
        f"--nodes={STAGES[stage].node}",
        *([] if fresh else ["--only-missing-outputs"]),
        f"--params={','.join(params)}",
    ]
