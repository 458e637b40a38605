"""Augmented training: the same draws after a kill and on any rank, for all targets, never mirrored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from lapa.batches import PairBatch
from lapa.data.loading.loader import training_loader
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.training.laq.augmentation import augmented, augmented_from_start
from lapa.training.laq.fit import train
from lapa.training.laq.loaders import LaqLoaders
from toys.squares import Squares, squares_loaders, tiny_params
from toys.states import step_file

EVERYTHING = {"flip": 0.5, "brightness": 0.1, "contrast": 0.1, "saturation": 0.1, "erasing": 0.1}


def params_with(**augmentation: float) -> LaqParams:
    return tiny_params(augmentation=augmentation)


def dying(loaders: LaqLoaders, at: int) -> LaqLoaders:
    def batches(start: int) -> Iterator[Any]:
        for step, batch in enumerate(loaders.train(start), start=start):
            if step == at:
                raise MemoryError
            yield batch

    return replace(loaders, train=batches)


def last_logged(work: Path, name: str) -> float:
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return [line[name] for line in lines if name in line][-1]


def psnr_copy(batches: Iterable[PairBatch]) -> float:
    frames = torch.cat([to_frames(batch["frames"]) for batch in batches])
    first, last = frames.unbind(dim=2)
    return float(-10 * (first - last).square().mean().log10())


def test_a_killed_training_draws_the_same_again(tmp_path: Path) -> None:
    params = params_with(**EVERYTHING)
    loaders = squares_loaders(params)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    model, figures = train(params, loaders, work=whole)
    with pytest.raises(MemoryError):
        train(params, dying(loaders, at=8), work=cut)
    assert step_file(cut / "resume", 5).exists()
    resumed, resumed_figures = train(params, loaders, work=cut)
    assert figures == resumed_figures
    for (name, expected), found in zip(
        model.state_dict().items(), resumed.state_dict().values(), strict=True
    ):
        assert torch.equal(expected, found), name
    assert last_logged(whole, "val/psnr_copy") == pytest.approx(psnr_copy(loaders.val), rel=1e-4)
    (batch,) = loaders.train(params.trainer.max_steps - 1)
    seen = augmented(batch, params, step=params.trainer.max_steps - 1)
    assert last_logged(whole, "train/psnr_copy") == pytest.approx(psnr_copy([seen]), rel=1e-4)
    assert psnr_copy([seen]) != pytest.approx(psnr_copy([batch]), rel=1e-3)


def frames_seen(params: LaqParams, *, rank: int, world_size: int, steps: range) -> list[Tensor]:
    loader = training_loader(
        Squares(count=20, seed=1),  # fewer than are drawn, so that an epoch ends on the way
        batch_size=8 // world_size,
        seed=params.trainer.seed,
        max_steps=steps.stop,
        start_step=steps.start,
        rank=rank,
        world_size=world_size,
    )
    return [
        augmented(batch, params, step=step)["frames"]
        for step, batch in zip(steps, loader, strict=True)
    ]


def test_two_ranks_see_what_one_process_sees() -> None:
    params = params_with(**EVERYTHING)
    alone = frames_seen(params, rank=0, world_size=1, steps=range(6))
    shares = [frames_seen(params, rank=rank, world_size=2, steps=range(6)) for rank in (0, 1)]
    for step, whole in enumerate(alone):
        together = torch.cat([share[step] for share in shares])
        # a mean may be added up in another order, which can move a byte by one
        assert (together.int() - whole.int()).abs().max() <= 1
        assert (together == whole).float().mean() > 0.999
    resumed = frames_seen(params, rank=0, world_size=1, steps=range(3, 6))
    assert all(map(torch.equal, alone[3:], resumed))


def test_a_pair_is_drawn_anew_at_every_step_and_with_every_seed() -> None:
    params = params_with(**EVERYTHING)
    batch = next(iter(squares_loaders(params).val))
    other = params.model_copy(update={"trainer": params.trainer.model_copy(update={"seed": 1})})
    draws = ((params, 0), (params, 1), (other, 0))
    drawn = [augmented(batch, given, step=step)["frames"] for given, step in draws]
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_the_codebook_starts_from_the_pairs_that_training_sees() -> None:
    params = params_with(**EVERYTHING)
    batches = list(squares_loaders(params).first(3))
    begun = list(augmented_from_start(batches, params))
    for step, (batch, changed) in enumerate(zip(batches, begun, strict=True)):
        assert torch.equal(changed["frames"], augmented(batch, params, step=step)["frames"])


def test_frames_stay_bytes_and_the_batch_keeps_the_rest() -> None:
    batch = next(iter(squares_loaders(tiny_params()).val))
    assert augmented(batch, params_with(), step=0) is batch
    before = batch["frames"].clone()
    mirrored = augmented(batch, params_with(flip=1.0), step=0)
    assert torch.equal(mirrored["frames"], before.flip(-2))
    assert torch.equal(batch["frames"], before), "the loader's memory was written into"
    assert mirrored["frames"].dtype is torch.uint8
    assert mirrored["sample_id"] is batch["sample_id"]


def test_actions_are_never_mirrored() -> None:
    actions = {"actions": {"weight": 0.1, "fraction": 0.5, "action_dim": 2}}
    with pytest.raises(ValidationError, match=r"augmentation.flip is 0.5 while targets.actions"):
        tiny_params(targets=actions, augmentation=EVERYTHING)
    tiny_params(targets=actions, augmentation=EVERYTHING | {"flip": 0.0})
