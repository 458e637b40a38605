"""The FiLM-CNN backend: shapes, gradients, overfitting, storage, language and image both count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.storage import load_foundation, save_foundation
from lapa.models.layers.spatial_softmax import SpatialSoftmax, coordinates
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.model import FoundationModelParams

TEXTS = ["reach the red cube", "reach the blue cube"] * 5
CONFIG = FoundationModelParams(
    code_seq_len=4,
    codebook_size=8,
    backend=FilmCnnParams(image_size=16, channels=16, blocks=2, text_dim=16, feature_dim=64),
)


@pytest.fixture
def model() -> LatentPolicy:
    torch.manual_seed(0)
    return build_foundation(CONFIG, instructions=TEXTS)


@pytest.fixture
def batch() -> dict:
    g = torch.Generator().manual_seed(1)
    image = torch.randint(0, 256, (10, 16, 16, 3), generator=g, dtype=torch.uint8)
    codes = torch.randint(0, 8, (10, 4), generator=g)
    return {"frames": image, "instructions": TEXTS, "latent_codes": codes}


def test_shapes_and_ranges(model: Any, batch: dict[str, Any]) -> None:
    out = model(batch)
    assert out.logits.shape == (10, 4, 8)
    assert out.loss.ndim == 0
    codes = model.predict_codes(batch["frames"], batch["instructions"])
    assert codes.shape == (10, 4)
    assert codes.dtype == torch.int64
    assert model.features(batch["frames"], batch["instructions"]).shape == (10, model.feature_dim)


def test_every_parameter_gets_a_gradient(model: Any, batch: dict[str, Any]) -> None:
    model(batch).loss.backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []


def test_trunk_is_everything_before_the_neck(model: Any) -> None:
    trunk = {id(p) for p in model.trunk_parameters()}
    rest = {n.split(".")[0] for n, p in model.named_parameters() if id(p) not in trunk}
    assert rest == {"neck", "head"}


def test_overfits_ten_samples_to_whole_sequences(model: Any, batch: dict[str, Any]) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(150):
        optimizer.zero_grad()
        model(batch).loss.backward()
        optimizer.step()
    model.eval()
    assert torch.equal(
        model.predict_codes(batch["frames"], batch["instructions"]), batch["latent_codes"]
    )


def test_language_and_image_reach_the_logits(model: Any, batch: dict[str, Any]) -> None:
    logits = model(batch).logits
    spoken = model(batch | {"instructions": TEXTS[::-1]}).logits
    seen = model(batch | {"frames": batch["frames"].flip(0)}).logits
    assert not torch.allclose(logits, spoken)
    assert not torch.allclose(logits, seen)


def test_padding_of_a_neighbor_changes_nothing(model: Any, batch: dict[str, Any]) -> None:
    longer = ["reach the red cube and then the blue cube"] * 9
    alone = model.features(batch["frames"][:1], TEXTS[:1])
    beside = model.features(batch["frames"], [TEXTS[0], *longer])[:1]
    torch.testing.assert_close(alone, beside)


def test_word_order_counts(model: Any, batch: dict[str, Any]) -> None:
    one = model.features(batch["frames"][:1], ["red blue"])
    other = model.features(batch["frames"][:1], ["blue red"])
    assert not torch.allclose(one, other)


def test_images_of_another_size_are_resized(model: Any) -> None:
    image = torch.zeros(2, 40, 40, 3, dtype=torch.uint8)
    assert model.features(image, TEXTS[:2]).shape == (2, model.feature_dim)


def test_saved_and_loaded_predicts_the_same(
    model: Any, batch: dict[str, Any], tmp_path: Path
) -> None:
    digest = save_foundation(tmp_path, model, CONFIG)
    loaded = load_foundation(tmp_path)
    assert not loaded.training
    torch.testing.assert_close(loaded(batch).logits, model.eval()(batch).logits, rtol=0, atol=0)
    assert save_foundation(tmp_path / "again", loaded, CONFIG) == digest


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected config\.json"):
        load_foundation(tmp_path / "nothing")


def test_spatial_softmax_finds_a_peak() -> None:
    pool = SpatialSoftmax(cells=8)
    grid = torch.zeros(1, 1, 8, 8)
    grid[0, 0, 2, 6] = 50.0  # row 2, column 6
    x, y, strength = pool(grid)[0].tolist()
    assert (x, y) == pytest.approx(coordinates(8)[:, 2, 6].tolist(), abs=1e-5)
    assert strength == pytest.approx(50.0)


def test_state_dict_does_not_hold_coordinates(model: Any) -> None:
    assert not [name for name in model.state_dict() if "xy" in name or "places" in name]
