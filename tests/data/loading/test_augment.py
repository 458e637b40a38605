"""Augmentation: the same draw for both frames, for any batch, device state or order."""

from __future__ import annotations

import pytest
import torch

from lapa.data.loading.augment import augment
from lapa.params.augmentation import AugmentationParams

EVERYTHING = AugmentationParams(flip=0.5, brightness=0.1, contrast=0.1, saturation=0.1, erasing=0.5)
IDS = torch.arange(40)


def _frames(count: int = 40) -> torch.Tensor:
    frame = torch.rand(count, 3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    return frame.expand(-1, -1, 2, -1, -1).contiguous()


def test_off_by_default() -> None:
    frames = _frames()
    torch.testing.assert_close(
        augment(frames, AugmentationParams(), seed=0, epoch=0, sample_id=IDS), frames
    )


def test_both_frames_are_changed_alike_and_stay_in_range() -> None:
    out = augment(_frames(), EVERYTHING, seed=0, epoch=0, sample_id=IDS)
    assert torch.equal(out[:, :, 0], out[:, :, 1])
    assert out.min() >= 0
    assert out.max() <= 1
    assert (out != _frames()).flatten(1).any(dim=1).all()


def test_a_sample_is_drawn_alike_in_any_batch() -> None:
    frames = _frames()
    whole = augment(frames, EVERYTHING, seed=1, epoch=3, sample_id=IDS)
    torch.rand(5)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1))[:7]
    some = augment(frames[order], EVERYTHING, seed=1, epoch=3, sample_id=IDS[order])
    # the mean over a batch may be added up in another order
    torch.testing.assert_close(some, whole[order], rtol=0, atol=1e-6)
    for other in ({"seed": 2, "epoch": 3}, {"seed": 1, "epoch": 4}):
        assert (augment(frames, EVERYTHING, sample_id=IDS, **other) != whole).any()


@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
def test_flip_happens_as_often_as_asked(probability: float) -> None:
    ids = torch.arange(400)
    frames = _frames(400)
    out = augment(frames, AugmentationParams(flip=probability), seed=0, epoch=0, sample_id=ids)
    flipped = torch.isclose(out, frames.flip(-1), atol=1e-5).flatten(1).all(dim=1)
    assert abs(flipped.float().mean().item() - probability) < 0.08


def test_erasing_blanks_one_box() -> None:
    out = augment(_frames(), AugmentationParams(erasing=1.0), seed=0, epoch=0, sample_id=IDS)
    share = (out == 0.5).all(dim=1).float().mean(dim=(1, 2, 3))
    assert share.min() > 0
    assert share.max() < 0.35


def test_a_shift_moves_whole_pixels_and_repeats_the_border() -> None:
    params = AugmentationParams(shift=0.25)
    frames = _frames()
    out = augment(frames, params, seed=0, epoch=0, sample_id=IDS)
    moves = set()
    for before, after in zip(frames, out, strict=True):
        fits = [
            (down, right)
            for down in range(-4, 5)
            for right in range(-4, 5)
            if torch.allclose(_moved(before, down, right), after, atol=1e-6)
        ]
        assert fits, "no whole shift of at most a quarter explains the picture"
        moves.add(fits[0])
    assert len(moves) > 20


def _moved(frame: torch.Tensor, down: int, right: int) -> torch.Tensor:
    rows = (torch.arange(16) - down).clamp(0, 15)
    columns = (torch.arange(16) - right).clamp(0, 15)
    return frame[..., rows, :][..., columns]
