"""Validation of a foundation model: accuracies, and the baselines without which they mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from lapa.batches import LatentBatch
from lapa.distributed.ranks import sum_over_processes
from lapa.models.foundation.interface import LatentPolicy
from lapa.training.common.in_step import in_step
from lapa.training.common.selection import Criterion
from lapa.training.common.train_state import TrainState
from lapa.training.foundation.ablations import Ablation
from lapa.training.foundation.metrics import AccuracySums, prefixed

CRITERION = Criterion(metric="val/gain_over_majority", larger_is_better=True)
"""What the best backbone is best by: the codes it names by itself, beyond always naming the commonest.

Not the loss: it also counts how sure the model is, which gets worse while it names ever more codes.
"""


@torch.no_grad()
def validate(
    state: TrainState[LatentPolicy],
    batches: Iterable[LatentBatch],
    *,
    majority: Tensor,
    heading: str = "val/",
) -> dict[str, float]:
    """Accuracies on these batches over all ranks, beside always saying the commonest code.

    Args:
        state: its module's forward is collective when sharded.
        batches: this rank's share, each sample once.
        majority: ``int64 (code,)``, most frequent training code per position.
        heading: before the names of the metrics.
    """
    model = state.model
    state.module.eval()
    sums = {name: _empty(state) for name in ("forced", "majority", "decoded")}
    health = torch.zeros(2, dtype=torch.float64, device=_device(state))
    for batch, weight in in_step(batches, _device(state)):
        out = state.module(batch)
        true = (batch["latent_codes"], out.loss, weight)
        sums["forced"].add(out.logits, *true)
        sums["majority"].add(_certain(majority, out.logits), *true)
        if model.teacher_forced:
            codes = model.predict_codes(batch["frames"], batch["instructions"])
            sums["decoded"].add(_certain(codes, out.logits), *true)
        readable = model.well_formed(batch["frames"], batch["instructions"])
        if readable is not None:
            written = torch.full_like(readable.sum(), len(readable))
            health += weight * torch.stack([readable.sum(), written])
    state.module.train()
    return prefixed(_summary(sums, health, teacher_forced=model.teacher_forced), heading)


def _summary(
    sums: Mapping[str, AccuracySums], health: Tensor, *, teacher_forced: bool
) -> dict[str, float]:
    """All metrics of a validation over all processes; collective."""
    metrics, baseline = _reduced(sums["forced"]), _reduced(sums["majority"])
    if teacher_forced:
        decoded = _reduced(sums["decoded"])
        metrics |= {"decoded_top1": decoded["top1"], "decoded_sequence": decoded["sequence"]}
    readable, written = sum_over_processes(health)
    if written:
        metrics["parse_health"] = float(readable / written)
    metrics |= {"top1_majority": baseline["top1"], "sequence_majority": baseline["sequence"]}
    # with the true earlier codes at hand, a model that looks at nothing beats the commonest code
    own = metrics["decoded_top1"] if teacher_forced else metrics["top1"]
    metrics["gain_over_majority"] = own - baseline["top1"]
    return metrics


@torch.no_grad()
def ablate(
    state: TrainState[LatentPolicy], batches: Iterable[LatentBatch], kinds: Mapping[str, Ablation]
) -> dict[str, float]:
    """Top-1 accuracy of the same model with one input taken away, ``val/top1_<kind>``.

    Models that answer one code after the other give ``val/decoded_top1_<kind>`` as well.
    """
    model = state.model
    ways = ("top1", "decoded_top1") if model.teacher_forced else ("top1",)
    state.module.eval()
    sums = {f"{way}_{kind}": _empty(state) for kind in kinds for way in ways}
    for batch, weight in in_step(batches, _device(state)):
        for kind, change in kinds.items():
            changed = change(batch)
            out = state.module(changed)
            true = (batch["latent_codes"], out.loss, weight)
            sums[f"top1_{kind}"].add(out.logits, *true)
            if model.teacher_forced:
                codes = model.predict_codes(changed["frames"], changed["instructions"])
                sums[f"decoded_top1_{kind}"].add(_certain(codes, out.logits), *true)
    state.module.train()
    return {f"val/{name}": _reduced(own)["top1"] for name, own in sums.items()}


def _device(state: TrainState[LatentPolicy]) -> torch.device:
    return next(state.module.parameters()).device


def _empty(state: TrainState[LatentPolicy]) -> AccuracySums:
    return AccuracySums.empty(state.model.code_seq_len, _device(state))


def _reduced(own: AccuracySums) -> dict[str, float]:
    return AccuracySums(sum_over_processes(own.sums)).accuracies()


def _certain(codes: Tensor, like: Tensor) -> Tensor:
    """Logits ``(batch, code, codebook)`` that are sure of ``codes (code,)`` or ``(batch, code)``."""
    expanded = codes.to(like.device).expand(like.shape[:2])
    return nn.functional.one_hot(expanded, like.shape[-1]).to(like.dtype)
