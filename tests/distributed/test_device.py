"""The same words mean the same device everywhere."""

from __future__ import annotations

import pytest
import torch

from lapa.distributed.device import device_for


def see_gpus(monkeypatch: pytest.MonkeyPatch, seen: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: seen)


def test_with_a_gpu_every_rank_has_its_own_unless_the_cpu_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    see_gpus(monkeypatch, True)
    for asked in ("auto", "gpu", "cuda"):
        assert device_for(asked, local_rank=3) == torch.device("cuda", 3)
    assert device_for("cpu", local_rank=3) == torch.device("cpu")


def test_without_a_gpu_only_asking_for_one_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    see_gpus(monkeypatch, False)
    assert device_for("auto") == device_for("cpu") == torch.device("cpu")
    with pytest.raises(RuntimeError, match=r"`accelerator` is 'gpu', but torch .* sees no GPU"):
        device_for("gpu")
