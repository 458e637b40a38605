"""Standardisation: global batch statistics in training, running ones in evaluation."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import torch
import torch.distributed as dist

from lapa.models.laq.delta_norm import DeltaNorm


def test_equals_batch_normalization() -> None:
    delta = torch.randn(6, 4, 3) * 5 + 2
    ours, theirs = DeltaNorm(3), torch.nn.BatchNorm1d(3, affine=False)
    expected = theirs(delta.flatten(0, 1)).reshape(6, 4, 3)
    torch.testing.assert_close(ours(delta), expected, atol=1e-5, rtol=1e-5)


def test_evaluation_uses_and_keeps_the_running_statistics() -> None:
    norm = DeltaNorm(3)
    for _ in range(80):
        norm(torch.randn(64, 4, 3) * 5 + 2)
    norm.eval()
    before = norm.running_mean.clone()
    result = norm(torch.full((1, 4, 3), 2.0))
    assert result.abs().max() < 0.1
    assert torch.equal(norm.running_mean, before)


def _global_batch() -> torch.Tensor:
    return torch.randn(4, 2, 3, generator=torch.Generator().manual_seed(0)) * 3 + 1


def _loss(result: torch.Tensor) -> torch.Tensor:
    return (result.clamp_min(0) ** 3).sum()


def _one_rank(rank: int, folder: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    norm = DeltaNorm(3)
    delta = _global_batch().chunk(2)[rank].clone().requires_grad_()
    result = norm(delta)
    _loss(result).backward()
    kept = {"result": result.detach(), "grad": delta.grad, "mean": norm.running_mean}
    torch.save(kept, f"{folder}/{rank}.pt")
    dist.destroy_process_group()


def test_two_processes_equal_one_with_the_whole_batch(tmp_path: Path) -> None:
    context = get_context("fork")
    ranks = [context.Process(target=_one_rank, args=(rank, str(tmp_path))) for rank in range(2)]
    for process in ranks:
        process.start()
    for process in ranks:
        process.join(60)
        assert process.exitcode == 0
    of_ranks = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2)]
    norm, delta = DeltaNorm(3), _global_batch().requires_grad_()
    result = norm(delta)
    _loss(result).backward()
    assert delta.grad is not None
    torch.testing.assert_close(torch.cat([part["result"] for part in of_ranks]), result.detach())
    torch.testing.assert_close(torch.cat([part["grad"] for part in of_ranks]), delta.grad)
    assert torch.equal(of_ranks[0]["mean"], of_ranks[1]["mean"])
