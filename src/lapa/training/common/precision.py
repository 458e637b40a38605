"""`precision: auto`: a training measures both precisions where it begins, decides once, and keeps to it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import torch

from lapa.distributed.ranks import is_rank_zero, object_from_zero
from lapa.folders.lock import one_at_a_time
from lapa.params.base import Precision, StageParams
from lapa.training.common.precision_kept import DECIDED, Decision
from lapa.training.common.precision_trial import Trial, step_seconds
from lapa.training.common.stage_work import StageWork

AUTO: Final = "auto"
EXACT: Final = "32-true"
HALF: Final = "bf16-mixed"
GAIN: Final = 0.05
"""Share of a step that bfloat16 must save: where both are alike, the exact one is taken."""

logger = logging.getLogger(__name__)
Stage = TypeVar("Stage", bound=StageParams)


def with_precision(
    params: Stage, work: StageWork, device: torch.device, build: Callable[[], Trial]
) -> Stage:
    """The parameters with a precision in place of ``auto``; others come back as they are. Collective.

    What was decided in this folder holds; else what another training of this stage was given beside it, so
    that the arms of a run are trained alike; else it is measured now.

    Args:
        params: of the stage.
        work: its folder keeps the decision, and so does the folder above, as ``precision-<stage>.json``.
        device: what trains.
        build: makes a model like the one that will train, and its loss; called only to measure.
    """
    if params.trainer.precision != AUTO:
        return params
    own, beside = work.folder / DECIDED, work.folder.parent / f"precision-{work.stage}.json"
    with _alone(work.folder):
        kept = Decision.first_of(own, beside) if is_rank_zero() else None
        decision = object_from_zero(kept) or _decide(device, build)
        if is_rank_zero():
            _keep(decision, work, own, beside)
    trainer = params.trainer.model_copy(update={"precision": decision.precision})
    return params.model_copy(update={"trainer": trainer})


def choose(seconds: Mapping[str, float]) -> Precision:
    """bfloat16 where it saves `GAIN` of a step, else float32.

    Args:
        seconds: of the processor, for a training step, by precision.
    """
    return HALF if seconds[HALF] < (1 - GAIN) * seconds[EXACT] else EXACT


def _decide(device: torch.device, build: Callable[[], Trial]) -> Decision:
    """By what it can do on a GPU; measured on a CPU."""
    if device.type == "cuda":
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return Decision(HALF if able else EXACT)
    seconds = step_seconds(build, (EXACT, HALF), device)
    return Decision(choose(seconds), seconds)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While this is entered no other training beside it decides."""
    if not is_rank_zero():
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder.parent):
        yield


def _keep(decision: Decision, work: StageWork, own: Path, beside: Path) -> None:
    """Say what was decided and write it down; the figures are logged where the training begins."""
    logger.info("%s: precision is %s", work.stage, decision)
    if own.is_file():
        return
    for file in (own, beside):
        decision.write(file)
    metrics = {f"precision/seconds/{name}": value for name, value in decision.seconds.items()}
    for log in work.loggers() if metrics else ():
        log.log_metrics(metrics, step=0)
