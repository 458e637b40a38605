"""One process is rank zero of one, joins nothing, and everything shared comes back as it is."""

from __future__ import annotations

import sys

import pytest
import torch
import torch.distributed as dist

from lapa.distributed import ranks


def test_one_process_joins_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert ranks.join_process_group("cpu") == torch.device("cpu")
    assert not dist.is_initialized()
    assert (ranks.rank(), ranks.world_size(), ranks.is_rank_zero()) == (0, 1, True)
    ranks.barrier()


def test_what_one_process_shares_with_itself_is_unchanged() -> None:
    values = torch.tensor([1.0, 2.0])
    for shared in (
        ranks.sum_over_processes(values.clone()),
        ranks.broadcast_from_zero(values.clone()),
        ranks.gather_from_all(values.clone()),
    ):
        assert torch.equal(shared, values)
    assert ranks.object_from_zero({"step": 3}) == {"step": 3}


@pytest.mark.parametrize(
    ("rank", "is_terminal", "watched"), [(0, True, True), (0, False, False), (1, True, False)]
)
def test_a_progress_bar_is_for_a_terminal_and_of_rank_zero(
    rank: int, is_terminal: bool, watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranks, "rank", lambda: rank)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    assert ranks.is_watched() is watched
