"""Every process validates at least one batch, or the numbers say why it cannot."""

from __future__ import annotations

import pytest

from lapa.training.common import held_out


def test_a_process_without_a_batch_is_named_with_all_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held_out, "world_size", lambda: 4)
    held_out.require_batch_each(25, batch_size=8)
    with pytest.raises(ValueError, match=r"24 samples, 3 batches of 8 for 4 processes"):
        held_out.require_batch_each(24, batch_size=8)
