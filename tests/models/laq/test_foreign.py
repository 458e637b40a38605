"""Files of the original and of HLRP at many sizes: the same codes, whatever lies around the weights."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.models.laq import LatentActionQuantizer, load_laq
from lapa.models.laq.foreign import read_foreign
from lapa.models.laq.original_checkpoint import from_original, to_original
from toys.foreign import Sizes, State, hlrp_state, original_state, save_lightning

SIZES = [
    Sizes(codes=1, grid=8, codebook=32, spatial=2),
    Sizes(codes=2, grid=8, dim=24, heads=3, temporal=2),
    Sizes(codes=4, grid=8, patch=4, codebook=5, quant_dim=6),
    Sizes(codes=1, grid=16, heads=1, head_dim=16),
    Sizes(codes=4, grid=16, dim=20, quant_dim=3),
    Sizes(codes=16, grid=16, codebook=64, temporal=3),
    Sizes(codes=64, grid=16, spatial=2, head_dim=4),
]


def same_function(ours: LatentActionQuantizer, state: State, sizes: Sizes) -> bool:
    """Whether it computes what the original's model of these tensors does, codes exactly."""
    expected, frames = from_original(state, sizes.config), sizes.frames()
    assert len(expected.codes(frames).unique()) > 1
    with torch.no_grad():
        drawn = ours(frames).reconstruction, expected(frames).reconstruction
    return (
        ours.config == sizes.config
        and not ours.training
        and torch.equal(ours.codes(frames), expected.codes(frames))
        and torch.equal(ours.pre_quant(frames), expected.pre_quant(frames))
        and torch.equal(*drawn)
    )


@pytest.mark.parametrize("sizes", SIZES, ids=lambda s: f"{s.codes}on{s.grid}")
@pytest.mark.parametrize("flow", [False, True], ids=["pixels", "flow"])
def test_hlrp_at_any_size(tmp_path: Path, sizes: Sizes, flow: bool) -> None:
    state = original_state(sizes)
    file = save_lightning(tmp_path / "a.ckpt", hlrp_state(state, flow=flow), sizes.settings)
    assert same_function(load_laq(file), state, sizes)
    foreign = read_foreign(file)
    assert (foreign.origin, foreign.step, foreign.alternatives) == ("HLRP", 1234, ())
    assert any("optical flow" in note for note in foreign.notes) == flow


@pytest.mark.parametrize("prefix", ["", "module."])
@pytest.mark.parametrize("sizes", SIZES[:3] + SIZES[5:], ids=lambda s: f"{s.codes}on{s.grid}")
def test_the_original_at_any_size(tmp_path: Path, sizes: Sizes, prefix: str) -> None:
    state = original_state(sizes)
    torch.save({prefix + name: tensor for name, tensor in state.items()}, tmp_path / "laq.pt")
    told = {"code_seq_len": sizes.codes, "image_size": sizes.grid * sizes.patch}
    assert same_function(load_laq(str(tmp_path / "laq.pt"), **told), state, sizes)
    assert read_foreign(tmp_path / "laq.pt", **told).step is None


@pytest.mark.parametrize("prefix", ["", "model."])
def test_weights_without_settings_and_plain_settings(tmp_path: Path, prefix: str) -> None:
    sizes = SIZES[0]
    state = original_state(sizes)
    renamed = hlrp_state(state, prefix=prefix, flow=True)
    torch.save(renamed, tmp_path / "bare.pt")
    plain = {"state_dict": renamed, "hyper_parameters": {"model_config": sizes.settings}}
    torch.save(plain, tmp_path / "plain.pt")
    for name in ("bare.pt", "plain.pt"):
        assert same_function(load_laq(tmp_path / name), state, sizes)


