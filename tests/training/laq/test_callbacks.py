"""Bookkeeping outside the model: codebook start, replacement, gate."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import CodebookParams, CollapseGateParams
from lapa.training.laq.code_counts import CodeCounts
from lapa.training.laq.code_replacement import CodeReplacement, clear_moments
from lapa.training.laq.codebook_start import start_codebook
from lapa.training.laq.collapse_gate import CodebookCollapseError, CollapseGate
from lapa.training.laq.fit import train
from toys.squares import squares_loaders, tiny_params


def test_codebook_start_makes_codes_win_and_calibrates() -> None:
    params = tiny_params()
    torch.manual_seed(0)
    model = LatentActionQuantizer(params.model)
    batches = list(squares_loaders(params, count=128).first(8))
    frames = to_frames(torch.cat([batch["frames"] for batch in batches]))
    assert start_codebook(model, batches, seed=0) >= 6
    model.eval()
    delta = model.delta(frames).flatten(0, 1)
    assert delta.mean(dim=0).abs().max() < 0.3
    assert (delta.std(dim=0) - 1).abs().max() < 0.3
    distance = torch.cdist(model.quantizer.codebook_rows(), delta).amin(dim=1)
    assert distance.max() < 1e-2, "a row is no encoded pair"
    assert model.delta_norm is not None
    assert model.delta_norm.momentum == 0.1


def test_codebook_start_can_be_left_as_drawn() -> None:
    params = tiny_params(model={"codebook_init": "normal"})
    model = LatentActionQuantizer(params.model)
    before = model.quantizer.codebook_rows().clone()
    start_codebook(model, list(squares_loaders(params).first(2)), seed=0)
    assert torch.equal(model.quantizer.codebook_rows(), before)


def step(callback: Any, codes: torch.Tensor, number: int, **objects: Any) -> None:
    trainer = SimpleNamespace(global_step=number, **objects)
    module = SimpleNamespace(model=objects.get("model"), log=lambda *_: None)
    callback.on_train_batch_end(trainer, module, {"codes": codes}, None, number)


def test_unused_rows_move_and_lose_their_moments() -> None:
    model = LatentActionQuantizer(tiny_params().model)
    codebook = model.quantizer.codebook
    optimizer = torch.optim.AdamW([codebook])
    codebook.square().sum().backward()
    optimizer.step()
    before = codebook.detach().clone()
    params = CodebookParams(replace_every=2, replace_until=1.0)
    callback = CodeReplacement(params=params, codebook_size=8, max_steps=10, seed=0)
    used = torch.tensor([[0], [1], [2], [3]])
    for number in (1, 2):
        step(callback, used, number, model=model, optimizers=[optimizer])
    moved = (codebook != before).any(dim=1)
    assert moved.tolist() == [False] * 4 + [True] * 4
    assert callback.total_replaced == 4
    moments = optimizer.state[codebook]
    for name in ("exp_avg", "exp_avg_sq"):
        assert (moments[name][4:] == 0).all()
        assert (moments[name][:4] != 0).any()
    sources = torch.cdist(codebook[4:], before[:4]).amin(dim=1)
    assert (sources > 1e-3).all(), "noise must be visible"
    assert len(torch.unique(codebook.detach(), dim=0)) == 8


def test_nothing_moves_after_the_schedule_has_ended() -> None:
    params = CodebookParams(replace_every=2, replace_until=0.5)
    callback = CodeReplacement(params=params, codebook_size=8, max_steps=10, seed=0)
    step(callback, torch.zeros(4, 1, dtype=torch.long), 6)  # has no model: touching it would raise
    assert callback.total_replaced == 0


def test_moments_of_an_unknown_parameter_are_left_alone() -> None:
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(2, 2))])
    clear_moments(optimizer, torch.nn.Parameter(torch.zeros(2, 2)), torch.tensor([True, False]))


def test_adafactor_takes_a_moved_row_for_an_average_one() -> None:
    weight = torch.nn.Parameter(torch.ones(4, 3))
    optimizer = torch.optim.Adafactor([weight])
    weight.grad = torch.tensor([1.0, 2.0, 3.0, 100.0])[:, None].expand(4, 3).clone()
    optimizer.step()
    before = optimizer.state[weight]["row_var"].clone()
    clear_moments(optimizer, weight, torch.tensor([False, False, False, True]))
    after = optimizer.state[weight]["row_var"]
    assert torch.equal(after[:3], before[:3])
    assert after[3] == before[:3].mean()


def test_a_moved_row_of_one_channel_is_an_average_one_too() -> None:
    weight = torch.nn.Parameter(torch.ones(3, 1))
    optimizer = torch.optim.Adafactor([weight])
    weight.grad = torch.tensor([[1.0], [3.0], [9.0]])
    optimizer.step()
    mean = optimizer.state[weight]["row_var"][:2].mean().item()
    clear_moments(optimizer, weight, torch.tensor([False, False, True]))
    assert optimizer.state[weight]["row_var"][2].item() == pytest.approx(mean)


def test_the_gate_stops_after_its_patience() -> None:
    params = CollapseGateParams(min_utilization=0.5, window=2, patience=4)
    gate = CollapseGate(params=params, codebook_size=8)
    collapsed = torch.zeros(4, 1, dtype=torch.long)
    for number in range(1, 4):
        step(gate, collapsed, number)
    with pytest.raises(CodebookCollapseError, match=r"0\.12 at step 4.*counts \[16|counts \[8"):
        step(gate, collapsed, 4)


def test_a_recovered_codebook_resets_the_gate() -> None:
    gate = CollapseGate(
        params=CollapseGateParams(min_utilization=0.5, window=1, patience=2), codebook_size=8
    )
    healthy, collapsed = torch.arange(8)[:, None], torch.zeros(8, 1, dtype=torch.long)
    for number, codes in enumerate([collapsed, healthy, collapsed, healthy], start=1):
        step(gate, codes, number)


def test_a_still_world_collapses_loudly(tmp_path: Path) -> None:
    params = tiny_params(
        model={"codebook_init": "normal"},
        codebook={"replace_every": 0},
        collapse_gate={"window": 2, "patience": 4},
    )
    with pytest.raises(CodebookCollapseError, match=r"codebook utilisation is 0\.12"):
        train(params, squares_loaders(params, moving=False), work=tmp_path)


def test_restored_counts_add_up_over_ranks() -> None:
    counts = CodeCounts(4)
    counts.add(torch.tensor([[0, 1], [1, 3]]))
    state = counts.state()
    assert state == [1, 2, 0, 1]
    parts = []
    for rank in range(2):
        part = CodeCounts(4)
        part.restore(state, rank=rank)
        parts.append(part.total())
    assert sum(parts).tolist() == state
