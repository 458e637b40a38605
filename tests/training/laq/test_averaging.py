"""Averaged weights: what is validated, drawn and exported, before and after averaging begins."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from lapa.training.laq.fit import train
from lapa.training.laq.reconstruction_grid import ReconstructionGrid
from toys.squares import squares_loaders, tiny_params


def run(work: Path, **changes: Any) -> tuple[torch.nn.Module, dict[int, float]]:
    """The trained model and its validation losses by step."""
    params = tiny_params(**changes)
    model, _ = train(params, squares_loaders(params), work=work)
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return model, {line["step"]: line["val/loss"] for line in lines if "val/loss" in line}


def test_before_averaging_begins_the_trained_weights_are_validated(tmp_path: Path) -> None:
    _, plain = run(tmp_path / "plain")
    _, late = run(tmp_path / "late", ema={"decay": 0.9, "start_step": 9})
    early, *_ = plain
    assert late[early] == plain[early]
    assert late[max(late)] != plain[max(plain)]


def test_pictures_are_drawn_by_the_average(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"pictures": 1, "trainer": {"select": "last"}}
    averaged, _ = run(tmp_path / "average", ema={"decay": 0.9}, **changes)
    run(tmp_path / "plain", **changes)
    params = tiny_params(**changes)
    drawing = ReconstructionGrid(
        pairs=squares_loaders(params).val_pairs,
        count=1,
        folder=tmp_path / "again",
        seed=params.trainer.seed,
    )
    end = SimpleNamespace(is_global_zero=True, global_step=params.trainer.max_steps)
    drawing.on_validation_end(end, SimpleNamespace(model=averaged.eval()))
    (again,) = (tmp_path / "again").iterdir()
    average, plain = (
        next((tmp_path / name).rglob(again.name)).read_bytes() for name in ("average", "plain")
    )
    assert average == again.read_bytes()
    assert average != plain


def test_averaging_that_would_never_begin_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ema.start_step is 12, expected less than .* = 12"):
        tiny_params(ema={"decay": 0.9, "start_step": 12})
