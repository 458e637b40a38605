"""What trains: adapters only where they were asked for, merged weights, recomputed layers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import load_foundation
from lapa.params.fabric import LoraParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.training.common.adapt import adapt, add_lora, merge_lora
from lapa.training.foundation import fit
from toys.backends import tiny
from toys.foundations import arguments, params
from toys.labeled_squares import labeled_squares

MODEL = FoundationModelParams(code_seq_len=2, codebook_size=4, backend=tiny())
TEXTS = ["move the red square", "move"]


def make() -> Any:
    torch.manual_seed(0)
    return build_foundation(MODEL, instructions=TEXTS)


def batch(n: int = 4) -> dict[str, Any]:
    g = torch.Generator().manual_seed(1)
    return {
        "frames": torch.randint(0, 256, (n, 32, 32, 3), generator=g, dtype=torch.uint8),
        "instructions": (TEXTS * n)[:n],
        "latent_codes": torch.randint(0, 4, (n, 2), generator=g),
    }


def test_adapters_train_and_what_holds_them_freezes() -> None:
    model = make()
    add_lora(model, LoraParams(rank=2))
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    inside = {name for name in trained if name.startswith("language")}
    assert inside
    assert all("lora_" in name for name in inside)
    assert {name.split(".")[0] for name in trained} == {
        "language",
        "vision",
        "projector",
        "queries",
        "head",
    }
    assert not [name for name in trained if name.startswith("vision") and "lora" in name]


def test_adapters_that_match_nothing_are_an_error() -> None:
    with pytest.raises(ValueError, match="nothing_proj"):
        add_lora(make(), LoraParams(target_modules=("nothing_proj",)))


def test_merged_adapters_compute_the_same_and_leave_an_ordinary_model() -> None:
    model = make().eval()
    names = set(model.state_dict())
    add_lora(model, LoraParams(rank=2))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # zero at first, so that training starts from the model itself
            torch.nn.init.normal_(parameter, std=0.1)
    before = model(batch()).logits
    merge_lora(model)
    assert set(model.state_dict()) == names
    torch.testing.assert_close(model(batch()).logits, before, atol=1e-5, rtol=1e-5)


def test_recomputing_layers_changes_neither_loss_nor_gradients() -> None:
    plain, saving = make(), make()
    adapt(saving, params(activation_checkpointing=True))
    for model in (plain, saving):
        model(batch()).loss.backward()
    expected = {n: p.grad for n, p in plain.named_parameters() if p.grad is not None}
    found = {
        n.replace("_checkpoint_wrapped_module.", ""): p.grad for n, p in saving.named_parameters()
    }
    assert expected.keys() <= found.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient)
    assert set(saving.state_dict()) == set(plain.state_dict())


def test_training_with_adapters_saves_a_model_that_loads_without_them(tmp_path: Path) -> None:
    squares = labeled_squares(tmp_path / "squares")
    config = params(
        lora={"rank": 2},
        freeze=("vision",),
        activation_checkpointing=True,
        trainer={"max_steps": 3, "checkpoint_every": 1},
        optimizer={"learning_rate": 1e-2, "warmup_steps": 1},
    ).model_copy(update={"backend": tiny()})
    record = fit(**arguments(*squares, config, tmp_path / "work"))
    model = load_foundation(tmp_path / "work/model")
    assert not [name for name in model.state_dict() if "lora" in name]
    assert "fresh" in (tmp_path / "work/initialization.txt").read_text()
    lines = [
        json.loads(line) for line in (tmp_path / "work/metrics.jsonl").read_text().splitlines()
    ]
    last = [line for line in lines if "val/loss" in line][-1]
    assert record.metrics["val/loss"] == pytest.approx(last["val/loss"])