def test_only_settings_tell_16_codes_from_4(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sizes = SIZES[5]
    renamed = hlrp_state(original_state(sizes))
    told = save_lightning(tmp_path / "told.ckpt", renamed, sizes.settings)
    assert load_laq(told).config.code_seq_len == 16
    unresolved = {"image_size": "${data.size}", "code_seq_len": "${data.codes}"}
    untold = save_lightning(tmp_path / "untold.ckpt", renamed, unresolved)
    with caplog.at_level(logging.WARNING):
        assert load_laq(untold).config.code_seq_len == 4
    assert "code_seq_len 16 at 32 px would fit as well" in caplog.text
    assert load_laq(untold, code_seq_len=16).config.image_size == 32
    with pytest.raises(ValueError, match="its settings say image_size 32, given was 64"):
        load_laq(told, image_size=64)


def test_the_auxiliary_decoder_draws_where_there_are_both(tmp_path: Path) -> None:
    state = original_state(SIZES[2])
    renamed = hlrp_state(state, auxiliary=True)
    file = save_lightning(tmp_path / "a.ckpt", renamed, SIZES[2].settings)
    assert same_function(load_laq(file), state, SIZES[2])
    alone = hlrp_state(state, auxiliary=True, pixels=False)
    file = save_lightning(tmp_path / "b.ckpt", alone, SIZES[2].settings)
    assert same_function(load_laq(file), state, SIZES[2])


def test_without_a_decoder_of_pixels_codes_stay_and_pictures_are_black(tmp_path: Path) -> None:
    sizes = SIZES[2]
    state = original_state(sizes)
    renamed = hlrp_state(state, flow=True, pixels=False)
    file = save_lightning(tmp_path / "a.ckpt", renamed, sizes.settings)
    ours, expected = load_laq(file), from_original(state, sizes.config)
    assert torch.equal(ours.codes(sizes.frames()), expected.codes(sizes.frames()))
    assert ours(sizes.frames()).reconstruction.abs().max() == 0
    assert any("no decoder of pixels" in note for note in read_foreign(file).notes)


def test_what_comes_back_for_the_original(tmp_path: Path) -> None:
    state = original_state(SIZES[0])
    file = save_lightning(tmp_path / "a.ckpt", hlrp_state(state), SIZES[0].settings)
    back = to_original(load_laq(file))
    assert set(back) == set(state)
    assert all(torch.equal(back[name], tensor) for name, tensor in state.items())


def dino(state: State) -> State:
    return state | {"model.encoder_projection.encoder.proj.weight": torch.zeros(1)}


def old(state: State) -> State:
    return {n.replace("pixel_decoder", "dec_spatial_transformer"): t for n, t in state.items()}


def unequal(state: State) -> State:
    return state | {"model.encoder_projection.2.bias": state["model.encoder_projection.2.bias"] + 1}


def incomplete(state: State) -> State:
    return {n: t for n, t in state.items() if not n.endswith("0.1.norm.beta")}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dino, "found a DINO encoder, expected one of pixels"),
        (old, r"found keys dec_spatial_transformer\.\*, expected pixel_decoder"),
        (unequal, "encoder_projection.2.bias differs from pixel_projection.2.bias"),
        (incomplete, r"keys missing \['dec_spatial_transformer.layers.0.1.norm.beta'"),
    ],
)
def test_what_would_be_computed_otherwise_is_refused(
    tmp_path: Path, change: Any, message: str
) -> None:
    state = change(hlrp_state(original_state(SIZES[0])))
    with pytest.raises(ValueError, match=message):
        load_laq(save_lightning(tmp_path / "a.ckpt", state, SIZES[0].settings))


def test_dino_is_seen_in_the_settings_too(tmp_path: Path) -> None:
    settings = SIZES[0].settings | {"use_dinov3_encoder": True}
    with pytest.raises(ValueError, match="found a DINO encoder"):
        load_laq(
            save_lightning(tmp_path / "a.ckpt", hlrp_state(original_state(SIZES[0])), settings)
        )


@pytest.fixture
def one_thread() -> Any:
    """As the fixtures were made: more threads would split sums elsewhere."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.reference_data
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", ["pixel4", "flow1"])
def test_parity_with_hlrp(reference_data: Path, tmp_path: Path, name: str) -> None:
    stored = torch.load(reference_data / "golden_hlrp" / f"{name}.pt", weights_only=True)
    checkpoint, outputs = stored["checkpoint"], stored["outputs"]
    settings = checkpoint["hyper_parameters"]["model_config"]
    torch.save(checkpoint, tmp_path / "plain.ckpt")
    real = save_lightning(tmp_path / "real.ckpt", checkpoint["state_dict"], settings)
    for file in (tmp_path / "plain.ckpt", real):
        laq = load_laq(file)
        assert torch.equal(laq.codes(stored["video"]), outputs["indices"])
        assert (laq.pre_quant(stored["video"]) - outputs["pre_quant"]).abs().max() <= 1e-5
        with torch.no_grad():
            drawn = laq(stored["video"]).reconstruction
        assert (drawn - outputs["recon"]).abs().max() <= 1e-5
        rows = laq.quantizer.indices_to_vectors(outputs["indices"])
        assert torch.equal(rows, outputs["quantized"])


@pytest.mark.reference_data
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", ["n1", "n4", "n16"])
def test_parity_with_the_original(reference_data: Path, tmp_path: Path, name: str) -> None:
    stored = torch.load(reference_data / "golden" / f"{name}.pt", weights_only=True)
    torch.save(stored["state_dict"], tmp_path / "laq.pt")
    laq = load_laq(tmp_path / "laq.pt", image_size=32)
    assert torch.equal(laq.codes(stored["video"]), stored["indices"])
    delta = laq.pre_quant(stored["video"]).flatten(0, 1)
    assert (delta - stored["delta"]).abs().max() <= 1e-5
