"""Every number of codes, on the grid it needs, and a clear refusal elsewhere."""

from __future__ import annotations

import pytest
import torch

from lapa.models.laq.action_grid import CONVOLUTIONS, ActionGrid, convolutions_for
from lapa.params.laq.model import LaqModelParams


@pytest.mark.parametrize(("codes", "grid"), list(CONVOLUTIONS))
def test_number_of_codes(codes: int, grid: int) -> None:
    config = LaqModelParams(
        image_size=4 * grid, patch_size=4, dim=8, heads=1, code_seq_len=codes, quant_dim=4
    )
    assert ActionGrid(config)(torch.randn(2, grid, grid, 8)).shape == (2, codes, 4)


@pytest.mark.parametrize(("codes", "grid"), [(2, 16), (16, 8), (64, 32), (256, 16), (1, 4)])
def test_wrong_grid_is_named(codes: int, grid: int) -> None:
    with pytest.raises(ValueError, match=rf"code_seq_len {codes} on a {grid}x{grid} patch grid"):
        convolutions_for(codes, grid)


def test_unknown_number_of_codes_is_named() -> None:
    with pytest.raises(ValueError, match=r"code_seq_len 3: expected one of \[1, 2, 4"):
        convolutions_for(3, 8)
