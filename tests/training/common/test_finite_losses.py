"""No step waits for the device, and a loss that is no number still stops a training by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.params.finetune import FinetuneParams
from lapa.training.common.finite_losses import FiniteLosses
from lapa.training.common.loop import Loop
from lapa.training.foundation import fit as fit_foundation
from lapa.training.laq.fit import train
from lapa.training.laq.module import LaqModule
from lapa.training.policy import fit as fit_policy
from toys.backends import tiny
from toys.foundations import arguments, params
from toys.homing import film_backbone, homing_shards
from toys.labeled_squares import labeled_squares
from toys.squares import squares_loaders, tiny_params
from toys.waits import Waits


def test_a_loss_that_is_no_number_is_named_with_its_step_and_samples() -> None:
    finite = FiniteLosses()
    for step, value in enumerate([1.0, float("inf"), float("nan")]):
        finite.add(torch.tensor(value), torch.tensor([step, 7]), step=step)
    with pytest.raises(FloatingPointError, match=r"loss is inf at step 1, .*samples are \[1, 7\]"):
        finite.require()
    finite.require()


def watched(patch: pytest.MonkeyPatch, owner: type, method: str) -> Waits:
    """Every call of a method, but for what it does when it logs."""
    waits, original = Waits(), getattr(owner, method)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        with waits:
            return original(self, *args, **kwargs)

    patch.setattr(owner, method, call)
    return waits


def test_a_step_of_the_quantizer_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = watched(monkeypatch, LaqModule, "training_step")
    config = tiny_params(trainer={"max_steps": 3, "log_every": 5, "validate_every": 100})
    train(config, squares_loaders(config), work=tmp_path)
    assert waits.found == []


@pytest.mark.parametrize(
    ("backend", "left"),
    [(None, set()), (tiny(), {"masking_utils.py"})],
    ids=["film_cnn", "dual_encoder"],
)
def test_a_step_of_the_foundation_model_waits_for_nothing(
    backend: Any, left: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for transformers, which looks once whether any text of the batch is padded."""
    waits = watched(monkeypatch, Loop, "_step")
    config = params(trainer={"max_steps": 3, "log_every": 5}, augmentation={"shift": 0.1})
    config = config.model_copy(update={"backend": backend}) if backend else config
    fit_foundation(**arguments(*labeled_squares(tmp_path / "squares"), config, tmp_path / "work"))
    assert {wait.rpartition("/")[2].partition(":")[0] for wait in waits.found} == left


def test_a_step_of_the_policy_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = watched(monkeypatch, Loop, "_step")
    shards = homing_shards(tmp_path / "homing", n=8)
    fit_policy(
        shards=shards,
        foundation=film_backbone(tmp_path / "foundation", shards, step=100),
        params=FinetuneParams.model_validate(
            {
                "labeled_episodes": 4,
                "trainer": {
                    "max_steps": 2,
                    "log_every": 5,
                    "validate_every": 100,
                    "batch_size": 4,
                    "checkpoint_every": 50,
                    "accelerator": "cpu",
                },
                "optimizer": {"learning_rate": 1e-3, "warmup_steps": 1},
            }
        ),
        work=tmp_path / "work",
    )
    assert waits.found == []


def test_waits_are_found() -> None:
    with Waits() as waits:
        values = torch.arange(4.0)
        float(values[0])
        values[values > 1]
        values.nonzero()
    assert [wait.split(",")[0] for wait in waits.found] == [
        "_local_scalar_dense",
        "index",
        "nonzero",
    ]
