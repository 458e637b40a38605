"""Parameter groups and the learning-rate curve."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from lapa.params.base import OptimizerParams
from lapa.training.common.optim import build_optimizer, build_schedule


def params(**changes: Any) -> OptimizerParams:
    return OptimizerParams(
        **{"learning_rate": 1.0, "final_learning_rate": 0.1, "warmup_steps": 4, **changes}
    )


def test_vectors_are_not_decayed() -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2))
    decayed, kept = build_optimizer(module, params(weight_decay=0.5)).param_groups
    assert [p.ndim for p in decayed["params"]] == [2]
    assert [p.ndim for p in kept["params"]] == [1, 1, 1]
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.5, 0.0)


def test_frozen_parameters_are_left_out() -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    module[0].requires_grad_(False)
    optimizer = build_optimizer(module, params())
    assert sum(len(g["params"]) for g in optimizer.param_groups) == 2


def test_nothing_to_train_is_an_error() -> None:
    with pytest.raises(ValueError, match="requires_grad"):
        build_optimizer(nn.Linear(2, 2).requires_grad_(False), params())


def test_named_parameters_are_accepted() -> None:
    optimizer = build_optimizer([("w", nn.Parameter(torch.zeros(2, 2)))], params())
    assert len(optimizer.param_groups) == 1


def test_fused_steps_are_the_same_but_for_rounding() -> None:
    moved = []
    for fused in (False, True):
        torch.manual_seed(0)
        module = nn.Linear(70, 30)
        optimizer = build_optimizer(module, params(learning_rate=1e-2), fused=fused)
        for _ in range(3):
            module(torch.ones(4, 70)).square().mean().backward()
            optimizer.step()
        moved.append(module.weight.detach())
    torch.testing.assert_close(moved[0], moved[1], rtol=1e-5, atol=1e-6)


def test_adafactor_keeps_rows_and_columns_and_learns() -> None:
    torch.manual_seed(0)
    module = nn.Linear(64, 32)
    inputs = torch.randn(256, 64)
    target = inputs @ torch.randn(64, 32)
    optimizer = build_optimizer(module, params(kind="adafactor", learning_rate=0.1))
    losses = []
    for _ in range(20):
        loss = (module(inputs) - target).square().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0]
    kept = sum(t.numel() for t in optimizer.state[module.weight].values() if torch.is_tensor(t))
    assert kept < 32 + 64 + 8, "one number per row and column, not two per weight"


def test_warm_up_then_cosine_to_the_final_rate() -> None:
    optimizer = build_optimizer(nn.Linear(2, 2), params())
    schedule = build_schedule(optimizer, params(), max_steps=24)
    rates = []
    for _ in range(25):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates[:5] == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.0])
    assert rates[14] == pytest.approx(0.55)
    assert rates[24] == pytest.approx(0.1)
    assert all(a >= b for a, b in pairwise(rates[4:]))


def test_a_constant_rate_stays_after_the_warm_up() -> None:
    constant = params(schedule="constant", warmup_steps=2)
    optimizer = build_optimizer(nn.Linear(2, 2), constant)
    schedule = build_schedule(optimizer, constant, max_steps=5)
    rates = []
    for _ in range(6):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates == [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]


def test_without_decay_it_is_plain_adam() -> None:
    def trained(kind: type[torch.optim.Optimizer] | None) -> torch.Tensor:
        torch.manual_seed(0)
        module = nn.Linear(3, 2)
        recipe = params(weight_decay=0.0, betas=(0.9, 0.99), learning_rate=1e-2)
        optimizer = (
            build_optimizer(module, recipe)
            if kind is None
            else torch.optim.Adam(module.parameters(), lr=1e-2, betas=(0.9, 0.99), eps=1e-8)
        )
        for _ in range(5):
            optimizer.zero_grad()
            module(torch.ones(4, 3)).square().sum().backward()
            optimizer.step()
        return module.weight.detach()

    assert torch.equal(trained(None), trained(torch.optim.Adam))


def test_warm_up_longer_than_training_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"warmup_steps` is 4.*max_steps` = 3"):
        build_schedule(build_optimizer(nn.Linear(2, 2), params()), params(), max_steps=3)
