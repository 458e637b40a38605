"""Validation of a foundation model: accuracies, and the baselines without which they mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from lapa.models.foundation.interface import LatentPolicy
from lapa.training.foundation.ablations import Ablation, Batch
from lapa.training.foundation.metrics import CodeCounts, prefixed


@torch.no_grad()
def validate(
    fabric: Fabric,
    module: nn.Module,
    model: LatentPolicy,
    loader: Iterable[Any],
    *,
    majority: Tensor,
) -> dict[str, float]:
    """Accuracies on this loader over all ranks, beside always saying the commonest code.

    Args:
        fabric: the processes.
        module: what ``fabric.setup`` returned; its forward is collective when sharded.
        model: the model inside.
        loader: this rank's share, each sample once.
        majority: ``int64 (code,)``, most frequent training code per position.
    """
    module.eval()
    counts, constant = _empty(fabric, model), _empty(fabric, model)
    decoded = _empty(fabric, model)
    health = torch.zeros(2, dtype=torch.float64, device=fabric.device)
    for batch, weight in _in_step(fabric, loader):
        out = module(batch)
        counts.add(out.logits, batch["latent_codes"], out.loss, weight)
        constant.add(_certain(majority, out.logits), batch["latent_codes"], out.loss, weight)
        if model.teacher_forced:
            codes = model.predict_codes(batch["frames"], batch["instructions"])
            decoded.add(_certain(codes, out.logits), batch["latent_codes"], out.loss, weight)
        whole = model.well_formed(batch["frames"], batch["instructions"])
        if whole is not None:
            health += weight * torch.stack([whole.sum(), torch.full_like(whole.sum(), len(whole))])
    module.train()
    figures = _reduced(fabric, counts)
    baseline = _reduced(fabric, constant)
    if model.teacher_forced:
        chosen = _reduced(fabric, decoded)
        figures |= {"decoded_top1": chosen["top1"], "decoded_sequence": chosen["sequence"]}
    found, written = fabric.all_reduce(health, reduce_op="sum")
    if written:
        figures["parse_health"] = float(found / written)
    figures |= {"top1_majority": baseline["top1"], "sequence_majority": baseline["sequence"]}
    # with the true earlier codes at hand, a model that looks at nothing beats the commonest code
    own = figures["decoded_top1"] if model.teacher_forced else figures["top1"]
    figures["gain_over_majority"] = own - baseline["top1"]
    return prefixed(figures, "val/")


@torch.no_grad()
def ablate(
    fabric: Fabric,
    module: nn.Module,
    model: LatentPolicy,
    loader: Iterable[Any],
    kinds: Mapping[str, Ablation],
) -> dict[str, float]:
    """Top-1 accuracy of the same model with one input taken away, ``val/top1_<kind>``.

    Models that answer one code after the other give ``val/decoded_top1_<kind>`` as well.
    """
    module.eval()
    names = [f"{way}_{kind}" for kind in kinds for way in _ways(model)]
    counts = {name: _empty(fabric, model) for name in names}
    for batch, weight in _in_step(fabric, loader):
        for kind, change in kinds.items():
            changed = change(batch)
            out = module(changed)
            counts[f"top1_{kind}"].add(out.logits, batch["latent_codes"], out.loss, weight)
            if model.teacher_forced:
                codes = model.predict_codes(changed["frames"], changed["instructions"])
                logits = _certain(codes, out.logits)
                own = counts[f"decoded_top1_{kind}"]
                own.add(logits, batch["latent_codes"], out.loss, weight)
    module.train()
    return {f"val/{name}": _reduced(fabric, c)["top1"] for name, c in counts.items()}


def _ways(model: LatentPolicy) -> tuple[str, ...]:
    return ("top1", "decoded_top1") if model.teacher_forced else ("top1",)


def _in_step(fabric: Fabric, loader: Iterable[Any]) -> Iterator[tuple[Batch, float]]:
    """Batches and their weight; ranks with fewer repeat their last one at weight 0.

    A sharded forward is collective, so every rank must do equally many.
    """
    batch: Batch = {}
    iterator = iter(loader)
    while True:
        following = next(iterator, None)
        waiting = torch.tensor(float(following is not None), device=fabric.device)
        if float(fabric.all_reduce(waiting, reduce_op="sum")) == 0:  # type: ignore[arg-type]
            return
        if following is not None:
            batch = following
        if not batch:
            raise ValueError(
                f"rank {fabric.global_rank} of {fabric.world_size} got no validation batch; "
                "raise `trainer.val_max_samples` or use fewer processes"
            )
        yield batch, float(following is not None)


def _empty(fabric: Fabric, model: LatentPolicy) -> CodeCounts:
    return CodeCounts.empty(model.code_seq_len, fabric.device)


def _reduced(fabric: Fabric, counts: CodeCounts) -> dict[str, float]:
    total = fabric.all_reduce(counts.sums, reduce_op="sum")
    if not isinstance(total, Tensor):
        raise TypeError(f"all_reduce returned {type(total).__name__}, expected a tensor")
    return CodeCounts(total).figures()


def _certain(codes: Tensor, like: Tensor) -> Tensor:
    """Logits ``(batch, code, codebook)`` that are sure of ``codes (code,)`` or ``(batch, code)``."""
    expanded = codes.to(like.device).expand(like.shape[:2])
    return nn.functional.one_hot(expanded, like.shape[-1]).to(like.dtype)
