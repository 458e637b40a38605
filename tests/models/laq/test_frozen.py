"""The frozen quantiser as a provider of labels."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lapa.models.laq import parts
from lapa.models.laq.frozen import FrozenQuantizer
from lapa.models.laq.parts import pairs_at_once
from lapa.models.laq.storage import save_laq
from lapa.params.laq.model import LaqModelParams
from toys.quantizers import BuildSmall


def test_codes_in_parts_are_the_codes_at_once(
    build_small: BuildSmall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_laq(tmp_path, build_small())
    pairs = torch.randint(0, 256, (5, 2, 32, 32, 3), dtype=torch.uint8)
    cpu = torch.device("cpu")
    at_once = FrozenQuantizer(folder=tmp_path, device=cpu).codes(pairs)
    monkeypatch.setattr(parts, "pairs_at_once", lambda config: 2)
    assert torch.equal(FrozenQuantizer(folder=tmp_path, device=cpu).codes(pairs), at_once)
    assert at_once.shape == (5, 4)


@pytest.mark.parametrize(("width", "pairs"), [(192, 32), (1024, 6), (65_536, 1)])
def test_wider_models_take_fewer_pairs_at_once(width: int, pairs: int) -> None:
    assert pairs_at_once(LaqModelParams(dim=width)) == pairs
