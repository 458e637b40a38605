"""The quantiser interface, for every kind, and what is special about each."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lapa.models.laq.quantizers import build_quantizer
from lapa.models.laq.quantizers.base import nearest_rows
from lapa.models.laq.quantizers.nsvq import NSVQ
from lapa.params.laq.model import LaqModelParams
from lapa.params.laq.quantizers import QUANTIZERS, NSVQParams

KINDS = list(QUANTIZERS.names)


def _build(kind: str, *, options: dict[str, Any] | None = None, **changes: Any) -> Any:
    torch.manual_seed(0)
    quantizer = {"kind": kind, **(options or {})}
    sizes = {"codebook_size": 8, "quant_dim": 6, "code_seq_len": 4}
    return build_quantizer(LaqModelParams(quantizer=quantizer, **sizes, **changes))


def _nsvq(*, lapa_compat: bool) -> NSVQ:
    config = LaqModelParams(codebook_size=8, quant_dim=6, lapa_compat=lapa_compat)
    return NSVQ(NSVQParams(), config)


@pytest.fixture
def delta() -> torch.Tensor:
    return torch.randn(5, 4, 6, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("kind", KINDS)
def test_interface(kind: str, delta: torch.Tensor) -> None:
    quantizer = _build(kind).eval()
    out = quantizer(delta)
    assert out.tokens.shape == out.pre_quantized.shape == out.residual.shape == (5, 4, 6)
    assert out.codes.shape == (5, 4)
    assert out.codes.dtype == torch.int64
    assert 0 <= out.codes.min() <= out.codes.max() < quantizer.codebook_size
    assert torch.equal(quantizer.vectors_to_indices(delta), out.codes)
    assert out.auxiliary_loss.shape == ()
    torch.testing.assert_close(out.pre_quantized - out.residual, out.tokens)


@pytest.mark.parametrize("kind", KINDS)
def test_evaluation_changes_nothing(kind: str, delta: torch.Tensor) -> None:
    quantizer = _build(kind, codebook_init="data").eval()
    before = {name: value.clone() for name, value in quantizer.state_dict().items()}
    first, second = quantizer(delta), quantizer(delta)
    assert torch.equal(first.tokens, second.tokens)
    for name, value in quantizer.state_dict().items():
        assert torch.equal(value, before[name]), name


@pytest.mark.parametrize("kind", ["nsvq", "vq_ema", "fsq", "residual_vq"])
def test_vectors_of_codes_are_the_tokens(kind: str, delta: torch.Tensor) -> None:
    quantizer = _build(kind).eval()
    out = quantizer(delta)
    torch.testing.assert_close(quantizer.indices_to_vectors(out.codes), out.tokens)


@pytest.mark.parametrize("kind", KINDS)
def test_training_lets_the_gradient_through(kind: str, delta: torch.Tensor) -> None:
    delta.requires_grad_()
    out = _build(kind)(delta)
    (out.tokens.square().sum() + out.auxiliary_loss).backward()
    assert delta.grad is not None
    assert delta.grad.abs().sum() > 0


@pytest.mark.parametrize("kind", ["nsvq", "vq_ema"])
def test_rows_can_be_set(kind: str, delta: torch.Tensor) -> None:
    quantizer = _build(kind).eval()
    rows = delta.flatten(0, 1)[:8]
    assert quantizer.has_settable_codebook
    quantizer.set_codebook(rows)
    assert torch.equal(quantizer.codebook_rows(), rows)
    assert quantizer.vectors_to_indices(rows.reshape(2, 4, 6)).flatten().tolist() == list(range(8))
    with pytest.raises(ValueError, match=r"shape \(3, 6\), expected \(8, 6\)"):
        quantizer.set_codebook(rows[:3])


@pytest.mark.parametrize("kind", ["fsq", "residual_vq", "none"])
def test_others_refuse_rows(kind: str) -> None:
    quantizer = _build(kind)
    assert not quantizer.has_settable_codebook
    with pytest.raises(TypeError, match="has no codebook to set"):
        quantizer.set_codebook(torch.zeros(8, 6))


def test_nearest_takes_the_lowest_index_of_a_tie() -> None:
    codebook = torch.tensor([[5.0, 5.0], [1.0, 0.0], [1.0, 0.0]])
    assert nearest_rows(torch.tensor([[0.9, 0.1]]), codebook).tolist() == [1]


@pytest.mark.parametrize("compat", [True, False])
def test_noise_has_the_length_of_the_error(compat: bool, delta: torch.Tensor) -> None:
    quantizer = _nsvq(lapa_compat=compat)
    out = quantizer(delta, noise=torch.randn(5, 4, 6))
    torch.testing.assert_close((out.tokens - delta).norm(dim=-1), out.residual.norm(dim=-1))
    assert not torch.allclose(out.tokens, delta - out.residual)


def test_compat_noise_is_the_originals_draw(delta: torch.Tensor) -> None:
    quantizer = _nsvq(lapa_compat=True)
    torch.manual_seed(7)
    drawn = torch.distributions.Normal(0, 1).sample((20, 6)).reshape(5, 4, 6)
    expected = quantizer(delta, noise=drawn).tokens
    torch.manual_seed(7)
    assert torch.equal(quantizer(delta).tokens, expected)


def test_a_vector_on_its_row_gives_no_nan() -> None:
    quantizer = _nsvq(lapa_compat=False)
    delta = quantizer.codebook.detach()[None].clone().requires_grad_()
    quantizer(delta).tokens.sum().backward()
    assert torch.isfinite(delta.grad).all()
    assert torch.isfinite(quantizer.codebook.grad).all()


def test_moving_average_pulls_rows_to_their_vectors() -> None:
    quantizer = _build("vq_ema")
    quantizer.set_codebook(torch.eye(8, 6))
    target = torch.zeros(16, 4, 6)
    target[..., 0] = 2.0
    for _ in range(60):
        quantizer(target)
    torch.testing.assert_close(quantizer.codebook_rows()[0], target[0, 0], atol=1e-2, rtol=0)


def test_residual_levels_refine(delta: torch.Tensor) -> None:
    quantizer = _build("residual_vq", options={"decay": 0.5}, codebook_init="data")
    for _ in range(5):
        quantizer(delta)
    quantizer.eval()
    codes = quantizer.vectors_to_indices(delta)
    rows = quantizer.codebook_rows()
    assert rows.shape == (4, 8, 24)
    whole, errors = delta.flatten(1), []
    for level in range(4):
        whole = whole - rows[level][codes[:, level]]
        errors.append(whole.norm())
    assert errors[0] < delta.norm()
    assert errors[-1] <= errors[0]


def test_continuous_has_no_vectors_for_codes() -> None:
    with pytest.raises(TypeError, match="decode_vectors"):
        _build("none").indices_to_vectors(torch.zeros(1, 4, dtype=torch.int64))
