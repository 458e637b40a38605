"""A state column that stands still in training never explodes when it moves."""

from __future__ import annotations

import pytest
import torch

from lapa.models.policy.state_input import StateInput


def fitted(states: torch.Tensor) -> StateInput:
    state_input = StateInput(state_dim=states.shape[1], feature_dim=4)
    torch.nn.init.ones_(state_input.project.weight)
    state_input.fit(states)
    return state_input


def moving(steps: int = 500) -> torch.Tensor:
    return torch.randn(steps, generator=torch.Generator().manual_seed(0)) * 0.5 + 2


def noise(steps: int = 500) -> torch.Tensor:
    return torch.randn(steps, generator=torch.Generator().manual_seed(1))


STILL = {
    "constant": torch.full((500,), 0.3),
    "zero": torch.zeros(500),
    "1e6 with float noise": 1e6 + 0.06 * noise().round(),
    "-3e4 with float noise": -3e4 + 0.002 * noise(),
    "near zero, trembling": 2e-5 * noise(),
    "held, trembling": 0.7 + 2e-5 * noise(),
}


@pytest.mark.parametrize("name", STILL)
def test_a_column_that_stood_still_is_left_out_even_when_it_moves(name: str) -> None:
    still = STILL[name]
    state_input = fitted(torch.stack([moving(), still, moving() * 3], dim=1))
    assert state_input.left_out == (1,)
    seen = torch.tensor([[2.0, float(still[0]), 6.0]])
    moved = seen + torch.tensor([[0.0, 50.0, 0.0]])
    torch.testing.assert_close(state_input(moved), state_input(seen))
    assert state_input(seen).abs().max() < 1


def test_columns_of_other_magnitudes_stay_in() -> None:
    columns = [moving(), 0.01 * moving(), 30 * moving(), (noise() > 0).float()]
    assert fitted(torch.stack(columns, dim=1)).left_out == ()


def test_far_from_zero_the_mean_is_exact() -> None:
    values = 1e6 + 500 * noise(20_000)
    state_input = fitted(values[:, None])
    assert state_input.left_out == ()
    assert float(state_input.mean[0]) == pytest.approx(float(values.double().mean()), abs=0.1)
    assert float(state_input.std[0]) == pytest.approx(float(values.double().std()), rel=1e-3)


def test_what_training_never_saw_is_bounded() -> None:
    state_input = fitted(torch.stack([moving(), moving()], dim=1))
    assert state_input(torch.tensor([[1e9, -1e9], [1e9, 1e9]])).abs().max() <= 20


def test_everything_still_leaves_nothing() -> None:
    state_input = fitted(torch.full((50, 3), 7.0))
    assert state_input.left_out == (0, 1, 2)
    assert not state_input(torch.randn(4, 3)).any()


def test_what_is_left_out_is_saved_with_the_weights() -> None:
    state_input = fitted(torch.stack([moving(), torch.zeros(500)], dim=1))
    copy = StateInput(state_dim=2, feature_dim=4)
    copy.load_state_dict(state_input.state_dict())
    assert copy.left_out == (1,)
