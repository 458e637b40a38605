"""The overfit ladder: one stage trained on ever more samples, its error on them and on held-out ones.

A model that cannot fit one sample has a bug or too few steps; one whose training error stays low while
the held-out error falls with the samples wants more data; where the two meet, more of the same data
changes little, and a larger model is the next step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lapa.records import Checkpoint, Record

Metrics = Mapping[str, float]


class Rung(Record):
    """One training of the ladder."""

    name: str
    """``1``, ``10``, …, ``full``."""
    run: str
    """Name of the run, in MLflow and in its folders."""
    samples: int
    """Samples that trained."""
    steps: int
    train: float
    """Error of the last weights on (some of) these samples."""
    held_out: float | None
    """Error on the validation samples, which all rungs share; None where nothing is held out."""
    control: float | None
    """Error there of something that learnt nothing."""


class Ladder(Record):
    """All rungs of one stage."""

    stage: str
    environment: str
    error: str
    """What the errors are."""
    control: str
    """What learnt nothing."""
    rungs: tuple[Rung, ...]


ERRORS = {
    "laq": "mean squared error of frame t+H, pixels in [0, 1]",
    "foundation": "share of codes named wrong",
    "policy": "mean squared action error, normalised",
}
CONTROLS = {
    "laq": "copying frame t",
    "foundation": "always the commonest training codes",
    "policy": "always the mean labelled action",
}


def rung_of(name: str, run: str, checkpoint: Checkpoint) -> Rung:
    """Read what a training measured.

    Raises:
        ValueError: it was not measured on its training samples.
    """
    metrics, read = checkpoint.metrics, _READ[checkpoint.kind]
    train, held_out, control = read(metrics)
    if train is None:
        raise ValueError(
            f"checkpoint {checkpoint.path} has no metric under train_eval/, expected one: train it with "
            "trainer.measure_train_samples above 0, or delete it and climb again"
        )
    return Rung(
        name=name,
        run=run,
        samples=checkpoint.samples["train"],
        steps=checkpoint.step,
        train=train,
        held_out=held_out,
        control=control,
    )


Errors = tuple[float | None, float | None, float | None]
"""On training samples, held-out ones, and of the control on the latter."""


def _of_laq(metrics: Metrics) -> Errors:
    copied = metrics.get("val/psnr_copy")
    control = None if copied is None else 10 ** (-copied / 10)
    return metrics.get("train_eval/loss_recon"), metrics.get("val/loss_recon"), control


def _of_foundation(metrics: Metrics) -> Errors:
    """What the model names by itself: a teacher-forced accuracy sees the true earlier codes."""
    own = "decoded_top1" if "train_eval/decoded_top1" in metrics else "top1"
    names = (f"train_eval/{own}", f"val/{own}", "val/top1_majority")
    train, held_out, control = (None if n not in metrics else 1 - metrics[n] for n in names)
    return train, held_out, control


def _of_policy(metrics: Metrics) -> Errors:
    name = "mse_normalized"
    return (
        metrics.get(f"train_eval/{name}"),
        metrics.get(name),
        metrics.get(f"predict_mean/{name}"),
    )


_READ: dict[str, Callable[[Metrics], Errors]] = {
    "laq": _of_laq,
    "foundation": _of_foundation,
    "policy": _of_policy,
}
