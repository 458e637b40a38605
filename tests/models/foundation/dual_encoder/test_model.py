"""The dual-encoder backend: query placement, grids, decoding, sizes, storage, honest loading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import Dinov2Model, LlamaForCausalLM, LlamaModel, SiglipVisionModel

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.dual_encoder.action_queries import ActionQueries
from lapa.models.foundation.dual_encoder.build import build_dual_encoder, language_config
from lapa.models.foundation.dual_encoder.vision_encoders import dinov2_config, siglip_config
from lapa.models.foundation.initialization import count_parameters, initialization_table
from lapa.models.foundation.storage import load_foundation, save_foundation
from lapa.params.foundation.dual_encoder import VisionEncoderParams
from lapa.params.foundation.model import FoundationModelParams
from toys.backends import dual_encoder_7b, tiny

TEXTS = ["reach the red cube", "push the blue cube to the left side", "lift"]


def make(decoding: str = "parallel", **overrides: Any) -> Any:
    torch.manual_seed(0)
    config = FoundationModelParams(
        code_seq_len=4, codebook_size=8, backend=tiny(decoding=decoding, **overrides)
    )
    return build_foundation(config, instructions=TEXTS), config


def make_batch(n: int = 3) -> dict[str, Any]:
    g = torch.Generator().manual_seed(1)
    image = torch.randint(0, 256, (n, 32, 32, 3), generator=g, dtype=torch.uint8)
    codes = torch.randint(0, 8, (n, 4), generator=g)
    return {"frames": image, "instructions": (TEXTS * n)[:n], "latent_codes": codes}


def test_shapes_and_gradients() -> None:
    model, _ = make()
    batch = make_batch()
    out = model(batch)
    assert out.logits.shape == (3, 4, 8)
    assert model.features(batch["frames"], batch["instructions"]).shape == (3, model.feature_dim)
    out.loss.backward()
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    assert [n for n, p in trained if p.grad is None] == []


class _Shifted:
    """The same tokens with the padding elsewhere."""

    def __init__(self, tokenizer: Any, *, side: str, extra: int = 0) -> None:
        self.tokenizer, self.side, self.extra = tokenizer, side, extra

    def encode(self, instructions: Sequence[str]) -> Any:
        ids, mask = self.tokenizer.encode(instructions)
        width = ids.shape[1] + self.extra
        shifted, seen = (
            torch.zeros(len(ids), width, dtype=torch.long),
            torch.zeros(len(ids), width, dtype=torch.bool),
        )
        for row in range(len(ids)):
            words = ids[row][mask[row]]
            place = (
                slice(width - len(words), width) if self.side == "left" else slice(0, len(words))
            )
            shifted[row, place], seen[row, place] = words, True
        return shifted, seen


@pytest.mark.parametrize("decoding", ["parallel", "autoregressive"])
@pytest.mark.parametrize(("side", "extra"), [("left", 0), ("right", 5), ("left", 5)])
def test_padding_side_and_amount_change_nothing(decoding: str, side: str, extra: int) -> None:
    model, _ = make(decoding)
    model.eval()
    batch = make_batch()
    expected = model(batch).logits
    chosen = model.predict_codes(batch["frames"], batch["instructions"])
    model.tokenizer = _Shifted(model.tokenizer, side=side, extra=extra)
    torch.testing.assert_close(model(batch).logits, expected, atol=1e-5, rtol=0)
    assert torch.equal(model.predict_codes(batch["frames"], batch["instructions"]), chosen)


def test_a_sample_alone_equals_the_sample_in_a_batch_of_mixed_lengths() -> None:
    model, _ = make()
    model.eval()
    batch = make_batch()
    together = model(batch).logits
    for row in range(3):
        own = {
            "frames": batch["frames"][row : row + 1],
            "instructions": [batch["instructions"][row]],
            "latent_codes": batch["latent_codes"][row : row + 1],
        }
        torch.testing.assert_close(model(own).logits[0], together[row], atol=1e-5, rtol=0)


def test_queries_are_the_last_valid_positions() -> None:
    queries = ActionQueries(count=2, dim=4, std=1.0)
    mask = torch.tensor([[True, True, False], [False, True, True], [True, True, True]])
    sequence = queries.append(torch.zeros(3, 3, 4), mask)
    torch.testing.assert_close(sequence.embeddings[:, -2:], queries.queries.expand(3, 2, 4))
    assert sequence.positions[:, -2:].tolist() == [[2, 3], [2, 3], [3, 4]]
    assert sequence.mask[:, -2:].all()


def test_earlier_queries_do_not_see_later_codes_and_later_ones_do() -> None:
    model, _ = make("autoregressive")
    model.eval()
    batch = make_batch()
    changed = batch["latent_codes"].clone()
    changed[:, 2] = (changed[:, 2] + 1) % 8
    before, after = model(batch).logits, model(batch | {"latent_codes": changed}).logits
    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3], after[:, 3])


def test_parallel_logits_do_not_depend_on_the_true_codes() -> None:
    model, _ = make("parallel")
    batch = make_batch()
    other = (batch["latent_codes"] + 1) % 8
    torch.testing.assert_close(model(batch).logits, model(batch | {"latent_codes": other}).logits)


def test_cached_decoding_equals_decoding_from_scratch() -> None:
    model, _ = make("autoregressive")
    model.eval()
    batch = make_batch()
    codes = torch.zeros(3, 4, dtype=torch.long)
    for position in range(4):  # no cache: one full forward per position
        logits = model(batch | {"latent_codes": codes}).logits
        codes[:, position] = logits[:, position].argmax(-1)
    assert torch.equal(model.predict_codes(batch["frames"], batch["instructions"]), codes)


def overfit(model: Any, batch: dict[str, Any], steps: int = 100) -> Any:
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(batch).loss.backward()
        optimizer.step()
    model.eval()
    return model.predict_codes(batch["frames"], batch["instructions"])


def test_both_decodings_overfit_ten_samples_and_agree() -> None:
    batch = make_batch(10)
    parallel = overfit(make("parallel")[0], batch)
    autoregressive = overfit(make("autoregressive")[0], batch)
    assert torch.equal(parallel, batch["latent_codes"])
    assert torch.equal(autoregressive, parallel)


def test_grids_of_different_sizes_meet_on_one() -> None:
    coarse = VisionEncoderParams(
        image_size=32, patch_size=16, hidden_size=16, intermediate_size=32, layers=1, heads=2
    )
    model, _ = make(dinov2=coarse)
    tokens = model.vision(make_batch()["frames"])
    assert tokens.shape == (3, 16, 32 + 16)  # SigLIP's 4 x 4 grid
    model, _ = make(dinov2=coarse, grid=3)
    assert model.vision(make_batch()["frames"]).shape == (3, 9, 48)
    assert model(make_batch()).logits.shape == (3, 4, 8)


def test_each_encoder_normalizes_for_itself() -> None:
    model, _ = make()
    white = torch.full((1, 32, 32, 3), 255, dtype=torch.uint8)
    assert model.vision.siglip.normalize(white).flatten()[0].item() == pytest.approx(1.0)
    red = model.vision.dinov2.normalize(white)[0, 0, 0, 0].item()
    assert red == pytest.approx((1 - 0.485) / 0.229, abs=1e-5)


@pytest.mark.parametrize("decoding", ["parallel", "autoregressive"])
def test_saved_and_loaded_predicts_the_same(tmp_path: Path, decoding: str) -> None:
    model, config = make(decoding)
    save_foundation(tmp_path, model, config)
    loaded = load_foundation(tmp_path)
    batch = make_batch()
    torch.testing.assert_close(loaded(batch).logits, model.eval()(batch).logits, rtol=0, atol=0)
    assert {origin.kind for origin in loaded.origins} == {"imported"}


def published(tmp_path: Path) -> Any:
    """Folders as they come from a model hub."""
    sizes = tiny()
    parts = {
        "siglip": SiglipVisionModel(siglip_config(sizes.siglip)),
        "dinov2": Dinov2Model(dinov2_config(sizes.dinov2)),
        "language": LlamaModel(language_config(sizes.language, 50)),
    }
    for name, module in parts.items():
        module.save_pretrained(tmp_path / name)
    return sizes, parts


def test_published_encoders_are_loaded_and_listed(tmp_path: Path) -> None:
    sizes, parts = published(tmp_path)
    params = sizes.model_copy(
        update={
            name: getattr(sizes, name).model_copy(update={"pretrained": str(tmp_path / name)})
            for name in ("siglip", "dinov2")
        }
    )
    model = build_dual_encoder(params, code_seq_len=4, codebook_size=8, instructions=TEXTS)
    ours = model.vision.dinov2.backbone.state_dict()
    assert all(torch.equal(ours[n], v) for n, v in parts["dinov2"].state_dict().items())
    kinds = {origin.module: origin.kind for origin in model.origins}
    assert kinds["siglip"] == kinds["dinov2"] == "pretrained"
    assert kinds["language"] == kinds["head"] == "fresh"
    assert str(tmp_path / "siglip") in initialization_table(model.origins)


def test_weights_left_random_are_refused_unless_named(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    sizes, _ = published(tmp_path)
    path = tmp_path / "dinov2/model.safetensors"
    weights = load_file(path)
    lost = [name for name in weights if "layernorm" in name and "encoder" not in name]
    assert lost
    save_file({n: v for n, v in weights.items() if n not in lost}, path, metadata={"format": "pt"})
    from_folder = sizes.dinov2.model_copy(update={"pretrained": str(tmp_path / "dinov2")})
    params = sizes.model_copy(update={"dinov2": from_folder})
    with pytest.raises(ValueError, match="lacks 2 weights of dinov2"):
        build_dual_encoder(params, code_seq_len=4, codebook_size=8, instructions=TEXTS)
    allowed = params.model_copy(update={"allowed_fresh": ("layernorm",)})
    model = build_dual_encoder(allowed, code_seq_len=4, codebook_size=8, instructions=TEXTS)
    origin = next(o for o in model.origins if o.module == "dinov2")
    assert origin.fresh_weights == ("layernorm.bias", "layernorm.weight")


def test_paper_size_on_the_meta_device() -> None:
    preset = dual_encoder_7b()
    with torch.device("meta"):
        model = build_dual_encoder(preset, code_seq_len=4, codebook_size=8)
        with_lm_head = LlamaForCausalLM(language_config(preset.language, 0))
        config = siglip_config(preset.siglip)
        config.vision_use_head = True
        with_pooling_head = SiglipVisionModel(config)
    millions = lambda module: round(count_parameters(module) / 1e6, 1)  # noqa: E731
    assert millions(with_lm_head) == 6738.4
    assert millions(with_pooling_head) == 427.7
    assert millions(model.vision.dinov2) == 303.2
    # two published heads are not built, because nothing would train them
    assert count_parameters(model.language) == count_parameters(with_lm_head) - 32_000 * 4096
    assert millions(model.vision.siglip) == 412.4
    assert (model.vision.grid, model.vision.dim) == (16, 2176)


def test_configuration_on_disk_is_plain_json(tmp_path: Path) -> None:
    model, config = make()
    save_foundation(tmp_path, model, config)
    assert json.loads((tmp_path / "config.json").read_text())["backend"]["kind"] == "dual_encoder"


def test_image_tokens_see_an_instruction_that_comes_first() -> None:
    batch = make_batch(1)
    for first in (False, True):
        model, _ = make(instruction_first=first)
        model.eval()
        seen = []
        hook = model.language.layers[0].register_forward_hook(
            lambda _module, _inputs, output, seen=seen: seen.append(
                output[0] if isinstance(output, tuple) else output
            )
        )
        prefix, mask = model._prefix(batch["frames"], [TEXTS[0]])
        words = int(mask.sum()) - 16  # 4 x 4 image tokens
        model.predict_codes(batch["frames"], [TEXTS[0]])
        model.predict_codes(batch["frames"], [TEXTS[0].replace("red", "blue")])
        hook.remove()
        image = slice(words, words + 16) if first else slice(0, 16)
        changed = (seen[0] != seen[1]).flatten(2)[0, image].any()
        assert bool(changed) is first
        assert prefix.shape[1] == 16 + words
